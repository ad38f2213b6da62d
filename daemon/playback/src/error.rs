//! Why a part cannot be played on.

use std::{ffi::OsString, io, path::PathBuf};

use thiserror::Error;

/// What is wrong with a script, or with the world it wants to act in.
#[derive(Debug, Error)]
pub enum PlayError {
    #[error("expected words in UTF-8, found {0:?}")]
    NotUtf8(OsString),
    #[error("no word of a script: {0:?}; `synodd fake-agent --help` lists them")]
    UnknownWord(String),
    #[error("{after} needs {needs} after it, found the end of the script")]
    Missing { after: String, needs: &'static str },
    #[error("{after} needs {needs} after it, found {found:?}")]
    Unfit {
        after: String,
        needs: &'static str,
        found: String,
    },
    #[error("{word} is for agents that are spoken to: put `as acp` before it")]
    OnlyAcp { word: String },
    #[error("{word} must stand before the first word of a turn, found it within one")]
    TooLate { word: String },
    #[error("cannot use {path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("cannot {what}: {source}")]
    World {
        what: &'static str,
        source: io::Error,
    },
    #[error("expected findings, votes or rulings as JSON (a list), found something else: {0}")]
    Findings(serde_json::Error),
    #[error("expected a prompt with findings to vote or rule on, found none in it")]
    NoFindings,
}

impl PlayError {
    /// For `map_err`: what the error kept from being done.
    pub fn world<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::World {
            what,
            source: source.into(),
        }
    }

    /// For `map_err`: the file that could not be used.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
