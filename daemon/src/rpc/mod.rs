//! The API over the Unix socket: from messages to commands and queries, and back. Decides nothing.

mod accept;
mod calibration;
mod cancel;
mod configured;
mod daemon;
mod edits;
mod feed;
mod final_text;
mod gates;
mod guests;
mod ledger;
mod lenient;
mod listener;
mod peer;
mod probe;
mod prompt;
mod query;
mod questions;
mod replay;
mod report;
mod server;
mod spawn;
pub mod status;
mod supervisor;
mod usage;
mod workspace;

use std::sync::Arc;

use synod_shared::paths::Paths;
use tokio_util::sync::CancellationToken;

pub use self::server::{Sockets, serve};
use crate::{
    attempt::{Launcher, Watcher},
    engine::Engine,
    feed::Publisher,
    store::Reader,
    submit::Submitter,
};

/// What the calls need.
#[derive(Debug, Clone)]
pub struct Context {
    pub engine: Engine,
    pub reader: Arc<Reader>,
    /// A second connection: a long read for one client does not hold up the others' short ones.
    pub bulk: Arc<Reader>,
    pub publisher: Publisher,
    pub submitter: Arc<Submitter>,
    pub launcher: Arc<Launcher>,
    pub watcher: Watcher,
    pub paths: Paths,
    pub containment: &'static str,
    pub warnings: Vec<String>,
    pub began: std::time::Instant,
    /// Fires when the daemon is to end.
    pub ending: CancellationToken,
}
