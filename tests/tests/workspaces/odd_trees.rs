//! Agents that do what nobody expects of their worktree, and repositories with odd names.

use std::fs;

use crate::{
    assert_gone, id, path, repository::Repository, run_in, show, state, wait_workspace, world,
};

#[test]
fn an_agent_that_removes_its_git_file_is_merged_all_the_same() {
    let world = world("rm .git; echo new > new.txt");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(state(&run), "made");
    let names = world
        .synod(["diff", "--name-only", "run/alice"])
        .success()
        .stdout();
    assert_eq!(names, "new.txt\n");
    world.synod(["discard", "run/alice"]).refusal(7);
    world.synod(["merge", "run/alice"]).success();
    assert!(repository.has("new.txt"));
    assert_gone(&repository, &run);
}

#[test]
fn an_agent_that_removes_its_worktree_keeps_what_it_committed() {
    let world = world(
        "echo new > new.txt; git add .; git commit -qm kept; echo lost > lost.txt; rm -rf \"$PWD\"",
    );
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    assert!(!path(&run).exists());
    assert_eq!(state(&run), "made");
    let names = world
        .synod(["diff", "--name-only", "run/alice"])
        .success()
        .stdout();
    assert_eq!(names, "new.txt\n");
    let said = world.synod(["discard", "run/alice"]).refusal(7);
    assert!(said.starts_with("1 commit would be lost"), "{said}");
    world.synod(["merge", "run/alice"]).success();
    assert!(repository.has("new.txt"));
    assert_gone(&repository, &run);
}

#[test]
fn an_agent_that_removes_its_worktree_through_git_is_no_obstacle() {
    let world = world("git worktree remove --force \"$PWD\"");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    let said = world.synod(["merge", "run/alice"]).success().stdout();
    assert!(said.contains("nothing was changed"), "{said}");
    assert_gone(&repository, &run);
}

/// Its files are still there, but nobody can say any more which of them are new.
#[test]
fn a_worktree_that_git_has_forgotten_is_kept_for_a_human() {
    let world = world("echo new > new.txt; rm -rf \"$(git rev-parse --absolute-git-dir)\"");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    for verb in ["diff", "merge"] {
        let said = world.synod([verb, "run/alice"]).refusal(7);
        assert!(said.contains("git knows nothing of the worktree"), "{said}");
    }
    world.synod(["discard", "run/alice"]).refusal(7);
    assert!(path(&run).join("new.txt").exists());
    world.synod(["discard", "--force", "run/alice"]).success();
    assert_gone(&repository, &run);
}

#[test]
fn an_agent_that_checks_out_another_branch_is_merged_from_where_it_ended() {
    let world =
        world("git checkout -q -b topic; echo x > x; git add x; git commit -qm topic; echo y > y");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    world.synod(["merge", "run/alice"]).success();
    assert!(repository.has("x") && repository.has("y"));
    assert!(!path(&run).exists());
    // What is the agent's own stays.
    assert_eq!(repository.branches(), ["main", "topic"]);
}

#[test]
fn an_agent_that_leaves_its_own_commits_behind_is_not_merged() {
    let world = world(
        "echo x > x; git add x; git commit -qm mine; git checkout -q --detach HEAD~; echo y > y",
    );
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    let before = repository.picture();
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(
        said.contains("left its worktree on other commits"),
        "{said}"
    );
    assert_eq!(repository.picture(), before);
    let said = world.synod(["discard", "run/alice"]).refusal(7);
    assert!(
        said.starts_with("1 changed file and 1 commit would be lost"),
        "{said}"
    );
}

#[test]
fn an_agent_killed_in_the_middle_of_a_commit_is_merged() {
    let world = world(
        "echo x > x; git add x; touch \"$(git rev-parse --absolute-git-dir)/index.lock\"; kill -9 $$",
    );
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(run["reason"], "signalled");
    world.synod(["diff", "run/alice"]).success();
    world.synod(["merge", "run/alice"]).success();
    assert!(repository.has("x"));
    assert_gone(&repository, &run);
}

