//! Output of any size: only what is seen is read, and what is printed comes as it comes.

use synod_tests::{processes, terminal::Key};

use crate::{stage::open, world};

/// Far more than anybody may keep.
const BYTES: &str = "200000000";

#[test]
fn a_file_of_any_size_is_paged_through_without_being_kept() {
    let world = world();
    let script = [
        "print",
        "the very first",
        "print-bytes",
        BYTES,
        "print",
        "the very last",
    ];
    let id = world.exec_detached(&["--name", "much"], &script);
    world.wait_end(&id);
    let terminal = open(&world);
    terminal.wait_text("much");
    let before = processes::peak_resident(terminal.pid());
    terminal.press("o");
    terminal.wait_text("the very last");
    for _ in 0..3 {
        terminal.press("g");
        terminal.wait_text("the very first");
        for _ in 0..5 {
            terminal.press_key(Key::PageDown);
        }
        terminal.wait_gone("the very first");
        terminal.press("G");
        terminal.wait_text("the very last");
        for _ in 0..5 {
            terminal.press_key(Key::PageUp);
        }
        terminal.wait_gone("the very last");
    }
    let grown = processes::peak_resident(terminal.pid()).saturating_sub(before) >> 20;
    println!("200 MB paged through: it grew by {grown} MiB");
    assert!(grown < 32, "it grew by {grown} MiB");
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
}

#[test]
fn a_follower_stays_at_the_end_and_a_reader_stays_where_it_is() {
    let world = world();
    let (more, last) = (world.at("more"), world.at("last"));
    let script = [
        "lines",
        "200",
        "print",
        "so far",
        "wait-file",
        &more,
        "print",
        "and more",
        "wait-file",
        &last,
        "print",
        "and the last",
    ];
    let id = world.exec_detached(&["--name", "talking"], &script);
    let terminal = open(&world);
    terminal.wait_text("talking");
    terminal.press("o");
    terminal.wait_text("so far");
    std::fs::write(&more, "").unwrap();
    terminal.wait_text("and more");
    terminal.press("g");
    let is_top = |screen: &synod_tests::terminal::Screen| {
        screen.rows().iter().any(|row| row.trim() == "line 1")
    };
    terminal.wait_for("the top", is_top);
    std::fs::write(&last, "").unwrap();
    world.wait_end(&id);
    terminal.wait_for("its end, and still the top", |screen| {
        screen.has("ended") && is_top(screen) && !screen.has("and the last")
    });
    terminal.press("G");
    terminal.wait_text("and the last");
    terminal.press("q");
    terminal.wait_exit();
}

/// T2: a daemon that is killed while its output is followed.
#[test]
fn what_is_followed_goes_on_after_the_daemon_was_killed() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(
        &["--name", "talking"],
        &["print", "before", "wait-file", &go, "print", "after"],
    );
    let terminal = open(&world);
    terminal.wait_text("talking");
    terminal.press("o");
    terminal.wait_text("before");
    world.kill_daemon();
    terminal.wait_text("No daemon for");
    assert!(terminal.screen().has("before"), "{}", terminal.screen());
    std::fs::write(&go, "").unwrap();
    world.start_daemon();
    world.wait_end(&id);
    let screen = terminal.wait_text("after");
    let lines = |text: &str| {
        screen
            .rows()
            .iter()
            .filter(|row| row.trim() == text)
            .count()
    };
    assert_eq!((lines("before"), lines("after")), (1, 1), "{screen}");
    terminal.press("q");
    terminal.wait_exit();
    world.assert_invariants();
}
