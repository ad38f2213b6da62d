//! The daemon is killed between any two steps of making, merging and removing a workspace: the rows of the table
//! in `daemon/src/workspace/mod.rs`.
//!
//! `git` on the daemon's `PATH` is a script that, once, kills the daemon when it is called with certain words:
//! before or after git has done its part, or with half of it done.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use synod_tests::{World, eventually};
use tempfile::TempDir;

use crate::{
    agent, assert_gone, begin_in, branch, path, programs,
    repository::{self, Repository},
    show, state,
};

/// A world with such a `git`. `deed` is what is done in git's place before the daemon dies; `"$@"` are git's words.
struct Deadly {
    world: World,
    bin: TempDir,
}

impl Deadly {
    fn new(script: &str, words: &str, deed: &str) -> Self {
        let bin = tempfile::Builder::new()
            .prefix("sy")
            .tempdir_in("/tmp")
            .unwrap();
        let git = real_git();
        let text = format!(
            "#!/bin/sh\ncase \" $* \" in *' {words} '*)\n  \
             if mkdir '{dir}/fired' 2>/dev/null; then\n    {deed}\n    kill -9 $PPID\n    exit 1\n  fi;;\nesac\n\
             exec '{git}' \"$@\"\n",
            dir = bin.path().display(),
            git = git.display(),
            deed = deed.replace("GIT", git.to_str().unwrap()),
        );
        let wrapper = bin.path().join("git");
        fs::write(&wrapper, text).unwrap();
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!(
            "{}:{}",
            bin.path().display(),
            std::env::var("PATH").unwrap()
        );
        let world = World::with(programs())
            .env("PATH", path)
            .config(agent(script, ""))
            .build();
        repository::set_identity(&world);
        Self { world, bin }
    }

    /// The daemon has been killed, and another one is there.
    fn next_daemon(&self) {
        eventually("the kill", || {
            self.bin.path().join("fired").exists().then_some(())
        });
        eventually("the end of the daemon", || {
            self.world.find_daemon().is_none().then_some(())
        });
        self.world.start_daemon();
    }
}

fn real_git() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .map(|dir| dir.join("git"))
        .find(|git| git.exists())
        .expect("git on PATH")
}

const ONCE: &str = "echo started >> ../starts; echo new > new.txt";

#[track_caller]
fn makes_it_once(words: &str, deed: &str) {
    let deadly = Deadly::new(ONCE, words, deed);
    let world = &deadly.world;
    let repository = Repository::new(world, "shop");
    let id = begin_in(world, &repository.path);
    deadly.next_daemon();
    assert_eq!(world.wait_end(&id).state, "passed", "{deed}");
    let run = show(world, &id);
    assert_eq!(state(&run), "made");
    assert_eq!(branch(&run), "synod/run-alice", "{deed}");
    assert_eq!(repository.branches(), ["main", "synod/run-alice"], "{deed}");
    assert_eq!(repository.worktrees(), 2, "{deed}");
    let starts = fs::read_to_string(world.state_dir().join("worktrees/starts")).unwrap();
    assert_eq!(starts, "started\n", "{deed}");
    world.synod(["merge", &id]).success();
    assert!(repository.has("new.txt"));
    assert_gone(&repository, &run);
    world.assert_invariants();
}

#[test]
fn a_worktree_whose_making_was_cut_off_is_made_anew_and_the_agent_starts_once() {
    // `-c …` many times, then: worktree add --quiet --no-track -b BRANCH PATH BASE
    let parts = "for word; do branch=$path; path=$base; base=$word; done";
    for deed in [
        // Nothing done.
        "true".to_owned(),
        // The branch only.
        format!("{parts}; GIT branch \"$branch\" \"$base\""),
        // The branch, git's record begun, half of the files.
        format!(
            "{parts}; GIT branch \"$branch\" \"$base\"; mkdir -p \"$path\"; echo half > \"$path/a.txt\"; \
             mkdir -p \"$GIT_DIR/worktrees/${{path##*/}}\"; echo x > \"$GIT_DIR/worktrees/${{path##*/}}/locked\""
        ),
        // A whole record without its folder.
        format!("{parts}; GIT \"$@\"; rm -rf \"$path\""),
        // All of it.
        "GIT \"$@\"".to_owned(),
    ] {
        makes_it_once("worktree add", &deed);
    }
}

