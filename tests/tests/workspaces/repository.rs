//! A repository of a person's, to be worked on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use synod_tests::World;

/// See the module.
pub struct Repository {
    home: PathBuf,
    pub path: PathBuf,
}

/// Tells git who commits in this world.
pub fn set_identity(world: &World) {
    let text = "[user]\n\tname = Ann\n\temail = ann@example.com\n";
    fs::write(world.home().join(".gitconfig"), text).unwrap();
}

impl Repository {
    /// A repository with the branch `main`, and `a.txt` and `sub/b.txt` in its first commit.
    pub fn new(world: &World, name: &str) -> Self {
        let repository = Self::empty(world, name);
        repository.write("a.txt", "one\ntwo\nthree\n");
        repository.write("sub/b.txt", "b\n");
        repository.commit("first");
        repository
    }

    /// One without a commit.
    pub fn empty(world: &World, name: &str) -> Self {
        let path = world.work().join(name);
        fs::create_dir_all(&path).unwrap();
        let repository = Self {
            home: world.home().to_path_buf(),
            path,
        };
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    /// Git as the person calls it, which must end well.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.path, args)
    }

    #[track_caller]
    pub fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(dir)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", &self.home)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).unwrap()
    }

    pub fn has(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn branches(&self) -> Vec<String> {
        let text = self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        text.lines().map(str::to_owned).collect()
    }

    /// How many worktrees git knows, the person's own among them.
    pub fn worktrees(&self) -> usize {
        let listing = self.git(&["worktree", "list", "--porcelain", "-z"]);
        listing
            .split('\0')
            .filter(|line| line.starts_with("worktree "))
            .count()
    }

    /// All that must not change when something is refused: commits, branches, index, files and their contents.
    pub fn picture(&self) -> String {
        [
            self.git(&["for-each-ref"]),
            self.head(),
            self.git(&["symbolic-ref", "-q", "HEAD"]),
            self.git(&[
                "status",
                "--porcelain",
                "--untracked-files=all",
                "--ignored",
            ]),
            self.git(&["diff", "HEAD"]),
        ]
        .join("\n--\n")
    }

    /// Hooks of all kinds that say that they ran.
    pub fn plant_hooks(&self, marker: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        for hook in [
            "post-checkout",
            "pre-commit",
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "pre-merge-commit",
            "post-merge",
            "pre-rebase",
            "post-rewrite",
            "post-index-change",
            "reference-transaction",
            "applypatch-msg",
        ] {
            let path = self.path.join(".git/hooks").join(hook);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(
                &path,
                format!("#!/bin/sh\necho {hook} >> '{}'\n", marker.display()),
            )
            .unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        // Run by `git status` and `git add`, if it were allowed.
        let monitor = self.path.join(".git/hooks/monitor");
        fs::write(
            &monitor,
            format!("#!/bin/sh\necho monitor >> '{}'\n", marker.display()),
        )
        .unwrap();
        fs::set_permissions(&monitor, fs::Permissions::from_mode(0o755)).unwrap();
        self.git(&["config", "core.fsmonitor", monitor.to_str().unwrap()]);
    }
}
