//! `spec.json`: everything the shim needs to start an agent, and everything the daemon needs to
//! rebuild its own rows from a directory it finds.
//!
//! Written once, before anything runs, and never changed. Does not hold the prompt (a file of its
//! own) nor any environment value: those travel through the shim's environment and are never
//! written here.

use std::{io, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

/// The version of `spec.json` and `exit.json` this code writes, and the only one it reads.
pub const FORMAT: u32 = 1;

/// A line of the journal that holds this byte and nothing else is not for the agent: it closes the
/// agent's input. No line of JSON can be mistaken for it.
pub const END: u8 = 0x04;

/// What one attempt is to run, and under which names it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Always [`FORMAT`]; checked on reading.
    pub format: u32,
    pub run_id: String,
    pub execution_id: String,
    /// Also the mark (`SYNOD_ATTEMPT`) by which the tree's processes are recognised.
    pub attempt_id: String,
    /// The attempt's number within its execution, from 1.
    pub number: u32,
    /// The gate's name; none for a single-agent run.
    #[serde(default)]
    pub gate: Option<String>,
    pub request_id: String,
    /// The configured agent's name.
    pub agent: String,
    /// The command, never passed through a shell. A first word without `/` is looked up in the
    /// agent's own `PATH`; a relative one with `/` is relative to `cwd`.
    pub argv: Vec<String>,
    pub cwd: PathBuf,
    #[serde(default)]
    pub stdin: Stdin,
    pub limits: Limits,
    /// The boot in which the directory was made. Processes do not outlive it.
    pub boot_id: String,
    /// What holds the tree, as planned; [`crate::records::Started`] says what is in force.
    pub containment: Containment,
    /// What the daemon changed for itself and the agent must find as the user had it.
    #[serde(default)]
    pub restore: Restore,
    /// Opaque here: what the daemon needs to rebuild its rows.
    #[serde(default)]
    pub import: serde_json::Value,
}

/// What the agent reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stdin {
    /// The file `prompt`, to its end.
    #[default]
    Prompt,
    /// A pipe into which the shim copies the whole lines of the file `stdin` as they are appended,
    /// until one is [`END`]: for agents that are spoken to.
    Journal,
    /// Nothing: it has its prompt in another way.
    Nothing,
}

/// The limits the shim itself enforces, so that they hold while the daemon is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall time in milliseconds of the monotonic clock; a suspended laptop does not use it up.
    #[serde(default)]
    pub wall_ms: Option<u64>,
    /// Bytes of `stdout` and `stderr` together. Exceeding it ends the attempt; what was written
    /// until then is kept, so a file may be somewhat longer than this.
    #[serde(default)]
    pub output_bytes: Option<u64>,
    /// Milliseconds in which a first byte must come, on `stdout` or `stderr`. Whoever was heard
    /// once may be silent for as long as he likes.
    #[serde(default)]
    pub first_byte_ms: Option<u64>,
    /// Milliseconds between the polite request to end and the kill; also between the closing of
    /// an agent's input and that request.
    pub grace_ms: u64,
}

impl Limits {
    pub const fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }
}

/// What holds the processes of one attempt together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Containment {
    /// A cgroup v2 directory of the attempt's own; the shim stays outside of it.
    Cgroup { leaf: PathBuf },
    /// A session, parentage, a death signal and a mark in the environment. Weaker: a process that
    /// hides its environment and outlives its parents and the shim is not found.
    Session,
}

/// Settings of the user's that the daemon changed for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    /// The file creation mask; kept as inherited when absent.
    #[serde(default)]
    pub umask: Option<u32>,
    /// The soft limit of open files; kept as inherited when absent.
    #[serde(default)]
    pub open_files: Option<u64>,
}

impl Restore {
    /// The settings of this process. To be called before the daemon sets its own.
    pub fn capture() -> io::Result<Self> {
        // Read from /proc: `umask(2)` can only be read by changing it, for all threads at once.
        let status = std::fs::read_to_string("/proc/self/status")?;
        let umask = status
            .lines()
            .find_map(|line| line.strip_prefix("Umask:"))
            .and_then(|mask| u32::from_str_radix(mask.trim(), 8).ok());
        let open_files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        Ok(Self { umask, open_files })
    }
}
