//! How a command's end is told: `exec` is as transparent as `env` or `timeout`.

use crate::{in_each, world};

/// P6
#[test]
fn exec_ends_with_the_commands_own_code() {
    in_each(|world| {
        world.exec(&[], &["print", "out", "eprint", "err", "exit", "7"]).code(7);
        world.assert_invariants();
    });
}

/// P13
#[test]
fn a_run_in_the_background_is_watched_to_its_end() {
    let world = world();
    let gate = world.at("go");
    let id = world.exec_detached(&[], &["print", "hello", "wait-file", &gate]);
    let run = world.wait_running(&id);
    assert_eq!(run.state, "executing");
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed");
    assert_eq!(world.raw_output(&id), b"hello\n");
    world.assert_invariants();
}
