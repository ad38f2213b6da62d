//! Rows O, R and P6 of the failure catalogue through whole gates: real prompts, real processes, real verdicts.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

use synod_tests::{
    Programs, World,
    cast::{self, Cast, SPEC, finding, with},
};

mod agreement;
mod answers;
mod cancel;
mod exits;
mod large;
mod newcomer;
mod order;
mod probes;
mod questions;
mod queue;
mod quorum;
mod recordings;
mod standing;
mod submissions;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}
