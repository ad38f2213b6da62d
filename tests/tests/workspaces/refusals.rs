//! What is refused at a submission, before anything is started: one sentence that says what to do.

use std::{fs, path::Path};

use crate::{repository::Repository, run_in, world};
use synod_tests::World;

#[track_caller]
fn refused(world: &World, folder: &Path, more: &[&str], code: i32) -> String {
    let mut command = world.synod_command(["run", "--agent", "alice"]);
    command.args(more).arg("go").current_dir(folder);
    let said = world.finish(command, None).refusal(code);
    assert!(world.all_runs().is_empty(), "nothing was submitted");
    said
}

#[test]
fn outside_of_a_repository_a_worktree_is_refused_and_by_default_there_is_none() {
    let world = world("echo x > x");
    let said = refused(&world, &world.work(), &["--isolation", "worktree"], 2);
    assert!(said.contains("lies in no git repository"), "{said}");
    let run = run_in(&world, &world.work(), &[]);
    assert_eq!(run["workspace"]["kind"], "none");
    assert!(world.work().join("x").exists());
    for verb in ["diff", "merge", "discard"] {
        let said = world.synod([verb, "run/alice"]).refusal(7);
        assert!(said.contains("works in"), "{said}");
    }
}

#[test]
fn a_repository_without_a_commit_is_refused_and_by_default_worked_in() {
    let world = world("echo x > x");
    let repository = Repository::empty(&world, "shop");
    let said = refused(&world, &repository.path, &["--isolation", "worktree"], 2);
    assert!(said.contains("no commit yet"), "{said}");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(run["workspace"]["kind"], "none");
}

#[test]
fn changes_that_the_agent_would_not_see_are_refused_and_named() {
    let world = world("cat a.txt");
    let repository = Repository::new(&world, "shop");
    repository.write("untracked.txt", "does not matter");
    repository.write("a.txt", "changed");
    repository.write("sub/b.txt", "staged");
    repository.git(&["add", "sub/b.txt"]);
    let before = repository.picture();
    let said = refused(&world, &repository.path, &[], 7);
    assert!(said.contains("a.txt, sub/b.txt"), "{said}");
    assert!(said.contains("commit or stash"), "{said}");
    assert_eq!(repository.picture(), before);
    // The tree as it stands, or the folder itself.
    let run = run_in(&world, &repository.path, &["--isolation", "none"]);
    assert_eq!(run["state"], "passed");
    let run = run_in(&world, &repository.path, &["--isolation", "copy"]);
    assert_eq!(world.raw_output(crate::id(&run)), b"changed");
}

#[test]
fn untracked_files_do_not_matter() {
    let world = world("echo x > x");
    let repository = Repository::new(&world, "shop");
    repository.write("untracked.txt", "");
    let run = run_in(&world, &repository.path, &[]);
    assert_eq!(run["workspace"]["kind"], "worktree");
    assert!(!crate::path(&run).join("untracked.txt").exists());
}

#[test]
fn a_repository_in_the_middle_of_something_is_refused() {
    let world = world("echo x > x");
    let repository = Repository::new(&world, "shop");
    for (file, what) in [
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("rebase-merge/x", "rebase"),
    ] {
        let path = repository.path.join(".git").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, repository.head()).unwrap();
        let said = refused(&world, &repository.path, &[], 7);
        assert!(
            said.contains(&format!("in the middle of a {what}")),
            "{said}"
        );
        fs::remove_file(&path).unwrap();
        if what == "rebase" {
            fs::remove_dir(path.parent().unwrap()).unwrap();
        }
    }
    run_in(&world, &repository.path, &[]);
}

#[test]
fn a_bare_repository_is_refused() {
    let world = world("echo x > x");
    let repository = Repository::new(&world, "shop");
    let bare = world.work().join("bare.git");
    repository.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    for folder in [bare, repository.path.join(".git")] {
        let said = refused(&world, &folder, &[], 2);
        assert!(said.contains("bare repository"), "{said}");
    }
}

#[test]
fn words_that_are_none_and_commands_are_refused() {
    let world = world("true");
    let mut command = world.synod_command(["run", "--agent", "alice", "--isolation", "jail", "x"]);
    command.current_dir(world.work());
    world.finish(command, None).code(2);
    world.start_daemon();
    let request = |isolation: &str| synod_proto::v1::SpawnAgentRequest {
        request_id: isolation.to_owned(),
        work: Some(synod_proto::v1::spawn_agent_request::Work::Command(
            synod_proto::v1::CommandLine {
                argv: vec!["true".to_owned()],
                input: Vec::new(),
            },
        )),
        cwd: world.at(""),
        isolation: isolation.to_owned(),
        ..Default::default()
    };
    for word in ["worktree", "jail"] {
        let answer = world.block_on(world.supervisor().spawn_agent(request(word)));
        assert_eq!(answer.unwrap_err().code(), tonic::Code::InvalidArgument);
    }
    assert!(world.all_runs().is_empty());
}

/// As it would a repository of another user's.
#[test]
fn what_git_itself_refuses_is_passed_on() {
    let world = world("true");
    let repository = Repository::new(&world, "shop");
    fs::write(repository.path.join(".git/config"), "[core\n").unwrap();
    let said = refused(&world, &repository.path, &[], 7);
    assert!(said.contains("bad config line"), "{said}");
}
