//! The whole life of a worktree: made, worked in, shown, merged or thrown away.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{
    assert_gone, begin_in, branch, id, path, programs, repository, repository::Repository, run_in,
    show, state, wait_workspace, world,
};
use synod_tests::{World, eventually};

const WRITES: &str = "echo four >> a.txt; echo new > new.txt; rm sub/b.txt";

#[test]
fn an_agent_works_in_a_worktree_of_its_own_and_its_work_is_merged() {
    let world = world(WRITES);
    let repository = Repository::new(&world, "shop");
    let before = repository.picture();
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(run["workspace"]["kind"], "worktree");
    assert_eq!(state(&run), "made");
    assert_eq!(branch(&run), "synod/run-alice");
    assert_eq!(run["workspace"]["base"], repository.head());
    assert!(path(&run).join("new.txt").exists());
    // But for its branch the person's repository is as it was.
    let with_branch = repository.picture();
    assert_eq!(with_branch.lines().count(), before.lines().count() + 1);
    assert!(!repository.has("new.txt"));

    let patch = world.synod(["diff", "run/alice"]).success().stdout();
    for line in [
        "+four",
        "+new",
        "-b",
        "new file mode 100644",
        "deleted file mode",
    ] {
        assert!(patch.contains(line), "{patch}");
    }
    let names = world
        .synod(["diff", "run/alice", "--name-only"])
        .success()
        .stdout();
    assert_eq!(names, "a.txt\nnew.txt\nsub/b.txt\n");
    let stat = world
        .synod(["diff", "run/alice", "--stat"])
        .success()
        .stdout();
    assert!(stat.contains("3 files changed"), "{stat}");

    let said = world
        .synod(["merge", "run/alice", "-m", "Do it"])
        .success()
        .stdout();
    assert!(said.contains("merged into main as"), "{said}");
    assert_eq!(repository.read("a.txt"), "one\ntwo\nthree\nfour\n");
    assert!(repository.has("new.txt") && !repository.has("sub/b.txt"));
    assert_eq!(
        repository.git(&["log", "-1", "--format=%an %s"]),
        "Ann Do it"
    );
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
    let run = show(&world, id(&run));
    assert_eq!(state(&run), "merged");
    assert_eq!(run["workspace"]["onto"], "main");
    assert_eq!(run["workspace"]["commit"], repository.head());
    assert_gone(&repository, &run);
    // What was done can still be looked at, and merging once more changes nothing.
    let after = world.synod(["diff", "run/alice"]).success().stdout();
    assert_eq!(after, patch);
    let head = repository.head();
    world.synod(["merge", "run/alice"]).success();
    assert_eq!(repository.head(), head);
    world.assert_invariants();
}

