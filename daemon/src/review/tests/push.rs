//! A pre-push hook's lines, as real pushes give them.

use super::{World, paths};
use crate::review::{Material, ReviewError, Wanted};

const ZERO: &str = "0000000000000000000000000000000000000000";

/// main: base, one; both on the remote.
fn cloned() -> World {
    let world = World::new();
    let remote = world.dir.path().join("remote");
    world.run(&[
        "init",
        "-q",
        "--bare",
        "-b",
        "main",
        remote.to_str().unwrap(),
    ]);
    world.run(&["remote", "add", "origin", remote.to_str().unwrap()]);
    world.add("base");
    world.add("one");
    world.run(&["push", "-q", "origin", "main"]);
    world.run(&["remote", "set-head", "origin", "main"]);
    world
}

/// `refs/heads/LOCAL` at its commit to `refs/heads/REMOTE`, which is at `has`.
fn line(world: &World, local: &str, remote: &str, has: &str) -> String {
    let oid = world.run(&["rev-parse", local]);
    format!("refs/heads/{local} {oid} refs/heads/{remote} {has}")
}

fn push(lines: &[String]) -> Wanted {
    Wanted::Push {
        remote: "origin".to_owned(),
        lines: lines.to_vec(),
    }
}

#[track_caller]
fn one(world: &World, line: String) -> Material {
    let mut changes = world.changes(&push(&[line]));
    assert_eq!(changes.len(), 1);
    changes.remove(0)
}

#[test]
fn a_branch_that_moves_forward_is_reviewed_from_what_the_remote_has() {
    let world = cloned();
    let has = world.run(&["rev-parse", "main"]);
    world.add("two");
    let change = one(&world, line(&world, "main", "main", &has));
    assert_eq!(paths(&change), ["+two"]);
    assert_eq!(
        (change.title.as_str(), change.base),
        ("main to origin", Some(has))
    );
}

#[test]
fn a_new_branch_is_reviewed_from_where_it_left_what_the_remote_has() {
    let world = cloned();
    world.run(&["checkout", "-q", "-b", "feature", "main~1"]);
    world.add("two");
    world.add("three");
    assert_eq!(
        paths(&one(&world, line(&world, "feature", "feature", ZERO))),
        ["+three", "+two"]
    );
    // With the remote's main merged into it, what came with that is no news.
    world.run(&["merge", "-q", "--no-edit", "main"]);
    assert_eq!(
        paths(&one(&world, line(&world, "feature", "feature", ZERO))),
        ["+three", "+two"]
    );
}

#[test]
fn a_branch_upon_another_that_is_on_the_remote_is_reviewed_from_there() {
    let world = cloned();
    world.run(&["checkout", "-q", "-b", "lower"]);
    world.add("two");
    world.run(&["push", "-q", "origin", "lower"]);
    world.run(&["checkout", "-q", "-b", "upper"]);
    world.add("three");
    assert_eq!(
        paths(&one(&world, line(&world, "upper", "upper", ZERO))),
        ["+three"]
    );
    // Of two edges that do not contain one another, the default branch's.
    world.run(&["checkout", "-q", "main"]);
    world.add("four");
    world.run(&["push", "-q", "origin", "main"]);
    world.run(&["checkout", "-q", "upper"]);
    world.run(&["merge", "-q", "--no-edit", "main"]);
    assert_eq!(
        paths(&one(&world, line(&world, "upper", "upper", ZERO))),
        ["+three", "+two"]
    );
}

#[test]
fn a_new_branch_of_commits_the_remote_has_is_nothing_to_review() {
    let world = cloned();
    world.run(&["branch", "same", "main~1"]);
    let why = world.nothing(&push(&[line(&world, "same", "same", ZERO)]));
    assert!(
        why.starts_with("all commits of same are on origin already"),
        "{why}"
    );
    let has = world.run(&["rev-parse", "main"]);
    let why = world.nothing(&push(&[line(&world, "main", "main", &has)]));
    assert!(why.starts_with("main is on origin already"), "{why}");
}

#[test]
fn deletions_and_empty_pushes_are_nothing_to_review() {
    let world = cloned();
    let has = world.run(&["rev-parse", "main"]);
    let deletion = format!("(delete) {ZERO} refs/heads/main {has}");
    assert!(
        world
            .nothing(&push(&[deletion]))
            .starts_with("main is deleted on origin")
    );
    assert!(
        world
            .nothing(&push(&[]))
            .starts_with("the push updates nothing")
    );
    assert!(
        world
            .nothing(&push(&["\n".to_owned()]))
            .starts_with("the push updates nothing")
    );
}

