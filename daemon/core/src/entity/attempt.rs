//! One start of an agent: how far it is, what it told, how it ended.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use synod_adapters::{Record, Usage};
use synod_shared::{
    ids::{AttemptId, ExecutionId, RunId},
    words::{AttemptState, Reason},
};

/// What an agent told of itself, as far as its output was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub record: Record,
    /// What this attempt used: without what the session had used before, with a price put to it.
    pub usage: Usage,
}

/// One process tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub id: AttemptId,
    pub execution: ExecutionId,
    pub run: RunId,
    pub agent: String,
    /// Counted from 1 within the execution.
    pub number: u32,
    pub state: AttemptState,
    /// The boot in which it was committed as starting.
    pub boot_id: String,
    pub end: Option<End>,
    pub started_at_us: Option<i64>,
    pub pid: Option<u32>,
    pub containment: String,
    pub timeout: Option<Duration>,
    /// How often the actor attending it failed: once is mended, twice ends it.
    pub actor_failures: u32,
    /// The bound it passed, in words: it is ended for it.
    #[serde(default)]
    pub runaway: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub reason: Reason,
    pub detail: String,
    pub at_us: i64,
    pub duration_us: Option<u64>,
    pub output_bytes: u64,
    pub error_bytes: u64,
    /// What it told of itself; nothing if it is a plain command.
    #[serde(default)]
    pub told: Option<Box<Told>>,
    /// When the provider said that it may be asked again.
    #[serde(default)]
    pub retry_at_us: Option<i64>,
    /// Length of the readable transcript.
    #[serde(default)]
    pub transcript_bytes: u64,
}

impl End {
    /// An end of which nothing else is known.
    #[must_use]
    pub const fn new(reason: Reason, detail: String, at_us: i64) -> Self {
        Self {
            exit_code: None,
            signal: None,
            reason,
            detail,
            at_us,
            duration_us: None,
            output_bytes: 0,
            error_bytes: 0,
            told: None,
            retry_at_us: None,
            transcript_bytes: 0,
        }
    }
}

/// How far an attempt's output has been ingested.
///
/// The offset and what was learnt from the bytes before it are one row: each line is counted exactly once,
/// whatever dies when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub attempt: AttemptId,
    pub execution: ExecutionId,
    pub run: RunId,
    pub agent: String,
    /// Ingested up to here; at the end of a line but for the very end.
    pub output_bytes: u64,
    pub error_bytes: u64,
    pub lines: u64,
    pub last_line: String,
    pub last_output_at_us: Option<i64>,
    /// What it told of itself up to here; nothing if it is a plain command.
    #[serde(default)]
    pub told: Option<Told>,
    /// Length of the readable transcript up to here.
    #[serde(default)]
    pub transcript_bytes: u64,
}