/// The daemon's own umask is 077; what is merged into a person's tree is the person's.
#[test]
fn files_that_are_merged_have_the_modes_of_the_persons_umask() {
    let world = World::with(programs())
        .config(crate::agent("echo new > new.txt", ""))
        .build();
    repository::set_identity(&world);
    let repository = Repository::new(&world, "shop");
    let expected = fs::metadata(repository.path.join("a.txt"))
        .unwrap()
        .permissions()
        .mode();
    run_in(&world, &repository.path, &[]);
    world.synod(["merge", "run/alice"]).success();
    let mode = fs::metadata(repository.path.join("new.txt"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode, expected);
}

#[test]
fn a_diff_shows_what_a_running_agent_has_done_so_far() {
    let world = world(
        "echo new > new.txt; git add new.txt; git commit -qm agent; echo more > more.txt; \
                       touch ../ready; while [ ! -e ../go ]; do sleep 0.01; done; echo last > last.txt",
    );
    let repository = Repository::new(&world, "shop");
    let id = begin_in(&world, &repository.path);
    eventually("the agent's first files", || {
        world
            .state_dir()
            .join("worktrees/ready")
            .exists()
            .then_some(())
    });
    let names = world.synod(["diff", &id, "--name-only"]).success().stdout();
    assert_eq!(names, "more.txt\nnew.txt\n");
    // It does not touch what the agent works with.
    let said = world.synod(["merge", &id]).refusal(7);
    assert!(said.contains("cancel it first, or wait"), "{said}");
    let said = world.synod(["discard", &id, "--force"]).refusal(7);
    assert!(said.contains("cancel it first, or wait"), "{said}");
    fs::write(world.state_dir().join("worktrees/go"), "").unwrap();
    world.wait_end(&id);
    let names = world.synod(["diff", &id, "--name-only"]).success().stdout();
    assert_eq!(names, "last.txt\nmore.txt\nnew.txt\n");
    fs::remove_file(world.state_dir().join("worktrees/ready")).unwrap();
}

#[test]
fn a_run_that_changed_nothing_leaves_nothing() {
    let world = world("cat a.txt");
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    let run = wait_workspace(&world, id(&run), "cleaned");
    assert_gone(&repository, &run);
    assert_eq!(world.synod(["diff", "run/alice"]).success().stdout(), "");
    let said = world.synod(["merge", "run/alice"]).success().stdout();
    assert!(said.contains("nothing was changed"), "{said}");
    let shown = world.synod(["show", "run/alice"]).success().stdout();
    assert!(shown.contains("nothing was changed"), "{shown}");
    world.assert_invariants();
}

#[test]
fn what_git_ignores_keeps_a_worktree_until_somebody_says() {
    let world = world("echo result > out.log");
    let repository = Repository::empty(&world, "shop");
    repository.write(".gitignore", "*.log\n");
    repository.commit("first");
    let run = run_in(&world, &repository.path, &[]);
    // It was looked at when the next run of the repository had its turn after it.
    world.synod(["diff", "run/alice"]).success();
    assert!(path(&run).join("out.log").exists());
    world.synod(["discard", "run/alice"]).success();
    assert_gone(&repository, &run);
}

#[test]
fn a_run_in_a_folder_of_the_repository_works_in_the_same_folder() {
    let world = world("pwd > where.txt");
    let repository = Repository::new(&world, "shop");
    repository.write("only-here/c.txt", "untracked");
    let run = run_in(&world, &repository.path.join("sub"), &[]);
    let said = fs::read_to_string(path(&run).join("sub/where.txt")).unwrap();
    assert_eq!(said.trim_end(), path(&run).join("sub").to_str().unwrap());
    // A folder that git does not know is made.
    let run = run_in(&world, &repository.path.join("only-here"), &[]);
    assert!(path(&run).join("only-here/where.txt").exists());
    assert!(!path(&run).join("only-here/c.txt").exists());
}

#[test]
fn an_agent_that_commits_itself_is_merged_as_it_committed() {
    let world = world(
        "echo x > x; git add x; git -c user.name=Agent -c user.email=a@x commit -qm 'By the agent'",
    );
    let repository = Repository::new(&world, "shop");
    run_in(&world, &repository.path, &[]);
    world.synod(["merge", "run/alice"]).success();
    assert_eq!(
        repository.git(&["log", "-1", "--format=%an %s"]),
        "Agent By the agent"
    );
    assert_eq!(repository.git(&["log", "--format=%s"]).lines().count(), 2);
}

#[test]
fn discarding_asks_before_work_is_lost_and_then_leaves_nothing() {
    let world = world(WRITES);
    let repository = Repository::new(&world, "shop");
    let run = run_in(&world, &repository.path, &[]);
    let before = repository.picture();
    let said = world.synod(["discard", "run/alice"]).refusal(7);
    assert!(said.starts_with("3 changed files would be lost"), "{said}");
    assert_eq!(repository.picture(), before);
    let said = world
        .synod(["discard", "run/alice", "--force"])
        .success()
        .stdout();
    assert!(said.contains("thrown away"), "{said}");
    assert_gone(&repository, &run);
    assert_eq!(state(&show(&world, id(&run))), "discarded");
    world.synod(["discard", "run/alice"]).success();
    let said = world.synod(["diff", "run/alice"]).refusal(7);
    assert!(said.contains("thrown away"), "{said}");
    let said = world.synod(["merge", "run/alice"]).refusal(7);
    assert!(said.contains("discarded already"), "{said}");
    world.assert_invariants();
}

#[test]
fn two_runs_in_one_repository_do_not_get_in_each_others_way() {
    let world = world("echo $$ > file-$$.txt");
    let repository = Repository::new(&world, "shop");
    let ids: Vec<String> = (0..6).map(|_| begin_in(&world, &repository.path)).collect();
    for id in &ids {
        assert_eq!(world.wait_end(id).state, "passed");
    }
    assert_eq!(repository.worktrees(), 7);
    // The first is fast-forwarded; main has moved on for the others.
    world.synod(["merge", &ids[0]]).success();
    let merges: Vec<_> = ids[1..]
        .iter()
        .map(|id| world.spawn_synod(["merge", "--squash", id]))
        .collect();
    for merge in merges {
        merge.finish().success();
    }
    assert_eq!(repository.git(&["log", "--format=%s"]).lines().count(), 7);
    assert_eq!(repository.branches(), ["main"]);
    world.assert_invariants();
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let world = world("echo x > x");
    let repository = Repository::new(&world, "shop");
    repository.git(&["branch", "synod/run-alice"]);
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(branch(&run), format!("synod/run-alice-{}", &id(&run)[..8]));
    world.synod(["discard", "--force", "run/alice"]).success();
    assert_eq!(repository.branches(), ["main", "synod/run-alice"]);
}

#[test]
fn lists_and_notes_say_where_an_agent_works() {
    let world = world("echo x > x");
    let repository = Repository::new(&world, "shop");
    let mut command = world.synod_command(["-v", "run", "--agent", "alice", "go"]);
    command.current_dir(&repository.path);
    let said = world.finish(command, None).success().stderr();
    assert!(said.contains("it works in a worktree of its own"), "{said}");
    assert!(
        said.contains("it changed 1 file: synod diff run/alice"),
        "{said}"
    );
    let listed = world.synod(["ps", "--all"]).success().stdout();
    assert!(listed.contains("worktree made"), "{listed}");
    // Outside of a repository it is said that there is none.
    let mut command = world.synod_command(["-v", "run", "--agent", "alice", "go"]);
    command.current_dir(world.work());
    let said = world.finish(command, None).success().stderr();
    assert!(said.contains("itself (isolation none)"), "{said}");
    let shown = world.synod(["show", "run/alice#2"]).success().stdout();
    assert!(shown.contains("none: it works in"), "{shown}");
}
