//! Rows P and O of the failure catalogue, and bad input, over the real programs.

use synod_tests::{Programs, World};

mod endings;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}

fn in_each(test: impl Fn(World)) {
    World::in_each(&programs(), test);
}
