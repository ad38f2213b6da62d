//! What of a change is shown, what is named only, and that nothing of the repository is run.

use std::{fs, os::unix::fs::PermissionsExt as _};

use synod_consensus::diff::{Diff, annotate};

use super::{World, paths};
use crate::review::{Found, Limits, ReviewError, Wanted, read};

#[test]
fn text_that_an_attribute_calls_binary_is_shown_as_text() {
    let world = World::new();
    world.write("keep.rs", "a\n");
    world.write("hidden.rs", "fn safe() {}\n");
    world.commit();
    world.write(".gitattributes", "hidden.rs -diff\nmoved.rs binary\n");
    world.write("hidden.rs", "fn unsafe_one() {}\n");
    world.write("moved.rs", "b\n");
    world.write("keep.rs", "b\n");
    world.commit();
    let change = world.range("HEAD~1..HEAD");
    let seen = annotate(&Diff::parse(&change.diff).unwrap());
    assert!(seen.contains("+|fn unsafe_one() {}"), "{seen}");
    assert!(seen.contains("=== moved.rs (added)"), "{seen}");
    assert_eq!(
        paths(&change),
        ["+.gitattributes", "~hidden.rs", "~keep.rs", "+moved.rs"]
    );
    assert_eq!(change.not_shown, Vec::<String>::new());
}

#[test]
fn binary_files_and_those_too_large_are_named_and_count_as_changed() {
    let world = World::new();
    world.write("i.png", b"\0one");
    world.write("big", "one\n".repeat(60));
    world.write("small", "one\n");
    world.commit();
    world.write("i.png", b"\0two");
    world.write("big", "two\n".repeat(60));
    world.write("small", "two\n");
    world.commit();
    let limits = Limits {
        file: 400,
        ..Limits::default()
    };
    let of = |range: &str| match read(
        &world.git,
        &world.root(),
        &Wanted::Range(range.into()),
        &limits,
    )
    .unwrap()
    {
        Found::Changes(mut changes) => changes.remove(0),
        Found::Nothing(why) => panic!("{why}"),
    };
    let change = of("HEAD~1..HEAD");
    assert_eq!(
        change.not_shown,
        [
            "big (too large: 638 bytes of changed lines)",
            "i.png (binary)"
        ]
    );
    assert_eq!(paths(&change), ["~big", "~i.png", "~small"]);
    let names: Vec<&str> = change.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["small"]);
    // The same sizes, other contents: another change.
    for (path, content) in [
        ("i.png", b"\0six".to_vec()),
        ("big", "six\n".repeat(60).into_bytes()),
    ] {
        world.write(path, content);
        world.run(&["commit", "-q", "-a", "--amend", "-m", "x"]);
        assert_ne!(of("HEAD~1..HEAD").change, change.change);
    }
}

#[test]
fn what_is_too_much_as_a_whole_is_refused() {
    let world = World::new();
    world.commit();
    world.write("a", "one\n");
    world.write("b", "one\n");
    world.commit();
    let of = |limits: Limits| {
        read(
            &world.git,
            &world.root(),
            &Wanted::Range("HEAD~1..HEAD".into()),
            &limits,
        )
        .unwrap_err()
    };
    let (files, diff) = (
        Limits {
            files: 1,
            ..Limits::default()
        },
        Limits {
            diff: 200,
            ..Limits::default()
        },
    );
    assert!(matches!(
        of(files),
        ReviewError::TooMany { files: 2, limit: 1 }
    ));
    assert!(matches!(of(diff), ReviewError::TooLarge { limit: 200, .. }));
}

#[test]
fn files_beyond_the_limits_are_left_to_the_diff() {
    let world = World::new();
    world.commit();
    for (path, lines) in [("a", 5), ("b", 50), ("c", 5), ("d", 5)] {
        world.write(path, format!("{path}\n").repeat(lines));
    }
    world.commit();
    let limits = Limits {
        text: 50,
        texts: 25,
        ..Limits::default()
    };
    let found = read(
        &world.git,
        &world.root(),
        &Wanted::Range("HEAD~1..".into()),
        &limits,
    )
    .unwrap();
    let Found::Changes(changes) = found else {
        panic!("no change");
    };
    let names: Vec<&str> = changes[0]
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(paths(&changes[0]).len(), 4);
}