#[test]
fn a_daemon_that_dies_before_the_branch_was_chosen_changes_nothing() {
    makes_it_once("for-each-ref --count=1", "true");
}

/// What a killed daemon has begun goes on without it; the next one waits for its end.
#[test]
fn a_git_that_outlives_its_daemon_is_waited_for() {
    makes_it_once(
        "worktree add",
        "kill -9 $PPID; sleep 0.7; GIT \"$@\"; touch \"$HOME/late\"; exit 0",
    );
}

#[track_caller]
fn merges_once(how: &str, words: &str, deed: &str) {
    let deadly = Deadly::new(ONCE, words, deed);
    let world = &deadly.world;
    let repository = Repository::new(world, "shop");
    let id = begin_in(world, &repository.path);
    world.wait_end(&id);
    // Sent again by the client itself, to the next daemon, with the same request id.
    let merge = world.spawn_synod(["merge", how, &id]);
    deadly.next_daemon();
    merge.finish().success();
    let run = show(world, &id);
    assert_eq!(state(&run), "merged", "{deed}");
    assert_eq!(repository.git(&["status", "--porcelain"]), "", "{deed}");
    assert_eq!(
        repository.git(&["log", "--format=%s"]).lines().count(),
        2,
        "{deed}"
    );
    assert_eq!(run["workspace"]["commit"], repository.head());
    assert!(repository.has("new.txt"));
    assert_gone(&repository, &run);
    world.assert_invariants();
}

#[test]
fn a_merge_that_was_cut_off_is_done_once() {
    for how in ["--ff-only", "--squash"] {
        for (words, deed) in [
            ("write-tree", "true"),
            ("commit-tree", "true"),
            ("update-ref -m", "true"),
            ("update-ref -m", "GIT \"$@\""),
            ("merge --ff-only", "true"),
            ("merge --ff-only", "GIT \"$@\""),
            // Committed as merged; the branch and the worktree are still there.
            ("update-ref -d", "true"),
            ("update-ref -d", "GIT \"$@\""),
        ] {
            merges_once(how, words, deed);
        }
    }
}

#[test]
fn what_was_thrown_away_when_the_daemon_died_goes_with_the_next() {
    let deadly = Deadly::new(ONCE, "update-ref -d", "true");
    let world = &deadly.world;
    let repository = Repository::new(world, "shop");
    let id = begin_in(world, &repository.path);
    world.wait_end(&id);
    let discard = world.spawn_synod(["discard", "--force", &id]);
    deadly.next_daemon();
    discard.finish().success();
    let run = show(world, &id);
    assert_eq!(state(&run), "discarded");
    assert_gone(&repository, &run);
}

#[test]
fn a_run_that_changed_nothing_is_tidied_by_the_next_daemon() {
    let deadly = Deadly::new("true", "update-ref -d", "true");
    let world = &deadly.world;
    let repository = Repository::new(world, "shop");
    let id = begin_in(world, &repository.path);
    deadly.next_daemon();
    let run = eventually("the end of the run", || {
        let run = show(world, &id);
        (state(&run) == "cleaned").then_some(run)
    });
    assert_gone(&repository, &run);
}

/// The rows are rebuilt from the attempt's directory, and its workspace with them.
#[test]
fn a_deleted_database_forgets_no_workspace() {
    let world = crate::world(ONCE);
    let repository = Repository::new(&world, "shop");
    let run = crate::run_in(&world, &repository.path, &[]);
    world.kill_daemon();
    for file in ["synod.db", "synod.db-wal", "synod.db-shm"] {
        // Not all of them are there.
        let _ = fs::remove_file(world.state_dir().join(file));
    }
    world.start_daemon();
    let again = show(&world, crate::id(&run));
    assert_eq!(again["workspace"], run["workspace"]);
    assert!(path(&again).exists());
    world.synod(["merge", crate::id(&run)]).success();
    assert!(repository.has("new.txt"));
}
