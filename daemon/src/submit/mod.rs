//! From a request to a command: everything is read, checked and kept on disk before the engine hears of it.
//!
//! Owns what a submission leaves beside the database (environment, prompt, inputs) and when it goes.

pub mod environment;
pub mod keep;

mod agent;
mod error;
mod gate;
mod probe;
mod replay;
mod spec;

pub use self::{
    agent::{Again, Left, again, agent},
    error::SubmitError,
    gate::{Matter, gate, key_of, shown, with_codes},
};

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use synod_config::{
    Config, ConfigError, GateDef, GateDir, GateError, Gates, repository_gates, user_gates,
};
use synod_core::input::Command;
use synod_shared::{ids::RunId, paths::Paths};

use crate::workspace::Git;

/// What submissions need to know of the daemon.
#[derive(Debug)]
pub struct Submitter {
    pub paths: Paths,
    /// The daemon's own program: built-in reviewers and recordings are played by it.
    pub synodd: PathBuf,
    /// For runs that may write.
    pub git: Git,
}

impl Submitter {
    /// The configuration as it stands now: an edit holds from the next submission on.
    pub fn config(&self) -> Result<Config, ConfigError> {
        Config::load(&self.paths.config_file(), &self.synodd)
    }

    /// The gates as they stand now: those that ship with the program, the user's own, and those of the repository
    /// that a path lies in.
    pub fn gates(&self, place: &Path) -> Result<Gates, GateError> {
        Gates::load(&self.gate_dirs(place))
    }

    /// Where those gates that do not ship with the program are read from.
    pub fn gate_dirs(&self, place: &Path) -> Vec<GateDir> {
        let mut dirs = vec![user_gates(&self.paths.config_dir)];
        dirs.extend(repository_gates(place));
        dirs
    }

    /// The definition a run goes by: as it stood when the run was submitted.
    pub fn definition(&self, run: RunId, gate: &str) -> Result<GateDef, SubmitError> {
        match keep::definition(&self.paths, run)? {
            Some(source) => Ok(GateDef::parse(&source)?),
            // Submitted by a version that had the gate built in and kept no definitions.
            None => Ok(Gates::builtin()?.get(gate)?.clone()),
        }
    }
}

/// A submission that is ready: its files are on disk.
#[derive(Debug)]
pub struct Ready {
    pub command: Command,
    pub kept: keep::Kept,
}

/// Hash of a request's payload: what a repeat of its id must equal.
#[must_use]
pub fn payload_hash(kind: &str, message: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(message)
        .finalize();
    hex(&digest)
}

/// Bytes as lower case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            use std::fmt::Write as _;
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
