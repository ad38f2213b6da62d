//! How the link to the daemon is.

use jiff::Timestamp;

use crate::link::Away;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// Where it stands.
    pub state: LinkState,
    /// How often a snapshot had to make up for changes that were missed.
    pub resynced: u32,
}

/// Where the link stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LinkState {
    /// On its way.
    #[default]
    Connecting,
    /// What is shown is what the daemon knows.
    Live,
    /// No daemon; what is shown is the last that was known.
    Away {
        /// Since when.
        since: Timestamp,
        /// How it went.
        how: Away,
    },
    /// A daemon of another protocol.
    OtherProtocol {
        /// The daemon's protocol.
        theirs: u32,
        /// The daemon's version.
        version: String,
    },
    /// The daemon refuses, for this reason.
    Refused(String),
}
