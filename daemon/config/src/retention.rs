//! `[retention]`: how long what ended runs leave behind is kept.

use std::time::Duration;

use crate::document::{Problems, Section};
use crate::duration;

/// `[retention]` of `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// How long the worktree of an ended run is kept; `None` is until it is merged or discarded.
    /// One with unmerged work in it is kept whatever stands here.
    pub worktrees: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Retention {
            worktrees: Some(Duration::from_hours(14 * 24)),
        }
    }
}

impl Retention {
    const KEYS: [&str; 1] = ["worktrees"];

    pub(crate) fn read(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Retention {
        section.only(&Self::KEYS, problems);
        let expected = format!(
            r#"{}, more than 0 and at most 366d, or "forever""#,
            duration::EXPECTED
        );
        let worktrees = section.read("worktrees", &expected, problems, |value| {
            match value.as_str()? {
                "forever" => Some(None),
                text => duration::parse(text)
                    .ok()
                    .filter(|span| !span.is_zero())
                    .map(Some),
            }
        });
        worktrees.map_or_else(Retention::default, |at| Retention {
            worktrees: at.value,
        })
    }
}
