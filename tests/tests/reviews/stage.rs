//! A repository, and reviewers that say what a test wants.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{Output, World, config};

/// Reads its prompt, keeps it, and answers with its receipt and what stands in a file.
const REVIEWER: &str = r#"#!/bin/sh
cat > "$1/prompt"
echo x >> "$1/asked"
receipt=$(sed -n 's/^SYNOD INPUT END nonce=[^ ]* path="diff" receipt=\(.*\)>>>$/\1/p' "$1/prompt" | tail -n 1)
printf '{"receipts":{"diff":"%s"},"remarks":%s}\n' "$receipt" "$(cat "$1/remarks")"
"#;

/// A file of nine lines; the change puts another word into the fifth.
pub const BEFORE: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n";
pub const AFTER: &str = "one\ntwo\nthree\nfour\nFIVE\nsix\nseven\neight\nnine\nten\n";

/// See the module.
pub struct Stage {
    pub world: World,
    pub path: PathBuf,
}

/// One item of an answer, about the new side of `x`.
pub fn remark(severity: &str, line: u32, quote: &str) -> Value {
    json!({"kind": "bug", "severity": severity, "path": "x", "side": "new", "first": line, "last": line,
        "quote": quote, "claim": format!("{quote} fails when it is read twice"), "reasoning": "It is."})
}

impl Stage {
    /// `main` with [`BEFORE`], `feature` with [`AFTER`] checked out, and one agent, `ann`, without remarks.
    pub fn new() -> Self {
        let world = World::new(synod_tests::programs!());
        let identity = "[user]\n\tname = Ann\n\temail = ann@example.com\n";
        fs::write(world.home().join(".gitconfig"), identity).unwrap();
        let path = world.work().join("repo");
        fs::create_dir_all(&path).unwrap();
        let stage = Self { world, path };
        let argv = stage.reviewer("ann");
        stage.let_ann_be(&argv);
        stage.git(&["init", "-q", "-b", "main"]);
        stage.write("x", BEFORE);
        stage.commit();
        stage.git(&["checkout", "-q", "-b", "feature"]);
        stage.write("x", AFTER);
        stage.commit();
        stage
    }

    /// The program that answers for her; she is all there is.
    pub fn let_ann_be(&self, argv: &[String]) {
        let ann = config::agent("ann", "red", argv, "");
        let text = format!("{}{ann}[rosters]\nall = [\"ann\"]\n", config::SHORT_GRACE);
        self.world.write_config(&text);
    }

    /// The command line of an agent that plays a reviewer.
    pub fn reviewer(&self, name: &str) -> Vec<String> {
        let program = self.program("reviewer", REVIEWER);
        let folder = self.world.work().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("remarks"), "[]").unwrap();
        vec![program, folder.to_str().unwrap().to_owned()]
    }

    pub fn program(&self, name: &str, text: &str) -> String {
        let path = self.world.work().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What the agent says from now on.
    pub fn ann_says(&self, remarks: &[Value]) {
        let text = Value::from(remarks).to_string();
        fs::write(self.world.work().join("ann/remarks"), text).unwrap();
    }

    /// The prompt it was given last.
    pub fn anns_prompt(&self) -> String {
        fs::read_to_string(self.world.work().join("ann/prompt")).unwrap()
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        let text = fs::read_to_string(self.world.work().join("ann/asked")).unwrap_or_default();
        text.lines().count()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path.join(name), text).unwrap();
    }

    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "x"]);
    }

    /// Git as a person calls it who has `synod` on the PATH, which must end well.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert_eq!(output.code, Some(0), "git {args:?}: {output}");
        output.stdout().trim_end().to_owned()
    }

    /// The same, however it ends.
    #[track_caller]
    pub fn try_git(&self, args: &[&str]) -> Output {
        let mut command = Command::new("git");
        let bin = self.world.work().join("bin");
        let synod = self.world.synod_command(args);
        command.env_clear().args(args).current_dir(&self.path);
        for (name, value) in synod.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        if !bin.exists() {
            fs::create_dir(&bin).unwrap();
            std::os::unix::fs::symlink(synod.get_program(), bin.join("synod")).unwrap();
        }
        let mut path = bin.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        command.env("PATH", path);
        self.world.finish(command, None)
    }

    /// `synod --json gate run review` in the repository.
    #[track_caller]
    pub fn review(&self, args: &[&str]) -> Output {
        self.review_of(args, None)
    }

    #[track_caller]
    pub fn review_of(&self, args: &[&str], input: Option<&[u8]>) -> Output {
        let words = ["--json", "gate", "run", "review", "--roster", "ann"];
        let mut command = self.world.synod_command(words);
        command.args(args).current_dir(&self.path);
        self.world.finish(command, input)
    }

    /// The run that was printed.
    #[track_caller]
    pub fn run_of(&self, output: &Output) -> v1::Run {
        self.world
            .run(output.json()["id"].as_str().expect("the run's id"))
    }

    /// Installs the hook that users are given.
    pub fn install_hook(&self) {
        let given = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/hooks/pre-push");
        let hooks = self.path.join(".git/hooks");
        fs::create_dir_all(&hooks).unwrap();
        fs::copy(given, hooks.join("pre-push")).unwrap();
    }
}
