//! The terminal that the other tests look through tells a program that restores it from one that does not.

use std::process::Command;

use synod_tests::{
    World,
    terminal::{Job, Key, Terminal},
};

use crate::world;

fn shell(world: &World, script: &str) -> Terminal {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script])
        .env("HOME", world.home())
        .env("PATH", "/usr/bin:/bin");
    world.terminal_of(command).size(40, 5).open()
}

#[test]
fn what_is_typed_and_drawn_is_seen_and_ends_are_told() {
    let world = world();
    let terminal = shell(
        &world,
        "printf 'size '; stty size; read line; printf '\\033[1;31mred %s\\033[0m\\n' \"$line\"; exit 7",
    );
    terminal.wait_text("size 5 40");
    terminal.press("some words");
    terminal.press_key(Key::Enter);
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 7 });
    let screen = terminal.screen();
    let cell = screen.cell_of("red some words");
    assert!(cell.bold());
    assert_eq!(cell.fgcolor(), vt100::Color::Idx(1));
    terminal.assert_restored();
    terminal.commands().assert_harmless();
}

#[test]
fn what_is_left_behind_is_noticed() {
    let world = world();
    for left in [
        "\\033[?1049h",
        "\\033[?25l",
        "\\033[?2004h",
        "\\033[?1000h",
        "\\033[?1004h",
        "\\033[>1u",
    ] {
        let terminal = shell(&world, &format!("printf '{left}'"));
        terminal.wait_exit();
        assert_ne!(terminal.left_behind(), Vec::<String>::new(), "{left}");
    }
    let raw = shell(&world, "stty raw -echo");
    raw.wait_exit();
    assert_eq!(raw.left_behind(), ["the kernel's modes"]);
    for hostile in [
        "\\033]0;title\\007",
        "\\033]52;c;eA==\\007",
        "\\033]8;;x\\033\\\\",
        "\\302\\233m",
        "\\342\\200\\256",
        "\\033Pq\\033\\\\",
    ] {
        let terminal = shell(&world, &format!("printf '{hostile}'"));
        terminal.wait_exit();
        let harmful = terminal.commands().harmful();
        assert_eq!(harmful.len(), 1, "{hostile}: {harmful:?}");
    }
}

#[test]
fn jobs_are_suspended_resumed_resized_and_hung_up() {
    let world = world();
    let terminal = shell(
        &world,
        "trap 'stty size; echo changed' WINCH; trap 'echo back' CONT; echo ready; while :; do read line; echo \"got $line\"; done",
    );
    terminal.wait_text("ready");
    terminal.press_key(Key::Ctrl('z'));
    let stopped = terminal.wait_job("a stop", |job| matches!(job, Job::Stopped { .. }));
    assert!(
        matches!(stopped, Job::Stopped { signal: 20, .. }),
        "{stopped:?}"
    );
    terminal.kill(rustix::process::Signal::CONT);
    terminal.wait_text("back");
    terminal.resize(60, 10);
    terminal.press("x");
    terminal.press_key(Key::Enter);
    terminal.wait_text("10 60");
    let pid = terminal.pid();
    drop(terminal);
    assert!(!synod_tests::processes::is_alive(pid));
}
