//! `[providers.NAME]`: who serves a model, the unit of rate limits. Circuit breaking and
//! budgets will stand here too; the engine keeps the counts.

use toml::de::DeValue;

use crate::document::{Problems, Section, as_integer};

/// Everything that runs on this machine.
pub const LOCAL: &str = "local";

/// How many attempts run at once against a provider that is not configured.
pub const DEFAULT_MAX_RUNNING: u32 = 3;

/// `[providers.NAME]` of `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Attempts that run at the same time; `None` is no limit but the daemon's own.
    pub max_running: Option<u32>,
}

impl Provider {
    const KEYS: [&str; 1] = ["max_running"];

    /// What holds for a provider without a section of its own: this machine is limited by
    /// `[limits]` alone, others by [`DEFAULT_MAX_RUNNING`].
    pub fn default_for(name: &str) -> Provider {
        Provider {
            max_running: (name != LOCAL).then_some(DEFAULT_MAX_RUNNING),
        }
    }

    pub(crate) fn read(
        name: &str,
        section: &Section<'_, '_>,
        problems: &mut Problems<'_>,
    ) -> Provider {
        section.only(&Self::KEYS, problems);
        let expected = r#"a whole number from 1, or "unlimited""#;
        let max_running = section.read("max_running", expected, problems, |value| match value {
            DeValue::String(text) => (text == "unlimited").then_some(None),
            _ => as_integer(value)
                .and_then(|n| u32::try_from(n).ok())
                .filter(|n| *n > 0)
                .map(Some),
        });
        max_running.map_or_else(
            || Provider::default_for(name),
            |at| Provider {
                max_running: at.value,
            },
        )
    }
}
