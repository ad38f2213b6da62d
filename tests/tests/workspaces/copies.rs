//! Copies: of what git knows nothing of, or of a tree as it stands.

use std::fs;

use crate::{id, path, repository::Repository, run_in, show, state, world};

#[test]
fn a_copy_has_the_folder_as_it_stands_and_the_original_stays() {
    let world = world("cat dirty.txt; echo new > new.txt; echo more >> dirty.txt");
    let folder = world.work().join("folder with spaces");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("dirty.txt"), "as it stands\n").unwrap();
    let run = run_in(&world, &folder, &["--isolation", "copy"]);
    assert_eq!(run["workspace"]["kind"], "copy");
    assert_eq!(world.raw_output(id(&run)), b"as it stands\n");
    assert!(!folder.join("new.txt").exists());
    let patch = world.synod(["diff", "run/alice"]).success().stdout();
    assert!(
        patch.contains("+more") && patch.contains("b/new.txt"),
        "{patch}"
    );
    let names = world
        .synod(["diff", "--name-only", "run/alice"])
        .success()
        .stdout();
    assert_eq!(names, "dirty.txt\nnew.txt\n");
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(said.contains("no branch to merge"), "{said}");
    assert!(said.contains(path(&run).to_str().unwrap()), "{said}");
    let said = world.synod(["discard", "run/alice"]).refusal(7);
    assert!(
        said.starts_with("2 files that differ from the original would be lost"),
        "{said}"
    );
    world.synod(["discard", "--force", "run/alice"]).success();
    assert!(!path(&run).exists());
    assert_eq!(state(&show(&world, id(&run))), "discarded");
    // Nothing of the comparisons is left either.
    let entries = fs::read_dir(world.state_dir().join("worktrees")).unwrap();
    let left: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != ".running")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_unchanged_copy_is_thrown_away_without_a_question() {
    let world = world("true");
    run_in(&world, &world.work(), &["--isolation", "copy"]);
    assert_eq!(world.synod(["diff", "run/alice"]).success().stdout(), "");
    world.synod(["discard", "run/alice"]).success();
}

/// A worktree's `.git` names its repository: git in the copy would otherwise change the original's index.
#[test]
fn git_in_the_copy_of_a_worktree_does_not_reach_the_original() {
    let world = world("git add -A 2>/dev/null; echo done");
    let repository = Repository::new(&world, "shop");
    let own = world.work().join("own");
    repository.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "topic",
        own.to_str().unwrap(),
    ]);
    fs::write(own.join("untracked.txt"), "x").unwrap();
    run_in(&world, &own, &["--isolation", "copy"]);
    let status = repository.git_in(&own, &["status", "--porcelain"]);
    assert_eq!(status, "?? untracked.txt");
}

#[test]
fn a_folder_around_the_daemons_own_state_is_not_copied() {
    let world = world("true");
    let mut command = world.synod_command(["run", "--agent", "alice", "--isolation", "copy", "x"]);
    command.current_dir(world.home());
    let said = world.finish(command, None).refusal(2);
    assert!(said.contains("cannot be copied"), "{said}");
}
