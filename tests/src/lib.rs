//! The end-to-end harness: a world of its own for each test, with the real programs in it.
//!
//! It owns starting, watching and clearing away. What must be so stands in the tests, and in
//! [`invariants`] where it must be so in all of them.

// Tests may panic, and this crate is nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod programs;

mod world;

mod invoke;

mod api;
mod watch;

pub mod cast;
pub mod config;
pub mod invariants;
pub mod processes;
pub mod random;
pub mod terminal;

pub use api::{FeedClient, SupervisorClient};
pub use invoke::{Background, Output};
pub use programs::Programs;
pub use world::{Builder, World};

use std::time::{Duration, Instant};

/// Longer than anything waited for may take on a busy machine with two cores.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Looks until there is something to see. The last resort where nothing tells of the change; a run is watched
/// with [`World::wait_run`].
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
