//! The engine: the one task that owns the live state, and the only writer.
//!
//! A thread of its own with the writing connection. It takes whatever has arrived, decides each input, writes
//! one transaction, and only then publishes, answers and plans. There is no batching timer: what arrives
//! while a commit is under way is the next batch.

mod batch;
mod handle;
mod run;
mod seen;

#[cfg(test)]
mod fold;

pub use self::{
    handle::{Committed, Engine, EngineError, Request},
    run::{Effects, Start, start},
};
