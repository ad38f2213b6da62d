//! The hook that users are given, under real pushes, and a hook before a commit.

use crate::{Stage, remark, stage::BEFORE};

/// With a remote that has `main`, and the hook.
fn stage() -> Stage {
    let stage = Stage::new();
    let remote = stage.world.work().join("remote");
    stage.git(&["init", "-q", "--bare", remote.to_str().unwrap()]);
    stage.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    stage.git(&["push", "-q", "origin", "main"]);
    stage.install_hook();
    stage
}

impl Stage {
    /// Where a branch of the remote stands.
    fn remote(&self, branch: &str) -> String {
        let all = self.git(&["ls-remote", "origin", &format!("refs/heads/{branch}")]);
        all.split('\t').next().unwrap_or_default().to_owned()
    }
}

#[test]
fn a_push_waits_for_what_is_open_and_passes_once_it_is_settled() {
    let stage = stage();
    stage.ann_says(&[remark("critical", 5, "FIVE")]);
    let blocked = stage.try_git(&["push", "origin", "feature"]);
    assert_ne!(blocked.code, Some(0), "{blocked}");
    assert!(
        blocked.stderr().contains("1 of 1 open questions block"),
        "{blocked}"
    );
    assert_eq!(stage.remote("feature"), "");
    let questions = stage.world.json(["questions"]);
    let question = questions["questions"][0]["id"].as_str().unwrap().to_owned();
    stage
        .world
        .synod(["answer", &question, "--dismiss"])
        .success();
    stage.git(&["push", "-q", "origin", "feature"]);
    assert_eq!(
        stage.remote("feature"),
        stage.git(&["rev-parse", "feature"])
    );
    assert_eq!(stage.asked(), 1);
}

#[test]
fn each_change_of_a_push_is_reviewed_once_and_at_the_pushed_commit() {
    let stage = stage();
    stage.git(&["branch", "same"]);
    stage.git(&["checkout", "-q", "main"]);
    stage.write("y", "y\n");
    stage.commit();
    stage.write("y", "not committed\n");
    stage.git(&["push", "-q", "origin", "main", "feature", "same"]);
    assert_eq!(stage.asked(), 2);
    for branch in ["main", "feature", "same"] {
        assert_eq!(stage.remote(branch), stage.git(&["rev-parse", branch]));
    }
    assert!(!stage.anns_prompt().contains("not committed"));
    // What the remote has, and what is taken away, is nothing to review.
    stage.git(&["push", "-q", "origin", "feature:again"]);
    stage.git(&["push", "-q", "origin", ":again", ":same"]);
    assert_eq!(stage.asked(), 2);
}

#[test]
fn a_commit_of_everything_is_reviewed_as_it_is_about_to_be() {
    let stage = Stage::new();
    let hooks = stage.path.join(".git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    let hook = stage.program(
        "pre-commit",
        "#!/bin/sh\nexec synod gate run review --roster ann --staged\n",
    );
    std::fs::copy(hook, hooks.join("pre-commit")).unwrap();
    stage.write("x", BEFORE);
    // Nothing of it is in the repository's own index while the hook runs.
    stage.git(&["commit", "-q", "-a", "-m", "x"]);
    assert!(
        stage.anns_prompt().contains(" 5 +|five\n"),
        "{}",
        stage.anns_prompt()
    );
    stage.ann_says(&[remark("critical", 2, "TWO")]);
    stage.write("x", &BEFORE.replace("two", "TWO"));
    let head = stage.git(&["rev-parse", "HEAD"]);
    let blocked = stage.try_git(&["commit", "-a", "-m", "x"]);
    assert_ne!(blocked.code, Some(0), "{blocked}");
    assert_eq!(stage.git(&["rev-parse", "HEAD"]), head);
}
