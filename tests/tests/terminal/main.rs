//! The terminal user interface, over the real programs: keys in, a screen out, nothing in between replaced.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)] // tests may

use synod_tests::{Programs, World};

mod stage;

mod agents;
mod burst;
mod changes;
mod colours;
mod harness;
mod hostile;
mod lifecycle;
mod outage;
mod output;
mod panics;
mod sizes;
mod two;
mod whole;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}
