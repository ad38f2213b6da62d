//! Real CLIs that write: in a worktree of their own, by their own tools.

use std::{fs, process::Command};

use serde_json::json;

use crate::Rig;

#[test]
fn what_a_cli_writes_stands_in_its_worktree_until_it_is_merged() {
    let Some(rig) = Rig::new() else { return };
    let repository = rig.world.work().join("shop");
    fs::create_dir(&repository).unwrap();
    fs::write(repository.join("README.md"), "# Shop\n").unwrap();
    let git = |args: &[&str]| {
        let status = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com"])
            .args(args)
            .current_dir(&repository)
            .env("HOME", rig.world.home())
            .status()
            .unwrap();
        assert!(status.success(), "git {args:?}");
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "README.md"]);
    git(&["commit", "-q", "-m", "first"]);
    let at = repository.to_str().unwrap();
    for cli in &rig.clis {
        let name = format!("by-{}.md", cli.name());
        let written = json!({"path": name, "text": "written by its own tool\n"});
        rig.models.play(*cli, &json!({"edit": written}));
        let attempt = rig.completed(*cli, "write a file", &["--cwd", at]);
        let patch = rig
            .world
            .synod(["diff", &attempt.run_id])
            .success()
            .stdout();
        assert!(
            patch.contains(&name) && patch.contains("+written by its own tool"),
            "{}: {patch}\n{}",
            cli.name(),
            rig.printed(&attempt.run_id)
        );
        assert!(!repository.join(&name).exists(), "{}", cli.name());
    }
}

/// A gate's agents are read-only: what they are told to do to files is not done.
#[test]
fn nobody_writes_who_is_asked_by_a_gate() {
    let Some(rig) = Rig::new() else { return };
    for cli in &rig.clis {
        let written = rig.world.at(&format!("by-{}.md", cli.name()));
        let answer = json!({"receipts": "$RECEIPTS", "findings": []}).to_string();
        rig.models.play(
            *cli,
            &json!({"tool": format!("touch {written}"), "text": answer}),
        );
    }
    let ended = rig.ask(&[]);
    ended.answered(&rig, rig.clis.iter().copied());
    for cli in &rig.clis {
        let written = rig.world.at(&format!("by-{}.md", cli.name()));
        assert!(!fs::exists(&written).unwrap(), "{written}");
    }
}
