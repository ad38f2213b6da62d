//! The decisions, by the thousand: no clock, no IO, no waiting.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

mod sim;

mod answers;
mod bounds;
mod cancel;
mod gates;
mod permissions;
mod properties;
mod queue;
mod reminders;
mod rounds;
mod sessions;
mod table;
