//! From the core's entities to the protocol's messages. The only way there: deltas, snapshots and answers to
//! queries go through the same conversion.

mod changes;
mod findings;
mod ledger;
mod runs;
mod whole;

use std::time::Duration;

use prost_types::Timestamp;
use synod_shared::words::Reason;

pub use self::{
    changes::{Before, change},
    findings::{finding, question, verdict},
    ledger::{asked_elsewhere, forgotten, ledger_entry},
    runs::{attempt, execution, progress, run},
    whole::{Depth, compose},
};

/// Microseconds since 1970 as the protocol writes them.
#[must_use]
pub fn timestamp(us: i64) -> Timestamp {
    Timestamp {
        seconds: us.div_euclid(1_000_000),
        nanos: i32::try_from(us.rem_euclid(1_000_000) * 1_000).unwrap_or(0),
    }
}

/// A duration as the protocol writes it.
#[must_use]
pub fn duration(of: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(of.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(of.subsec_nanos()).unwrap_or(0),
    }
}

fn reason(of: Option<Reason>) -> String {
    of.map(|reason| reason.to_string()).unwrap_or_default()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// A word of a table that the core keeps as an enum.
pub(crate) fn word<T: serde::Serialize>(of: &T) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn text(of: Option<&str>) -> String {
    of.unwrap_or_default().to_owned()
}
