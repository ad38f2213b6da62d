//! The programs of this crate as processes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

mod conversation;
mod readers;
mod rounds;
mod support;
mod voices;
mod words;
