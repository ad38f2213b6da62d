//! `started.json` and `exit.json`: what the shim proves about an attempt.
//!
//! Facts only. What an exit means (success, retry, a reason's name) is decided by the daemon.

use serde::{Deserialize, Serialize};

use crate::{process::ProcessIdentity, spec::Containment};

/// Who runs, written once the agent was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    pub boot_id: String,
    pub shim_pid: i32,
    /// Field 22 of `/proc/PID/stat`, in clock ticks since boot. With the pid it names one process.
    pub shim_start: u64,
    /// Also the id of the agent's session and process group.
    pub agent_pid: i32,
    /// As `shim_start`; absent when the agent was gone before it could be read.
    #[serde(default)]
    pub agent_start: Option<u64>,
    /// The containment in force, which may be weaker than the one planned.
    pub containment: Containment,
    /// UTC microseconds.
    pub at_us: i64,
}

impl Started {
    pub const fn shim(&self) -> ProcessIdentity {
        ProcessIdentity {
            pid: self.shim_pid,
            start: self.shim_start,
        }
    }

    pub fn agent(&self) -> Option<ProcessIdentity> {
        self.agent_start.map(|start| ProcessIdentity {
            pid: self.agent_pid,
            start,
        })
    }
}

/// How it ended. Written only when the agent has ended and nothing of its tree is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Always [`crate::spec::FORMAT`]; checked on reading.
    pub format: u32,
    pub outcome: Outcome,
    /// Final lengths; output is what lies before them, even if a file were to grow later.
    pub stdout_bytes: u64,
    pub stderr_bytes: u64,
    /// UTC microseconds; absent when nothing was started.
    pub started_at_us: Option<i64>,
    /// UTC microseconds at which the agent itself ended (or could not be started).
    pub ended_at_us: i64,
    /// From start to the agent's own end, by the monotonic clock.
    pub duration_us: u64,
    /// From start until nothing of the tree was left, by the monotonic clock.
    #[serde(default)]
    pub tree_us: u64,
    pub rusage: Rusage,
    /// Processes that outlived the agent and were told to end; a best effort count.
    pub leftovers: u32,
}

/// What the whole tree used, as far as its processes were waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rusage {
    pub user_us: u64,
    pub system_us: u64,
    /// Of the largest process, not the sum.
    pub max_rss_kb: u64,
}

/// The agent's end. Where both are optional, exactly one is there unless the agent never ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// By itself. Stands even if something of its tree had to be killed afterwards.
    Exited { code: i32 },
    /// By a signal that was not ours.
    Signalled { signal: i32 },
    /// On request; with neither code nor signal if it was cancelled before the start.
    Cancelled {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// At its wall limit.
    Timeout {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// At its output limit.
    OutputLimit {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// Nothing came of it in the time a first byte may take.
    Silent {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// Its input was closed and it did not end by itself.
    Closed {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// Never ran. `path` is what was tried; `errno` is 0 when no system call said no.
    SpawnFailed {
        errno: i32,
        path: String,
        message: String,
    },
}
