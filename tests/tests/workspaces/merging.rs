//! Merging: what it makes, and that what is refused has changed nothing.

use std::fs;

use crate::{assert_gone, id, path, programs, repository::Repository, run_in, show, state, world};
use synod_tests::World;

const APPENDS: &str = "echo by the agent >> a.txt; echo new > new.txt";

/// Refused with these words, and nothing of the repository is another than before.
#[track_caller]
fn refused(world: &World, repository: &Repository, args: &[&str], words: &[&str]) {
    let before = repository.picture();
    let said = world.synod(args).refusal(7);
    for word in words {
        assert!(said.contains(word), "{said}");
    }
    assert_eq!(repository.picture(), before, "{said}");
    assert_eq!(state(&show(world, "run/alice")), "made");
}

#[test]
fn hooks_of_the_repository_never_run() {
    let world = world(APPENDS);
    let marker = world.work().join("hooks-ran");
    let repository = Repository::new(&world, "shop");
    repository.plant_hooks(&marker);
    for verb in [
        &["merge", "--squash"][..],
        &["merge"],
        &["merge", "--leave"],
        &["discard", "--force"],
    ] {
        run_in(&world, &repository.path, &[]);
        let newest = world.all_runs()[0].id.clone();
        world.synod(["diff", &newest]).success();
        let mut args = verb.to_vec();
        args.push(&newest);
        world.synod(args).success();
        let ran = fs::read_to_string(&marker).unwrap_or_default();
        assert_eq!(ran, "", "{verb:?}");
    }
}

#[test]
fn a_branch_that_has_moved_on_is_refused_and_squashed_on_request() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    repository.write("other.txt", "meanwhile");
    repository.commit("meanwhile");
    refused(
        &world,
        &repository,
        &["merge", "run/alice"],
        &["main has moved on", "--squash", "rebase"],
    );
    world
        .synod(["merge", "--squash", "run/alice", "-m", "All of it"])
        .success();
    assert_eq!(repository.git(&["log", "-1", "--format=%s"]), "All of it");
    let body = repository.git(&["log", "-1", "--format=%b"]);
    assert_eq!(body, format!("Synod-Run: {}", id(&run)));
    assert_eq!(repository.git(&["log", "--format=%s"]).lines().count(), 3);
    assert!(repository.has("other.txt") && repository.has("new.txt"));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
    assert_gone(&repository, &run);
    let names = world
        .synod(["diff", "--name-only", "run/alice"])
        .success()
        .stdout();
    assert_eq!(names, "a.txt\nnew.txt\n");
}

/// The way by hand that the refusal names.
#[test]
fn a_worktree_that_was_rebased_by_hand_is_merged() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    repository.write("other.txt", "meanwhile");
    repository.commit("meanwhile");
    let tree = path(&run);
    repository.git_in(&tree, &["add", "-A"]);
    repository.git_in(&tree, &["commit", "-qm", "by hand"]);
    repository.git_in(&tree, &["rebase", "-q", "main"]);
    world.synod(["merge", "run/alice"]).success();
    assert_eq!(repository.git(&["log", "-1", "--format=%s"]), "by hand");
    assert_gone(&repository, &run);
}

#[test]
fn a_conflict_leaves_the_repository_exactly_as_it_was() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    repository.write("a.txt", "one\ntwo\nthree\nby a person\n");
    repository.commit("meanwhile");
    refused(
        &world,
        &repository,
        &["merge", "--squash", "run/alice"],
        &[
            "conflicts with main in a.txt;",
            "nothing was changed",
            "--leave",
        ],
    );
    // The branch is kept then, with the work on it.
    let said = world
        .synod(["merge", "--leave", "run/alice"])
        .success()
        .stdout();
    assert!(said.contains("on the branch synod/run-alice"), "{said}");
    assert!(!path(&run).exists());
    assert_eq!(repository.worktrees(), 1);
    assert_eq!(repository.branches(), ["main", "synod/run-alice"]);
    let text = repository.git(&["show", "synod/run-alice:new.txt"]);
    assert_eq!(text, "new");
    assert_eq!(state(&show(&world, id(&run))), "left");
    let names = world
        .synod(["diff", "--name-only", "run/alice"])
        .success()
        .stdout();
    assert_eq!(names, "a.txt\nnew.txt\n");
    let said = world.synod(["discard", "run/alice"]).refusal(7);
    assert!(said.contains("left already"), "{said}");
}

