//! How each kind of agent CLI is spoken to: what it is started with, and what its output means.
//!
//! Pure: lines and exit codes in, values out. Starts nothing, reads no file, knows no clock; so every transcript
//! of a real program is a test, and a restart of the daemon reads the same meaning from the same file.

pub mod acp;
mod adapter;
mod event;
mod glob;
mod json;
mod permission;
mod policy;
mod prices;
mod profile;
mod read;
mod record;
mod transcript;
mod trouble;
mod usage;

pub use self::{
    adapter::{Adapter, UnknownAdapter},
    event::{Event, ToolKind},
    permission::{Choice, ChoiceKind, Permission, Policy, Rule, Ruling},
    prices::Prices,
    profile::{
        Profile, ProfileError, PromptLimit, PromptTransport, Purpose, TooLong, VersionProbe,
    },
    read::Reader,
    record::{Conclusion, Ending, Money, Price, Record, Retry, Usage},
    transcript::Transcript,
    usage::Cumulative,
};
