//! Revisions, and the index.

use super::{World, paths};
use crate::review::{Found, Limits, ReviewError, Wanted, read};

/// main: base, one, two. feature, from base: three.
fn forked() -> World {
    let world = World::new();
    world.add("base");
    world.run(&["branch", "feature"]);
    world.add("one");
    world.add("two");
    world.run(&["checkout", "-q", "feature"]);
    world.add("three");
    world
}

#[test]
fn two_dots_compare_two_commits_and_three_begin_where_they_parted() {
    let world = forked();
    assert_eq!(
        paths(&world.range("main..feature")),
        ["-one", "+three", "-two"]
    );
    assert_eq!(paths(&world.range("main...feature")), ["+three"]);
    assert_eq!(paths(&world.range("feature..main~1")), ["+one", "-three"]);
}

#[test]
fn one_revision_stands_for_what_was_done_since_head_left_it() {
    let world = forked();
    let one = world.range("main");
    assert_eq!(paths(&one), ["+three"]);
    assert_eq!(one.title, "main...HEAD");
    assert_eq!(one.base, Some(world.run(&["rev-parse", "main~2"])));
    assert_eq!(one.head, Some(world.run(&["rev-parse", "feature"])));
    assert_eq!(one.root, world.root().canonicalize().unwrap());
    assert_eq!(world.range("main...").change, one.change);
    assert_eq!(paths(&world.range("main..")), ["-one", "+three", "-two"]);
}

#[test]
fn what_lies_about_in_the_tree_is_not_reviewed() {
    let world = forked();
    world.write("three", "other\n");
    world.write("new", "new\n");
    world.run(&["add", "new"]);
    let change = world.range("main");
    assert_eq!(paths(&change), ["+three"]);
    assert_eq!(change.files[0].text, "three\n");
}

#[test]
fn what_is_staged_is_reviewed_as_it_is_staged() {
    let world = forked();
    world.write("three", "staged\n");
    world.write("new", "new\n");
    world.run(&["add", "-A"]);
    world.write("three", "not staged\n");
    let staged = Wanted::Staged { index: None };
    let change = &world.changes(&staged)[0];
    assert_eq!(paths(change), ["+new", "~three"]);
    assert_eq!(change.files[1].text, "staged\n");
    assert_eq!(
        (change.head.as_deref(), change.title.as_str()),
        (None, "staged")
    );
    world.run(&["reset", "-q"]);
    assert!(world.nothing(&staged).starts_with("nothing is staged"));
}

#[test]
fn another_index_is_read_if_git_is_about_to_commit_that() {
    let world = forked();
    world.write("three", "staged\n");
    world.run(&["add", "-A"]);
    std::fs::rename(
        world.root().join(".git/index"),
        world.root().join(".git/other"),
    )
    .unwrap();
    world.run(&["reset", "-q"]);
    let index = Some(".git/other".into());
    assert_eq!(
        paths(&world.changes(&Wanted::Staged { index })[0]),
        ["~three"]
    );
}

#[test]
fn before_the_first_commit_everything_staged_is_new() {
    let world = World::new();
    world.write("x", "x\n");
    world.run(&["add", "-A"]);
    assert_eq!(
        paths(&world.changes(&Wanted::Staged { index: None })[0]),
        ["+x"]
    );
}

#[test]
fn files_in_conflict_are_refused() {
    let world = forked();
    world.write("one", "other\n");
    world.commit();
    let merge = std::panic::catch_unwind(|| world.run(&["merge", "-q", "main"]));
    assert!(merge.is_err());
    let error = world.read(&Wanted::Staged { index: None }).unwrap_err();
    assert!(matches!(error, ReviewError::Unmerged { path } if path == "one"));
}

#[test]
fn what_names_no_commit_is_refused() {
    let world = forked();
    for words in [
        "nowhere",
        "main..nowhere",
        "",
        "--output=x",
        "main..-p",
        "main^{tree}",
        "a\nb",
    ] {
        let error = world.read(&Wanted::Range(words.to_owned())).unwrap_err();
        assert!(
            matches!(error, ReviewError::Revision { .. }),
            "{words}: {error}"
        );
    }
    world.run(&["checkout", "-q", "--orphan", "other"]);
    world.add("x");
    let error = world.read(&Wanted::Range("main".to_owned())).unwrap_err();
    assert!(matches!(error, ReviewError::NoMergeBase { .. }));
    assert!(
        world
            .nothing(&Wanted::Range("main..main".to_owned()))
            .contains("changes no file")
    );
}

#[test]
fn a_folder_without_a_repository_is_refused_unless_a_patch_is_given() {
    let world = World::new();
    let outside = world.dir.path();
    let read = |wanted: &Wanted| read(&world.git, outside, wanted, &Limits::default());
    let error = read(&Wanted::Range("main".to_owned())).unwrap_err();
    assert!(matches!(error, ReviewError::NoRepository(_)), "{error}");
    let patch = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n".to_vec();
    let Found::Changes(changes) = read(&Wanted::Patch(patch)).unwrap() else {
        panic!("no change");
    };
    assert_eq!(paths(&changes[0]), ["~x"]);
    assert!(matches!(
        read(&Wanted::Patch(b"\n".to_vec())).unwrap(),
        Found::Nothing(_)
    ));
    let error = read(&Wanted::Patch(b"no patch".to_vec())).unwrap_err();
    assert!(matches!(error, ReviewError::Unreadable(_)));
}
