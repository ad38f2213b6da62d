//! `[limits]`: how much of anything one daemon takes on. Limits of one provider stand in
//! `provider`; deadlines belong to agents and gates.

use std::time::Duration;

use crate::document::{Problems, Section};
use crate::text_file::Limit;

/// Each attempt is at least two processes; beyond this the process table ends first.
const MOST_RUNNING: u32 = 10_000;

/// The queue is held in memory.
const MOST_QUEUED: u32 = 1_000_000;

/// `[limits]` of `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Attempts that run at the same time.
    pub max_running: u32,
    /// Executions that wait; beyond, work is refused.
    pub max_queued: u32,
    /// Bytes one attempt may print, standard output and standard error together.
    pub output_bytes: u64,
    /// Bytes of one file of a subject.
    pub spec_bytes: u64,
    /// Bytes of all files of one subject together.
    pub subject_bytes: u64,
    /// From TERM to KILL.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_running: 16,
            max_queued: 10_000,
            output_bytes: 256 << 20,
            spec_bytes: 5 << 20,
            subject_bytes: 20 << 20,
            grace: Duration::from_secs(5),
        }
    }
}

impl Limits {
    const KEYS: [&str; 6] = [
        "grace",
        "max_queued",
        "max_running",
        "output_bytes",
        "spec_bytes",
        "subject_bytes",
    ];

    pub(crate) fn read(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Limits {
        section.only(&Self::KEYS, problems);
        let default = Limits::default();
        Limits {
            max_running: section
                .integer("max_running", 1..=MOST_RUNNING, problems)
                .unwrap_or(default.max_running),
            max_queued: section
                .integer("max_queued", 1..=MOST_QUEUED, problems)
                .unwrap_or(default.max_queued),
            output_bytes: section
                .size("output_bytes", problems)
                .unwrap_or(default.output_bytes),
            spec_bytes: section
                .size("spec_bytes", problems)
                .unwrap_or(default.spec_bytes),
            subject_bytes: section
                .size("subject_bytes", problems)
                .unwrap_or(default.subject_bytes),
            grace: section
                .duration("grace", problems)
                .map_or(default.grace, |at| at.value),
        }
    }

    /// The limit of one file.
    pub(crate) fn one_file(&self) -> Limit {
        Limit {
            bytes: self.spec_bytes,
            advice: "split it, or raise spec_bytes in [limits]",
        }
    }
}
