//! The figures of docs/calibration.md, each from the test that asserts what it shows:
//! `cargo test -p synod-calibration --test figures -- --nocapture --test-threads=1`
//!
//! Whatever is random has its seed in the table.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

mod gates;

mod audit;
mod correlation;
mod coverage;
mod weighing;