#[test]
fn names_and_contents_that_are_no_plain_text_are_told_apart() {
    let world = World::new();
    world.write("umlaut ü\t\"q\".txt", "x\n");
    world.write("latin.txt", b"caf\xe9\n");
    world.write("ends.txt", "one\r\ntwo");
    world.commit();
    world.run(&["mv", "latin.txt", "moved dir.txt"]);
    world.write("umlaut ü\t\"q\".txt", "y\n");
    world.write("ends.txt", "one\r\nthree");
    world.write("moved dir.txt", b"caf\xe9\nth\xe9\n");
    let first = world.commit();
    let change = world.range("HEAD~1..HEAD");
    assert_eq!(
        paths(&change),
        ["~ends.txt", "~moved dir.txt", "~umlaut ü\t\"q\".txt"]
    );
    let texts: Vec<(&str, &str)> = change
        .files
        .iter()
        .map(|f| (f.path.as_str(), f.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            ("ends.txt", "one\r\nthree"),
            ("moved dir.txt", "caf\u{fffd}\nth\u{fffd}\n"),
            ("umlaut ü\t\"q\".txt", "y\n")
        ]
    );
    // Bytes that look alike once they are replaced are still another change.
    world.write("moved dir.txt", b"caf\xe9\nth\xe8\n");
    world.run(&["commit", "-q", "-a", "--amend", "-m", "x"]);
    let other = world.range("HEAD~1..HEAD");
    assert_eq!(
        other.diff.replace(|c: char| c.is_ascii_hexdigit(), ""),
        change.diff.replace(|c: char| c.is_ascii_hexdigit(), "")
    );
    assert_ne!(other.change, change.change);
    assert_eq!(
        world.range(&format!("{first}~1..{first}")).change,
        change.change
    );
}

#[test]
fn links_submodules_and_modes_are_shown_as_what_they_are() {
    let world = World::new();
    world.write("run", "x\n");
    world.write("was", "x\n");
    world.commit();
    fs::set_permissions(world.root().join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(world.root().join("was")).unwrap();
    std::os::unix::fs::symlink("run", world.root().join("was")).unwrap();
    let inner = world.root().join("inner");
    fs::create_dir(&inner).unwrap();
    world.run_in(&inner, &["init", "-q"]);
    world.run_in(&inner, &["commit", "-q", "--allow-empty", "-m", "x"]);
    world.commit();
    let change = world.range("HEAD~1..HEAD");
    let seen = annotate(&Diff::parse(&change.diff).unwrap());
    for expected in [
        "=== inner (added, submodule)",
        "=== run (modified, ordinary file becomes executable, no changed lines)",
        "=== was (deleted)",
        "=== was (added, symbolic link)",
    ] {
        assert!(seen.contains(expected), "{seen}");
    }
    assert_eq!(change.files, []);
}

#[test]
fn neither_programs_nor_settings_nor_replaced_objects_change_what_is_reviewed() {
    let world = World::new();
    world.write("x", "old\n");
    world.commit();
    world.write("x", "evil\n");
    let evil = world.commit();
    let plain = world.range("HEAD~1..HEAD");
    let mark = world.dir.path().join("ran");
    let program = world.dir.path().join("program");
    fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.to_str().unwrap();
    for (key, value) in [
        ("diff.external", program),
        ("diff.own.command", program),
        ("diff.own.textconv", program),
        ("core.pager", program),
        ("core.fsmonitor", program),
        ("diff.noprefix", "true"),
        ("diff.context", "0"),
        ("diff.submodule", "log"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("color.diff", "always"),
        ("core.quotePath", "false"),
    ] {
        world.run(&["config", key, value]);
    }
    world.write(".git/info/attributes", "x diff=own\n");
    world.run(&["branch", "innocent", "HEAD~1"]);
    world.run(&["checkout", "-q", "innocent"]);
    world.write("x", "innocent\n");
    let innocent = world.commit();
    world.run(&["replace", &evil, &innocent]);
    // This test's own calls of git ran it.
    fs::remove_file(&mark).unwrap();
    let again = world.range(&format!("{evil}~1..{evil}"));
    assert!(!mark.exists());
    assert_eq!(
        (again.diff, again.change, again.files),
        (plain.diff, plain.change, plain.files)
    );
}
