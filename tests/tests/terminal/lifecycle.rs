//! Coming up and going: whatever ends the user interface, the terminal is as it was, and everything goes on.

use rustix::process::Signal;
use synod_tests::{
    World,
    terminal::{Job, Key, Terminal},
};

use crate::{
    stage::{at_home, is_home, open},
    world,
};

/// A world in which an agent is at work until the file `go` is there.
fn at_work() -> (World, String) {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(&["--name", "at-work"], &["wait-file", &go]);
    world.wait_running(&id);
    (world, id)
}

/// What was at work still is, under the same daemon.
#[track_caller]
fn goes_on(world: &World, id: &str, daemon: i32) {
    assert_eq!(world.daemon_pid(), daemon);
    assert_eq!(world.run(id).state, "executing");
    std::fs::write(world.at("go"), "").unwrap();
    assert_eq!(world.wait_end(id).state, "passed");
    world.assert_invariants();
}

#[test]
fn q_quits_restores_the_terminal_and_leaves_everything_running() {
    let (world, id) = at_work();
    let daemon = world.daemon_pid();
    let terminal = open(&world);
    terminal.wait_text("at-work");
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    terminal.assert_restored();
    goes_on(&world, &id, daemon);
}

#[test]
fn escape_never_quits() {
    let (world, id) = at_work();
    let daemon = world.daemon_pid();
    let terminal = open(&world);
    terminal.wait_text("at-work");
    for _ in 0..5 {
        terminal.press_key(Key::Esc);
    }
    // In, out, and out again.
    terminal.press_key(Key::Enter);
    for _ in 0..5 {
        terminal.press_key(Key::Esc);
    }
    terminal.wait_for("the list of runs", |screen| {
        is_home(screen) && screen.has("at-work")
    });
    // The bare byte, too, and from over something.
    terminal.press("?");
    terminal.wait_text("leave; everything goes on running");
    terminal.press_key(Key::BareEsc);
    terminal.wait_gone("leave; everything goes on running");
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    goes_on(&world, &id, daemon);
}

#[test]
fn without_a_terminal_it_says_so_in_one_sentence() {
    let world = world();
    let said = world.synod(Vec::<String>::new()).refusal(2);
    assert!(said.contains("terminal"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(world.find_daemon(), None, "nothing is started for it");
}

/// T4
#[test]
fn a_signal_that_ends_it_restores_the_terminal() {
    let (world, id) = at_work();
    let daemon = world.daemon_pid();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let terminal = open(&world);
        terminal.wait_text("at-work");
        assert!(
            !terminal.left_behind().is_empty(),
            "it has a screen of its own"
        );
        terminal.kill(signal);
        let end = terminal.wait_exit();
        let code = if signal == Signal::INT { 130 } else { 0 };
        assert_eq!(end, Job::Exited { code }, "{signal:?}");
        terminal.assert_restored();
    }
    goes_on(&world, &id, daemon);
}

#[test]
fn a_window_that_is_closed_ends_it_and_nothing_else() {
    let (world, id) = at_work();
    let daemon = world.daemon_pid();
    let terminal = open(&world);
    terminal.wait_text("at-work");
    terminal.close();
    goes_on(&world, &id, daemon);
}

/// T4: and while it is stopped the world goes on; it comes back with the newest picture.
#[test]
fn suspended_it_gives_the_terminal_back_and_resumed_it_draws_what_is_so_by_then() {
    let (world, id) = at_work();
    let terminal = open(&world);
    terminal.wait_text("at-work");
    for round in 0..3 {
        terminal.press_key(Key::Ctrl('z'));
        terminal.wait_job("a stop", |job| matches!(job, Job::Stopped { .. }));
        terminal.wait_restored();
        let name = format!("meanwhile-{round}");
        let other = world.exec_detached(&["--name", &name], &["print", "x"]);
        world.wait_end(&other);
        terminal.kill(Signal::CONT);
        let screen = terminal.wait_text(&name);
        assert!(screen.is_alternate() && !terminal.is_cooked());
    }
    // Stopped from outside, nobody can give the terminal back; it is taken anew all the same.
    terminal.kill(Signal::STOP);
    terminal.wait_job("a stop", |job| matches!(job, Job::Stopped { .. }));
    terminal.kill(Signal::CONT);
    let other = world.exec_detached(&["--name", "at-last"], &["print", "x"]);
    world.wait_end(&other);
    terminal.wait_text("at-last");
    quit(&terminal);
    std::fs::write(world.at("go"), "").unwrap();
    world.wait_end(&id);
}

#[test]
fn with_no_daemon_it_starts_one_as_every_verb_does() {
    let world = world();
    assert_eq!(world.find_daemon(), None);
    let terminal = at_home(world.terminal());
    synod_tests::eventually("a daemon", || world.find_daemon());
    quit(&terminal);
    world.daemon_pid();
}

#[track_caller]
fn quit(terminal: &Terminal) {
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    terminal.assert_restored();
}
