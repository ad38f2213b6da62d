//! Messages as text for people: pure functions, nothing is asked, written or remembered.
//!
//! All text that came from an agent, a file or a user passes through [`clean`] or `sanitize::line` here, so
//! that no caller can forget it. Colour only ever repeats what the words say.

mod paint;
mod table;
pub mod time;
mod wrap;

pub mod agents;
pub mod blind;
pub mod calibration;
pub mod change;
pub mod daemon;
pub mod event;
pub mod gates;
pub mod ledger;
pub mod probes;
pub mod progress;
pub mod questions;
pub mod replay;
pub mod report;
pub mod rounds;
pub mod run;
pub mod runs;
pub mod spent;
pub mod usage;
pub mod verdict;
pub mod workspace;

pub use paint::{Colour, Tone};
pub use time::{age, ago, between, instant, span};

use synod_shared::sanitize;

/// How and when something is looked at.
#[derive(Debug, Clone)]
pub struct Look {
    /// Columns to fill at most.
    pub width: usize,
    /// Columns a table may fill. Where no terminal shows it there is no such limit: a file or a program gets
    /// every cell whole.
    pub table_width: usize,
    /// Whether colours may be used.
    pub colour: Colour,
    /// The moment all ages refer to.
    pub now: jiff::Timestamp,
    /// Where the clock on the wall hangs.
    pub zone: jiff::tz::TimeZone,
}

/// The first digits of an id: what people read and type.
pub fn short(id: &str) -> String {
    sanitize::line(&id.chars().take(8).collect::<String>(), 8)
}

/// One line of foreign text, whole.
pub fn clean(text: &str) -> String {
    sanitize::line(text, usize::MAX)
}

/// How much a state or severity wants to be seen.
pub fn tone_of(word: &str) -> Tone {
    match word {
        "passed" | "completed" | "confirmed" => Tone::Good,
        "failed" | "rejected" | "no-quorum" | "deadline-exceeded" | "critical" | "lost" => {
            Tone::Bad
        }
        "awaiting-human" | "passed-degraded" | "contested" | "important" | "cancelled"
        | "retrying" | "stopping" => Tone::Warn,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
pub mod samples;