#[test]
fn a_forced_push_is_reviewed_from_the_last_commit_the_remote_has() {
    let world = cloned();
    // Amended.
    let has = world.run(&["rev-parse", "main"]);
    world.write("one", "amended\n");
    world.run(&["commit", "-q", "-a", "--amend", "-m", "x"]);
    let change = one(&world, line(&world, "main", "main", &has));
    assert_eq!(
        (paths(&change), change.base),
        (
            vec!["+one".to_owned()],
            Some(world.run(&["rev-parse", "main~1"]))
        )
    );
    // Rebased onto what the remote has got meanwhile.
    world.run(&["reset", "-q", "--hard", &has]);
    world.run(&["checkout", "-q", "-b", "feature", "main~1"]);
    let feature = world.add("two");
    world.run(&["push", "-q", "origin", "feature"]);
    world.run(&["rebase", "-q", "main"]);
    assert_eq!(
        paths(&one(&world, line(&world, "feature", "feature", &feature))),
        ["+two"]
    );
    // Set back: nothing of it is new, the remote has it all.
    world.run(&["reset", "-q", "--hard", "main~1"]);
    assert!(
        world
            .nothing(&push(&[line(&world, "feature", "feature", &feature)]))
            .contains("already")
    );
}

#[test]
fn a_commit_of_the_remote_that_nobody_fetched_is_no_hindrance() {
    let world = cloned();
    world.run(&["checkout", "-q", "-b", "feature"]);
    world.add("two");
    let unknown = "1234567890123456789012345678901234567890";
    assert_eq!(
        paths(&one(&world, line(&world, "feature", "feature", unknown))),
        ["+two"]
    );
}

#[test]
fn of_a_remote_nothing_is_known_of_everything_is_reviewed() {
    let world = cloned();
    let wanted = Wanted::Push {
        remote: "https://example.org/x.git".to_owned(),
        lines: vec![line(&world, "main", "main", ZERO)],
    };
    assert_eq!(paths(&world.changes(&wanted)[0]), ["+base", "+one"]);
    world.run(&["checkout", "-q", "--orphan", "other"]);
    world.run(&["rm", "-q", "-rf", "."]);
    world.add("apart");
    assert_eq!(
        paths(&one(&world, line(&world, "other", "other", ZERO))),
        ["+apart"]
    );
}

#[test]
fn tags_are_reviewed_as_the_commits_they_name() {
    let world = cloned();
    world.run(&["tag", "-a", "-m", "x", "old", "main~1"]);
    world.add("two");
    world.run(&["tag", "-a", "-m", "x", "v1"]);
    let tag = |name: &str| {
        let oid = world.run(&["rev-parse", name]);
        format!("refs/tags/{name} {oid} refs/tags/{name} {ZERO}")
    };
    assert!(world.nothing(&push(&[tag("old")])).contains("already"));
    let change = one(&world, tag("v1"));
    assert_eq!(
        (paths(&change), change.title.as_str()),
        (vec!["+two".to_owned()], "v1 to origin")
    );
    world.run(&["tag", "tree", "main^{tree}"]);
    let error = world.read(&push(&[tag("tree")])).unwrap_err();
    assert!(
        matches!(error, ReviewError::NoCommit { reference, .. } if reference == "refs/tags/tree")
    );
}

#[test]
fn several_refs_are_several_changes_and_the_same_one_is_reviewed_once() {
    let world = cloned();
    let has = world.run(&["rev-parse", "main"]);
    world.run(&["checkout", "-q", "-b", "feature"]);
    world.add("two");
    world.run(&["branch", "again"]);
    world.run(&["checkout", "-q", "main"]);
    world.add("three");
    let changes = world.changes(&push(&[
        line(&world, "main", "main", &has),
        line(&world, "feature", "feature", ZERO),
        line(&world, "again", "again", ZERO),
        format!("(delete) {ZERO} refs/heads/gone {has}"),
    ]));
    let titles: Vec<&str> = changes.iter().map(|change| change.title.as_str()).collect();
    assert_eq!(titles, ["main to origin", "feature to origin"]);
}

#[test]
fn files_are_read_at_the_pushed_commit() {
    let world = cloned();
    let has = world.run(&["rev-parse", "main"]);
    world.add("two");
    let line = line(&world, "main", "main", &has);
    world.write("two", "later\n");
    world.commit();
    world.write("two", "still later\n");
    let change = one(&world, line);
    assert_eq!(change.files[0].text, "two\n");
}

#[test]
fn what_git_does_not_say_to_a_hook_is_refused() {
    let world = cloned();
    let oid = world.run(&["rev-parse", "main"]);
    for wrong in [
        "refs/heads/main".to_owned(),
        format!("refs/heads/main {oid} refs/heads/main"),
        format!("refs/heads/main {oid} refs/heads/main main"),
        format!("refs/heads/main {oid}  refs/heads/main {oid}"),
        format!("refs/heads/main -{} refs/heads/main {oid}", &oid[1..]),
    ] {
        let error = world.read(&push(&[wrong])).unwrap_err();
        assert!(matches!(error, ReviewError::RefLine { .. }), "{error}");
    }
    let unknown = oid.replace(|_: char| true, "1");
    let line = format!("refs/heads/main {unknown} refs/heads/main {oid}");
    assert!(matches!(
        world.read(&push(&[line])).unwrap_err(),
        ReviewError::NoCommit { .. }
    ));
}
