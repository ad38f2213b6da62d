//! The past that is looked at: a revision, and the state as it was.

use jiff::Timestamp;

use super::known::Known;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// The revision wanted: where the mark stands.
    pub wanted: u64,
    /// The revision asked of the daemon whose answer is awaited.
    pub asked: Option<u64>,
    /// The state shown; none until the first has come.
    pub known: Option<Known>,
    /// The last moment that state knows.
    pub moment: Option<Timestamp>,
    /// Why a revision could not be shown.
    pub refused: Option<String>,
}

impl Past {
    /// The revision of what is on the screen; none until the first has come.
    pub fn shown(&self) -> Option<u64> {
        self.known.as_ref().map(Known::revision)
    }
}
