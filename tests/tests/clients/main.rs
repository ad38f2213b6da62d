//! Rows T of the failure catalogue, and the promises of the API and of `--json`, over the real programs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)] // tests may

use synod_tests::{Programs, World};

mod attached_process;
mod frames;

mod access;
mod attached;
mod crowds;
mod hostile;
mod json;
mod malformed;
mod reflection;
mod service;
mod stream;
mod subscribers;

fn programs() -> Programs {
    synod_tests::programs!()
}

fn world() -> World {
    World::new(programs())
}

/// Lets agents go on that wait for this file.
fn release(world: &World, name: &str) {
    std::fs::write(world.at(name), "").unwrap();
}
