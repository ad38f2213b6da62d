//! Rounds after the first, what outlives a run, and what can be had again from what is stored: over the real programs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests may

use synod_tests::{
    Programs, World,
    cast::{self, Cast, SPEC, finding, with},
};

mod stage;

mod ballot;
mod unsure;

mod clis;
mod deadlines;

mod arbiter;

mod repair;

mod edits;
mod environment;
mod prompts;
mod record;

mod ledger;

mod replay;
mod reports;

mod own_gates;

mod crashes;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}
