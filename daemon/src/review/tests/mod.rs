//! Reading over real repositories.

mod numbers;
mod push;
mod range;
mod shown;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{Found, Limits, Material, ReviewError, Wanted, read};
use crate::workspace::{Git, Running};

/// A repository, and git as the daemon runs it.
struct World {
    dir: TempDir,
    git: Git,
}

impl World {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let exe = dir.path().join("synodd");
        // `synodd git UMASK …` becomes git.
        fs::write(&exe, "#!/bin/sh\nshift 2\nexec git \"$@\"\n").unwrap();
        fs::set_permissions(&exe, fs::Permissions::from_mode(0o755)).unwrap();
        let git = Git {
            exe,
            umask: None,
            running: Running::new(dir.path()),
        };
        let world = Self { dir, git };
        fs::create_dir(world.root()).unwrap();
        world.run(&["init", "-q", "-b", "main"]);
        world
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    /// Runs git as a person does, and returns its line.
    #[track_caller]
    fn run(&self, args: &[&str]) -> String {
        self.run_in(&self.root(), args)
    }

    #[track_caller]
    fn run_in(&self, dir: &Path, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@b.c",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(args)
            .current_dir(dir)
            .env_remove("GIT_DIR")
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Commits everything as it stands; returns the commit.
    #[track_caller]
    fn commit(&self) -> String {
        self.run(&["add", "-A"]);
        self.run(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self.run(&["rev-parse", "HEAD"])
    }

    /// A file of one line, committed.
    #[track_caller]
    fn add(&self, path: &str) -> String {
        self.write(path, format!("{path}\n"));
        self.commit()
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, ReviewError> {
        read(&self.git, &self.root(), wanted, &Limits::default())
    }

    #[track_caller]
    fn changes(&self, wanted: &Wanted) -> Vec<Material> {
        match self.read(wanted).unwrap() {
            Found::Changes(changes) => changes,
            Found::Nothing(why) => panic!("{why}"),
        }
    }

    #[track_caller]
    fn nothing(&self, wanted: &Wanted) -> String {
        match self.read(wanted).unwrap() {
            Found::Nothing(why) => why,
            Found::Changes(changes) => panic!("{changes:?}"),
        }
    }

    #[track_caller]
    fn range(&self, words: &str) -> Material {
        let mut changes = self.changes(&Wanted::Range(words.to_owned()));
        assert_eq!(changes.len(), 1);
        changes.remove(0)
    }
}

/// The paths of a change, with `+` for added files, `-` for deleted ones, `~` for others.
fn paths(material: &Material) -> Vec<String> {
    let diff = synod_consensus::diff::Diff::parse(&material.diff).unwrap();
    let path = |file: &synod_consensus::diff::FileChange<'_>| {
        let sign = match (file.old_path(), file.new_path()) {
            (None, _) => '+',
            (_, None) => '-',
            (Some(_), Some(_)) => '~',
        };
        format!("{sign}{}", file.path())
    };
    diff.files.iter().map(path).collect()
}
