//! The decisions, by the thousand: no clock, no IO, no waiting.

mod sim;

mod answers;
mod cancel;
mod gates;
mod properties;
mod queue;
mod table;
