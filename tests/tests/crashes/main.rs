//! Rows C of the failure catalogue over the real programs: whatever dies at whatever moment, no outcome is lost
//! and nothing is started twice.
//!
//! Randomised tests print their seed; `SYNOD_SEED=N` plays one again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests may

use synod_tests::{Programs, World};

mod expected;
mod submit;
mod traced;

mod daemon_killed;
mod shims_delayed;

mod shim_killed;

mod reboots;

mod durable_calls;

mod databases;

mod rebuilt;

mod daemons;

mod time_limits;

mod actors;

mod schemas;

mod migrations;

mod upgrades;

mod repeats;

mod rounds;

mod rebuilt_rounds;

mod leftovers;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}

fn in_each(test: impl Fn(World)) {
    World::in_each(&programs(), test);
}
