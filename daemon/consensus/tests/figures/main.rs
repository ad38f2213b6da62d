//! Figures 3 and 6 of docs/consensus.md, each from the test that asserts what it shows:
//! `cargo test -p synod-consensus --test figures -- --nocapture --test-threads=1`
//!
//! Whatever is random has its seed in the table. `SYNOD_GATES=20000` and `SYNOD_SUBJECTS=1000` make the
//! counts those of the document; without them they are what a test can afford.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say no by panicking, and these print figures"
)]

mod families;
mod gate;

mod reruns;
mod resolutions;

#[path = "../pairs/labelled.rs"]
#[allow(dead_code, reason = "the corpus has more to tell than is asked here")]
mod labelled;

/// The number in an environment variable, or what is affordable without it.
#[allow(
    clippy::disallowed_methods,
    reason = "how often to try is the caller's, and no decision depends on it"
)]
fn count(variable: &str, otherwise: usize) -> usize {
    match std::env::var(variable) {
        Ok(number) => number.parse().unwrap(),
        Err(_) => otherwise,
    }
}
