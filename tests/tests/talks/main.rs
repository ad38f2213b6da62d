//! Agents that are spoken to, over the real programs: who asks is answered, once, whatever dies meanwhile.
//!
//! Randomised tests print their seed; `SYNOD_SEED=N` plays one again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests may

use synod_tests::{Programs, World};

mod stage;

mod permissions;

mod gates;

mod endings;

mod restarts;

mod sizes;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}
