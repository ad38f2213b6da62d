//! A world: one home, one daemon at most, nothing shared with any other.
//!
//! When it ends, its daemon and whatever it still runs are ended, and that nothing is left is asserted: a test
//! that leaks a process fails.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{Programs, eventually, processes};

/// What a world is to be like.
#[derive(Debug)]
pub struct Builder {
    programs: Programs,
    env: Vec<(OsString, OsString)>,
    config: Option<String>,
}

/// See the module.
#[derive(Debug)]
pub struct World {
    pub(crate) programs: Programs,
    pub(crate) runtime: Option<tokio::runtime::Runtime>,
    env: Vec<(OsString, OsString)>,
    home: TempDir,
}

impl Builder {
    /// Holds process trees by session and mark, though the machine may have cgroups.
    #[must_use]
    pub fn session(self) -> Self {
        self.env("SYNOD_CONTAINMENT", "session")
    }

    /// A variable for `synod`, and so for the daemon it starts.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The text of `config.toml`.
    #[must_use]
    pub fn config(mut self, text: impl Into<String>) -> Self {
        self.config = Some(text.into());
        self
    }

    /// The world. No daemon runs in it yet: the first call that needs one starts it.
    #[must_use]
    pub fn build(self) -> World {
        // Short, because a socket's path ends at 107 bytes.
        let home = tempfile::Builder::new()
            .prefix("sy")
            .rand_bytes(8)
            .tempdir_in("/tmp")
            .expect("a temporary home");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let world = World {
            programs: self.programs,
            runtime: Some(runtime),
            env: self.env,
            home,
        };
        for dir in [world.config_dir(), world.work()] {
            fs::create_dir_all(dir).unwrap();
        }
        fs::create_dir(world.home().join("r")).unwrap();
        fs::set_permissions(world.home().join("r"), fs::Permissions::from_mode(0o700)).unwrap();
        if let Some(text) = &self.config {
            world.write_config(text);
        }
        world
    }
}

impl World {
    /// A world as the machine is: with cgroups where they can be used.
    #[must_use]
    pub fn new(programs: Programs) -> Self {
        Self::with(programs).build()
    }

    /// A world that is to be arranged first.
    #[must_use]
    pub fn with(programs: Programs) -> Builder {
        Builder {
            programs,
            env: Vec::new(),
            config: None,
        }
    }

    /// Runs a test under each containment: what the machine has, and by session.
    pub fn in_each(programs: &Programs, test: impl Fn(World)) {
        test(Self::with(programs.clone()).session().build());
        test(Self::new(programs.clone()));
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }
    /// A folder for what a test keeps; also the working directory of every `synod` called.
    pub fn work(&self) -> PathBuf {
        self.home().join("w")
    }
    /// A place in that folder, as a word for a script.
    pub fn at(&self, name: &str) -> String {
        self.work().join(name).to_str().unwrap().to_owned()
    }
    pub fn config_dir(&self) -> PathBuf {
        self.home().join("c/synod")
    }
    pub fn state_dir(&self) -> PathBuf {
        self.home().join("s/synod")
    }
    pub fn runtime_dir(&self) -> PathBuf {
        self.home().join("r/synod")
    }
    pub fn socket(&self) -> PathBuf {
        self.runtime_dir().join("synod.sock")
    }
    pub fn database(&self) -> PathBuf {
        self.state_dir().join("synod.db")
    }
    pub fn runs(&self) -> PathBuf {
        self.state_dir().join("runs")
    }
    pub fn archive(&self) -> PathBuf {
        self.state_dir().join("archive")
    }
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Names of the directories of live attempts.
    pub fn live_dirs(&self) -> Vec<String> {
        names(&self.runs())
    }

    /// What shims had to say, for failures.
    pub fn shim_logs(&self) -> Vec<String> {
        let dirs = [self.runs(), self.archive()];
        let named = dirs
            .iter()
            .flat_map(|parent| names(parent).into_iter().map(move |name| parent.join(name)));
        named
            .filter_map(|dir| {
                let said = std::fs::read_to_string(dir.join("shim.log")).ok()?;
                (!said.is_empty()).then(|| format!("{}: {said}", dir.display()))
            })
            .collect()
    }

    /// Names of the directories of ended attempts.
    pub fn archived_dirs(&self) -> Vec<String> {
        names(&self.archive())
    }

    /// The directory of an execution's attempt, live or archived.
    #[track_caller]
    pub fn attempt_dir(&self, execution: &str, number: u32) -> PathBuf {
        let name = format!("{execution}-{number}");
        let found = [self.runs(), self.archive()]
            .map(|dir| dir.join(&name))
            .into_iter()
            .find(|dir| dir.exists());
        found.unwrap_or_else(|| panic!("no directory of attempt {name}"))
    }

