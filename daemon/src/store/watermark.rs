//! How far this state directory has come, beside the database: so that an older copy of the database is known for
//! one.
//!
//! A small file that is overwritten whenever an attempt's directory has been archived. If it is ahead of the
//! database, or of another feed, then the database was replaced: its feed begins anew, and the archive is looked
//! through for what it does not know. The file is not made durable: behind the truth it says less, never wrong.

use std::{
    fs,
    path::{Path, PathBuf},
};

use synod_shared::ids::FeedId;

/// The mark's file.
#[derive(Debug, Clone)]
pub struct Watermark {
    path: PathBuf,
    feed: FeedId,
}

impl Watermark {
    /// The mark of this state directory, to be written for this feed.
    #[must_use]
    pub fn new(state_dir: &Path, feed: FeedId) -> Self {
        Self {
            path: path(state_dir),
            feed,
        }
    }

    /// Everything up to this revision was in the database once.
    pub fn reach(&self, revision: u64) {
        if let Err(error) = fs::write(&self.path, format!("{} {revision}\n", self.feed)) {
            tracing::debug!(%error, "the watermark was not written");
        }
    }
}

/// Whether the directory has seen more than a database with this feed and revision knows.
#[must_use]
pub fn is_ahead(state_dir: &Path, feed: FeedId, revision: u64) -> bool {
    let Ok(text) = fs::read_to_string(path(state_dir)) else {
        return false;
    };
    let mut words = text.split_whitespace();
    let (Some(Ok(seen)), Some(Ok(reached))) = (
        words.next().map(str::parse::<FeedId>),
        words.next().map(str::parse::<u64>),
    ) else {
        return false;
    };
    seen != feed || reached > revision
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("watermark")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C4.
    #[test]
    fn an_older_copy_or_another_database_is_known_for_one() {
        let dir = tempfile::tempdir().unwrap();
        let (feed, other) = (FeedId::mint(), FeedId::mint());
        assert!(
            !is_ahead(dir.path(), feed, 0),
            "nothing is known of an empty directory"
        );
        Watermark::new(dir.path(), feed).reach(7);
        assert!(!is_ahead(dir.path(), feed, 7));
        assert!(is_ahead(dir.path(), feed, 6));
        assert!(is_ahead(dir.path(), other, 9));
        fs::write(path(dir.path()), "half a li").unwrap();
        assert!(!is_ahead(dir.path(), feed, 0));
    }
}
