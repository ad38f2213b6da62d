//! T2: the daemon goes away under an attached user interface, and comes back.

use synod_proto::v1;
use synod_tests::{
    World,
    terminal::{Screen, Terminal},
};

use crate::{
    stage::{listed, open},
    world,
};

/// What says that the daemon is not there.
fn has_banner(screen: &Screen) -> bool {
    screen.has("No daemon for ") && screen.has("no daemon")
}

/// Three runs: one that has ended, one that asks, one at work.
fn populated() -> (World, v1::Run) {
    let world = world();
    crate::stage::asking(&world, "spec", 2);
    let done = world.exec_detached(&["--name", "is-done"], &["print", "x"]);
    world.wait_end(&done);
    let go = world.at("go");
    let id = world.exec_detached(&["--name", "at-work"], &["print", "one", "wait-file", &go]);
    let run = world.wait_running(&id);
    (world, run)
}

const NAMES: [&str; 3] = ["at-work", "is-done", "clarify/spec"];

/// Each run in one row, once.
fn each_once(screen: &Screen) -> bool {
    NAMES.iter().all(|name| listed(screen, name) == 1)
}

/// Keys move the selection though there is no daemon: something on the screen changes, and back.
#[track_caller]
fn is_readable(terminal: &Terminal) {
    terminal.press("g");
    let before = terminal.wait_for("the last picture", |screen| {
        has_banner(screen) && each_once(screen)
    });
    terminal.press("?");
    terminal.wait_for("help", |screen| screen.text() != before.text());
    terminal.press_key(synod_tests::terminal::Key::Esc);
    terminal.wait_for("the last picture", |screen| {
        has_banner(screen) && each_once(screen)
    });
}

#[track_caller]
fn survives(world: &World, run: &v1::Run, go_away: impl Fn(&World)) {
    let terminal = open(world);
    terminal.wait_for("the three runs", each_once);
    go_away(world);
    terminal.wait_for("a banner", has_banner);
    is_readable(&terminal);
    assert_eq!(
        world.find_daemon(),
        None,
        "it only reconnects, and starts none"
    );
    world.start_daemon();
    terminal.wait_for("the same picture", |screen| {
        !has_banner(screen) && each_once(screen)
    });
    // What comes after is seen, once.
    let next = world.exec_detached(&["--name", "came-after"], &["print", "x"]);
    world.wait_end(&next);
    let screen = terminal.wait_for("what came after", |screen| {
        listed(screen, "came-after") > 0 && each_once(screen)
    });
    assert_eq!(listed(&screen, "came-after"), 1, "{screen}");
    std::fs::write(world.at("go"), "").unwrap();
    world.wait_end(&run.id);
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
    terminal.commands().assert_harmless();
}

/// T2
#[test]
fn a_daemon_that_is_killed_leaves_the_last_picture_and_comes_back_into_it() {
    let (world, run) = populated();
    survives(&world, &run, World::kill_daemon);
    world.assert_invariants();
}

/// T2
#[test]
fn a_daemon_that_is_stopped_leaves_the_last_picture_and_comes_back_into_it() {
    let (world, run) = populated();
    survives(&world, &run, |world| {
        drop(world.synod(["daemon", "stop"]).success());
    });
    world.assert_invariants();
}

/// T2: again and again, with changes in between that nobody saw.
#[test]
fn many_outages_double_and_lose_no_row() {
    let (world, run) = populated();
    let terminal = open(&world);
    terminal.wait_for("the three runs", each_once);
    let mut names: Vec<String> = Vec::new();
    for round in 0..6 {
        world.kill_daemon();
        let name = format!("round-{round}");
        let id = world.exec_detached(&["--name", &name], &["print", "x"]);
        world.wait_end(&id);
        names.push(name);
    }
    let screen = terminal.wait_for("every round", |screen| {
        each_once(screen) && names.iter().all(|name| listed(screen, name) > 0)
    });
    for name in &names {
        assert_eq!(listed(&screen, name), 1, "{name} in\n{screen}");
    }
    std::fs::write(world.at("go"), "").unwrap();
    world.wait_end(&run.id);
    terminal.press("q");
    terminal.wait_exit();
    world.assert_invariants();
}
