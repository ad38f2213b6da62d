//! Rows O and P of the failure catalogue, bad input and privacy, over the real programs.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

use synod_tests::{Programs, World, config};

mod bad_input;
mod endings;
mod gate_agents;
mod output;
mod privacy;
mod prompts;
mod starts;
mod terminal;
mod trees;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}

/// A world in which what is cancelled has 300 ms to end.
fn short_grace() -> World {
    World::with(programs()).config(config::SHORT_GRACE).build()
}

fn in_each(test: impl Fn(World)) {
    World::in_each(&programs(), test);
}

/// The same with a short grace.
fn short_grace_in_each(test: impl Fn(World)) {
    in_each(|world| {
        world.write_config(config::SHORT_GRACE);
        test(world);
    });
}

/// A world with one agent of a family of its own, and a short grace.
fn with_agent(name: &str, script: &[&str], more: &str) -> World {
    let programs = programs();
    let text = config::SHORT_GRACE.to_owned()
        + &config::agent(name, "house", &programs.fake(script), more);
    World::with(programs).config(text).build()
}
