//! A change is put to the gate that reviews changes, from the form.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use synod_tests::{
    World, config,
    terminal::{Job, Key},
};

use crate::{stage::is_home, world};

/// Answers with the receipt of the change and one remark on it.
const REVIEWER: &str = r#"#!/bin/sh
receipt=$(sed -n 's/^SYNOD INPUT END nonce=[^ ]* path="diff" receipt=\(.*\)>>>$/\1/p' | tail -n 1)
printf '{"receipts":{"diff":"%s"},"remarks":[{"kind":"bug","severity":"important","path":"x","side":"new","first":1,
"last":1,"quote":"THREE","claim":"THREE is not three."}]}\n' "$receipt"
"#;

/// Git, which must end well.
#[track_caller]
fn git(repository: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
    let mut command = Command::new("git");
    command.args(identity).args(args).current_dir(repository);
    command
        .env("HOME", repository)
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

/// `main`, and on top of it `feature`, which changes one line.
fn repository(world: &World) -> PathBuf {
    let repository = world.work().join("repo");
    fs::create_dir_all(&repository).unwrap();
    git(&repository, &["init", "-q", "-b", "main"]);
    for (branch, text) in [("main", "three\n"), ("feature", "THREE\n")] {
        if branch != "main" {
            git(&repository, &["checkout", "-q", "-b", branch]);
        }
        fs::write(repository.join("x"), text).unwrap();
        git(&repository, &["add", "x"]);
        git(&repository, &["commit", "-q", "-m", branch]);
    }
    repository
}

#[test]
fn a_change_is_reviewed_with_keys_alone() {
    let world = world();
    let program = world.work().join("reviewer");
    fs::write(&program, REVIEWER).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let argv = [program.to_str().unwrap().to_owned()];
    world.write_config(&config::agent("ann", "red", &argv, ""));
    let mut command = world.synod_command(Vec::<&str>::new());
    command.current_dir(repository(&world));
    let terminal = world.terminal_of(command).open();
    terminal.wait_for("the empty list", is_home);
    terminal.press("n");
    terminal.wait_text("‹ clarify ›");
    terminal.press_key(Key::Right);
    terminal.wait_for("the gate, and what it is about", |screen| {
        screen.has("‹ review ›") && screen.has("REV..REV")
    });
    terminal.press_key(Key::Tab);
    terminal.wait_text("▸ change");
    terminal.press("main..feature");
    terminal.press_key(Key::Tab);
    terminal.wait_text("▸ roster");
    // The next name with that letter.
    terminal.press("a ");
    terminal.wait_text("[x] ann");
    terminal.press_key(Key::Ctrl('s'));
    terminal.wait_for("the remark", |screen| {
        screen.has("review/main..feature")
            && screen.has("awaiting-human")
            && screen.has("THREE is not three.")
    });
    let run = world.run("review/main..feature");
    assert_eq!(
        (run.gate.as_str(), run.diff.as_str()),
        ("review", "main..feature")
    );
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    world.assert_invariants();
}