#[test]
fn repositories_made_within_the_tree_are_named_and_not_lost() {
    let world = world("git init -q inner; cd inner; echo x > x; git add x; git commit -qm inner");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(state(&run), "made");
    let before = repository.picture();
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(said.contains("inner"), "{said}");
    assert_eq!(repository.picture(), before);
    world.synod(["discard", "run/alice"]).refusal(7);
    assert!(path(&run).join("inner/x").exists());
}

#[test]
fn folders_without_rights_are_thrown_away_too() {
    let world = world("mkdir -p deep/er; echo x > deep/er/x; chmod 0 deep/er; chmod 500 deep");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    world.synod(["discard", "--force", "run/alice"]).success();
    assert_gone(&repository, &run);
}

#[test]
fn names_with_spaces_newlines_and_other_scripts_are_names_like_others() {
    let world = world("printf x > 'new\nfile größe.txt'; printf x > '-dash'");
    let repository = Repository::new(&world, "a shop\nof größe 店");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(run["workspace"]["kind"], "worktree");
    assert_eq!(
        run["workspace"]["repository"].as_str().unwrap(),
        repository.path.to_str().unwrap()
    );
    let patch = world.synod(["diff", "run/alice"]).success().stdout();
    assert!(patch.contains("größe"), "{patch}");
    world.synod(["merge", "run/alice"]).success();
    assert!(repository.has("new\nfile größe.txt") && repository.has("-dash"));
    assert_gone(&repository, &run);
}

/// O13: a file's name and text are the agent's; a terminal gets neither raw.
#[test]
fn names_of_files_reach_nobody_raw() {
    let world = world("true");
    let repository = Repository::new(&world, "shop");
    repository.write("\u{1b}]0;gotcha\u{7}.txt", "x");
    repository.commit("odd");
    repository.write("\u{1b}]0;gotcha\u{7}.txt", "y");
    let mut command = world.synod_command(["run", "--agent", "alice", "go"]);
    command.current_dir(&repository.path);
    let said = world.finish(command, None).refusal(7);
    assert!(said.contains("commit or stash"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn a_worktree_of_the_persons_own_is_a_tree_like_any_other() {
    let world = world("echo new > new.txt");
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
    let run = run_in(&world, &own, &[]);
    let said = world.synod(["merge", "run/alice"]).success().stdout();
    assert!(said.contains("merged into topic"), "{said}");
    assert!(own.join("new.txt").exists() && !repository.has("new.txt"));
    assert!(!path(&run).exists());
}

#[test]
fn a_repository_that_has_gone_keeps_the_work_until_it_is_thrown_away() {
    let world = world("echo new > new.txt");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    fs::remove_dir_all(&repository.path).unwrap();
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(said.contains("is gone"), "{said}");
    assert!(path(&run).join("new.txt").exists());
    world.synod(["discard", "--force", "run/alice"]).success();
    assert!(!path(&run).exists());
    assert_eq!(state(&show(&world, id(&run))), "discarded");
}

#[test]
fn a_retry_works_in_a_worktree_of_its_own() {
    let world = world("echo x >> a.txt; exit 3");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    let second = world.json(["retry", "run/alice"]);
    world.wait_end(id(&second));
    let second = show(&world, id(&second));
    assert_ne!(path(&first), path(&second));
    for run in [&first, &second] {
        let text = fs::read_to_string(path(run).join("a.txt")).unwrap();
        assert_eq!(text, "one\ntwo\nthree\nx\n");
    }
}

#[test]
fn a_run_cancelled_in_the_queue_leaves_nothing() {
    let world = world("while [ ! -e ../go ]; do sleep 0.01; done");
    world.write_config(&format!(
        "{}\n[providers.local]\nmax_running = 1\n",
        crate::agent(
            "while [ ! -e ../go ]; do sleep 0.01; done",
            "provider = \"local\""
        )
    ));
    let repository = Repository::new(&world, "shop");
    let first = crate::begin_in(&world, &repository.path);
    let second = crate::begin_in(&world, &repository.path);
    assert_eq!(state(&show(&world, &second)), "planned");
    world.synod(["cancel", &second]).success();
    wait_workspace(&world, &second, "cleaned");
    fs::write(world.state_dir().join("worktrees/go"), "").unwrap();
    world.wait_end(&first);
    let first = wait_workspace(&world, &first, "cleaned");
    assert_gone(&repository, &first);
}