#[test]
fn a_tree_that_is_not_clean_is_refused() {
    let world = world(&format!("{APPENDS}; git add -A; git commit -qm work"));
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    repository.write("sub/b.txt", "changed by a person");
    let merge = ["merge", "run/alice"];
    refused(
        &world,
        &repository,
        &merge,
        &["sub/b.txt", "commit or stash"],
    );
    repository.git(&["checkout", "-q", "sub/b.txt"]);
    repository.write("new.txt", "a person's own");
    refused(
        &world,
        &repository,
        &merge,
        &["new.txt", "would be overwritten"],
    );
    assert_eq!(repository.read("new.txt"), "a person's own");
    // Git itself would overwrite an ignored file without a word.
    fs::write(repository.path.join(".git/info/exclude"), "new.txt\n").unwrap();
    refused(
        &world,
        &repository,
        &merge,
        &["new.txt", "would be overwritten"],
    );
    refused(
        &world,
        &repository,
        &["merge", "--squash", "run/alice"],
        &["new.txt"],
    );
    fs::remove_file(repository.path.join("new.txt")).unwrap();
    fs::write(repository.path.join(".git/info/exclude"), "").unwrap();
    let lock = repository.path.join(".git/MERGE_HEAD");
    fs::write(&lock, repository.head()).unwrap();
    refused(&world, &repository, &merge, &["in the middle of a merge"]);
    fs::remove_file(lock).unwrap();
    world.synod(merge).success();
}

#[test]
fn without_a_branch_checked_out_nothing_is_merged() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    repository.git(&["checkout", "-q", "--detach"]);
    let before = repository.head();
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(said.contains("no branch checked out"), "{said}");
    assert_eq!(repository.head(), before);
    // Another branch than the one it began from is as good, and is named.
    repository.git(&["checkout", "-q", "-b", "topic"]);
    let said = world.synod(["merge", "run/alice"]).success().stdout();
    assert!(said.contains("merged into topic"), "{said}");
}

#[test]
fn without_an_identity_it_is_said_how_to_set_one() {
    let world = World::with(programs())
        .config(crate::agent(APPENDS, ""))
        .build();
    crate::repository::set_identity(&world);
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    fs::remove_file(world.home().join(".gitconfig")).unwrap();
    for how in ["--ff-only", "--squash", "--leave"] {
        refused(
            &world,
            &repository,
            &["merge", how, "run/alice"],
            &["git config --global user.name"],
        );
    }
    crate::repository::set_identity(&world);
    world.synod(["merge", "run/alice"]).success();
}

#[test]
fn another_gits_lock_is_waited_for_and_then_told() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    let lock = repository.path.join(".git/index.lock");
    fs::write(&lock, "").unwrap();
    let merge = world.spawn_synod(["merge", "run/alice"]);
    // Whether it has come to the lock by now or comes to it later: it must end well.
    fs::remove_file(&lock).unwrap();
    merge.finish().success();
    assert!(repository.has("new.txt"));
}

#[test]
fn the_same_request_sent_twice_merges_once() {
    let world = world(APPENDS);
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    let request = synod_proto::v1::MergeRunRequest {
        request_id: "once".to_owned(),
        run_id: id(&run).to_owned(),
        how: "squash".to_owned(),
        message: String::new(),
    };
    let mut client = world.supervisor();
    let answers = [
        world
            .block_on(client.merge_run(request.clone()))
            .unwrap()
            .into_inner(),
        world
            .block_on(client.merge_run(request))
            .unwrap()
            .into_inner(),
    ];
    let commits = answers.map(|answer| answer.run.unwrap().workspace.unwrap().commit);
    assert_eq!(commits[0], commits[1]);
    assert_eq!(repository.git(&["log", "--format=%s"]).lines().count(), 2);
}
