//! What is known of an attempt from its output: who answered, how much it used, how it ended.

use std::fmt;

use serde::{Deserialize, Serialize};
use synod_shared::words::Reason;

/// Millionths of a US dollar.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub u64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(millionths) = self;
        // Cents are enough for whole dollars; below a cent every digit that tells something.
        if *millionths >= 1_000_000 {
            write!(
                f,
                "${}.{:02}",
                millionths / 1_000_000,
                millionths % 1_000_000 / 10_000
            )
        } else {
            write!(f, "$0.{:04}", millionths.div_ceil(100))
        }
    }
}

/// What a model costs, for a million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub input: Money,
    /// Of input that was read from a cache.
    pub cached: Money,
    pub output: Money,
}

/// What an attempt used, the same for every CLI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// All tokens sent to the model, those read from a cache included.
    pub input_tokens: u64,
    /// Of the input: those read from a cache.
    pub cached_tokens: u64,
    /// Tokens the model wrote.
    pub output_tokens: u64,
    /// Tokens it thought with, as far as the CLI tells: within the output, but for Gemini, which counts them beside.
    pub reasoning_tokens: u64,
    /// What it cost; absent if neither the CLI nor a price says.
    pub cost: Option<Money>,
    /// Whether the cost is computed from the configured price and not told by the CLI.
    pub estimated: bool,
}

impl Usage {
    /// The larger of both, count by count: of a session it never becomes less.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.max(other.input_tokens),
            cached_tokens: self.cached_tokens.max(other.cached_tokens),
            output_tokens: self.output_tokens.max(other.output_tokens),
            reasoning_tokens: self.reasoning_tokens.max(other.reasoning_tokens),
            cost: self.cost.max(other.cost),
            estimated: self.estimated || other.estimated,
        }
    }

    /// Both together. What is not known counts as nothing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            cached_tokens: self.cached_tokens.saturating_add(other.cached_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            reasoning_tokens: self.reasoning_tokens.saturating_add(other.reasoning_tokens),
            cost: match (self.cost, other.cost) {
                (Some(Money(one)), Some(Money(two))) => Some(Money(one.saturating_add(two))),
                (one, two) => one.or(two),
            },
            estimated: self.estimated || other.estimated,
        }
    }
}

/// The CLI waits before it asks its provider again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    pub attempt: u32,
    pub of: Option<u32>,
    /// From when it was said, in milliseconds.
    pub after_ms: Option<u64>,
    pub why: String,
}

/// What is known so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    pub session_id: Option<String>,
    pub model: Option<String>,
    /// As the CLI reports it; over the whole session where the CLI counts so.
    pub usage: Usage,
    /// Requests to the model and calls of tools, as far as the output shows them.
    pub steps: u32,
    /// The provider said no and the CLI waits; cleared by whatever follows.
    pub retry: Option<Retry>,
    /// One line for people: what it does just now.
    pub activity: String,
}

/// How the process ended, as the shim saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that Synod did not send.
    Signalled(i32),
    /// Its work was done and its input closed; it stayed, and was ended.
    Closed,
}

/// What an ending means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    pub reason: Reason,
    /// One sentence for people; empty when it completed.
    pub detail: String,
    /// When the provider said that it may be asked again, if it said so, in UTC microseconds.
    pub retry_at_us: Option<i64>,
}