    /// The daemon's log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.state_dir().join("synodd.log")).unwrap_or_default()
    }

    pub fn write_config(&self, text: &str) {
        fs::write(self.config_dir().join("config.toml"), text).unwrap();
    }

    /// A folder with these files (path and text), to be put to a gate.
    pub fn spec_dir(&self, name: &str, files: &[(&str, &str)]) -> String {
        let dir = self.work().join(name);
        fs::create_dir_all(&dir).unwrap();
        for (path, text) in files {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir.to_str().unwrap().to_owned()
    }

    /// A program with this world's environment and nothing else.
    pub(crate) fn command_of(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join("c"))
            .env("XDG_STATE_HOME", self.home().join("s"))
            .env("XDG_RUNTIME_DIR", self.home().join("r"))
            .env("SYNOD_DAEMON", &self.programs.synodd)
            .env("LANG", "C.UTF-8")
            .env("TERM", "dumb")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(self.work());
        command
    }

    /// The pid of the daemon that owns this world, if one lives.
    pub fn find_daemon(&self) -> Option<i32> {
        let text = fs::read_to_string(self.state_dir().join("daemon.lock")).ok()?;
        let pid = text.trim().parse().ok()?;
        // The lock's text outlives its writer, and pids come again.
        (processes::is_alive(pid)
            && processes::environment_has(pid, &self.mark())
            && processes::variable(pid, "SYNOD_ATTEMPT").is_none())
        .then_some(pid)
    }

    /// The pid of the daemon, which must live.
    #[track_caller]
    pub fn daemon_pid(&self) -> i32 {
        self.find_daemon().expect("a daemon that runs")
    }

    /// Starts the daemon, and returns its pid once it answers.
    #[track_caller]
    pub fn start_daemon(&self) -> i32 {
        self.start_daemon_with(&[])
    }

    /// Starts the daemon with more variables.
    #[track_caller]
    pub fn start_daemon_with(&self, env: &[(&str, &str)]) -> i32 {
        let mut command = self.synod_command(["daemon", "start"]);
        command.envs(env.iter().copied());
        self.finish(command, None).success();
        self.daemon_pid()
    }

    /// SIGKILL, and nothing else: its agents are on their own. Returns when it is gone.
    #[track_caller]
    pub fn kill_daemon(&self) {
        let pid = self.daemon_pid();
        processes::signal(pid, Signal::KILL);
        eventually("the end of the killed daemon", || {
            (!processes::is_alive(pid)).then_some(())
        });
    }

    /// What every process of this world has in its environment.
    pub(crate) fn mark(&self) -> Vec<u8> {
        [b"HOME=", self.home().as_os_str().as_encoded_bytes()].concat()
    }

    /// Everything alive that was started in this world.
    pub fn processes(&self) -> Vec<i32> {
        processes::with_environment(&self.mark())
    }

    /// What of this world's agents (and their shims) lives.
    pub fn agents_alive(&self) -> Vec<i32> {
        let of_agent = |pid: &i32| processes::variable(*pid, "SYNOD_ATTEMPT").is_some();
        self.processes().into_iter().filter(of_agent).collect()
    }

    /// Ends everything that was started here. Shims first refuse to be found twice, so: until none is left.
    fn end_all(&self) -> Vec<i32> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = self.processes();
            if left.is_empty() || Instant::now() > deadline {
                return left;
            }
            for pid in left {
                processes::signal(pid, Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        if std::thread::panicking() {
            eprintln!("--- the daemon's log:\n{}", tail(&self.log(), 60));
        }
        // The daemon before its agents, or it would tell a story about them.
        if let Some(pid) = self.find_daemon() {
            processes::signal(pid, Signal::KILL);
        }
        let left = self.end_all();
        remove_cgroups(&self.state_dir());
        if !std::thread::panicking() {
            assert!(left.is_empty(), "processes {left:?} cannot be ended");
        }
    }
}

/// The directory of leaves, which a killed daemon leaves for its next start: there is none here. It has the
/// name that the daemon gives it, made of the state directory.
fn remove_cgroups(state_dir: &Path) {
    let digest = Sha256::new()
        .chain_update(b"state\0")
        .chain_update(state_dir.as_os_str().as_encoded_bytes())
        .finalize();
    let hash = digest[..6]
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    for line in mounts.lines().filter(|line| line.contains(" - cgroup2 ")) {
        let Some(root) = line.split(' ').nth(4) else {
            continue;
        };
        remove_below(Path::new(root), &format!("synod-{hash}"));
    }
}

fn remove_below(dir: &Path, name: &str) {
    let below = fs::read_dir(dir).into_iter().flatten().flatten();
    for entry in below.filter(|entry| entry.path().is_dir()) {
        remove_below(&entry.path(), name);
        if entry.file_name() == *name {
            for leaf in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                // A file, or a leaf that went at this moment.
                let _ = fs::remove_dir(leaf.path());
            }
            let _ = fs::remove_dir(entry.path());
        }
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
