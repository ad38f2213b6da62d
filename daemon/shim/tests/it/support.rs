//! One attempt as a test sees it: set up, launched, looked at, and cleaned away whatever happens.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant, SystemTime},
};

use synod_shim::{
    containment::{Mechanism, Preference, detect, kill_tree},
    dir::RunDir,
    inspect::{Evidence, inspect},
    launch::launch,
    process::{Signal, Signalled, boot_id, signal_if_same},
    records::{Exit, Outcome, Started},
    spec::{FORMAT, Limits, Restore, Spec, Stdin},
};
use tempfile::TempDir;

/// Longer than anything here may take on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(15);
/// Enough for a graceful end, short enough for a test that waits it out.
pub const GRACE: Duration = Duration::from_millis(300);
/// What the catalogue allows beyond the grace.
pub const SLACK: Duration = Duration::from_secs(1);

pub fn shim_exe() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_shim-under-test"))
}

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique(prefix: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{}-{number}", std::process::id())
}

/// A mechanism with a parent of its own, so that tests do not remove each other's.
pub fn mechanism(preference: Preference) -> Mechanism {
    detect(preference, &unique("shim-test"))
}

/// Runs a test under each containment, or says that one is missing.
pub fn in_each(test: impl Fn(Preference)) {
    test(Preference::Session);
    with_cgroup(test);
}

pub fn with_cgroup(test: impl Fn(Preference)) {
    let found = mechanism(Preference::Auto);
    found.retire();
    match found {
        Mechanism::Cgroup { .. } => test(Preference::Auto),
        Mechanism::Session => eprintln!("no usable cgroup v2 here: tried with a session only"),
    }
}

#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub struct Setup {
    pub spec: Spec,
    pub prompt: Vec<u8>,
    pub exe: PathBuf,
    env: Vec<(OsString, OsString)>,
}

impl Setup {
    pub fn new<const N: usize>(preference: Preference, argv: [&str; N]) -> Self {
        let mechanism = mechanism(preference);
        let attempt_id = unique("attempt");
        Self {
            spec: Spec {
                format: FORMAT,
                run_id: "run-1".into(),
                execution_id: "execution-1".into(),
                number: 1,
                gate: None,
                request_id: "request-1".into(),
                agent: "scripted".into(),
                argv: argv.map(String::from).into(),
                cwd: "/".into(),
                stdin: Stdin::Prompt,
                limits: Limits {
                    wall_ms: None,
                    output_bytes: None,
                    first_byte_ms: None,
                    grace_ms: GRACE.as_millis() as u64,
                },
                boot_id: boot_id().unwrap(),
                containment: mechanism.leaf_for(&attempt_id),
                restore: Restore::default(),
                import: serde_json::Value::Null,
                attempt_id,
            },
            prompt: Vec::new(),
            exe: shim_exe(),
            env: vec![("PATH".into(), std::env::var_os("PATH").unwrap())],
        }
    }

    pub fn sh(preference: Preference, script: &str) -> Self {
        Self::new(preference, ["sh", "-c", script])
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.set_env(name, value);
        self
    }

    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.into()));
    }

    /// For whoever is to end by itself: a busy machine must not be taken for deafness.
    pub fn patient(mut self) -> Self {
        self.spec.limits.grace_ms = DEADLINE.as_millis() as u64;
        self
    }

    pub fn wall(mut self, limit: Duration) -> Self {
        self.spec.limits.wall_ms = Some(limit.as_millis() as u64);
        self
    }

    pub fn first_byte(mut self, limit: Duration) -> Self {
        self.spec.limits.first_byte_ms = Some(limit.as_millis() as u64);
        self
    }

    /// The agent is spoken to.
    pub fn spoken_to(mut self) -> Self {
        self.spec.stdin = Stdin::Journal;
        self
    }

    /// Makes the directory; the agent's working directory is beside it unless chosen.
    pub fn create(mut self) -> Attempt {
        let place = TempDir::new().unwrap();
        if self.spec.cwd == Path::new("/") {
            self.spec.cwd = place.path().join("work");
            fs::create_dir(&self.spec.cwd).unwrap();
        }
        let dir = RunDir::create(place.path(), "execution-1-1", &self.spec, &self.prompt).unwrap();
        Attempt {
            dir,
            setup: self,
            shims: Vec::new(),
            place,
        }
    }

    pub fn launch(self) -> Attempt {
        let mut attempt = self.create();
        attempt.launch();
        attempt
    }

    /// Runs it to its end.
    pub fn run(self) -> Exit {
        self.launch().finish()
    }
}

pub struct Attempt {
    pub dir: RunDir,
    pub setup: Setup,
    pub shims: Vec<Child>,
    pub place: TempDir,
}

impl Attempt {
    pub fn launch(&mut self) {
        let lock = eventually("a free lock", || self.dir.try_lock().unwrap());
        let env = self.setup.env.clone().into_iter();
        self.shims
            .push(launch(&self.setup.exe, &self.dir, lock, env).unwrap());
    }

    pub fn mark(&self) -> &str {
        &self.setup.spec.attempt_id
    }

    pub fn work(&self, name: &str) -> PathBuf {
        self.setup.spec.cwd.join(name)
    }

    /// Appends to the journal, as the daemon does it.
    pub fn say(&self, bytes: impl AsRef<[u8]>) {
        let journal = OpenOptions::new().append(true).open(self.dir.stdin());
        journal.unwrap().write_all(bytes.as_ref()).unwrap();
    }

    pub fn stdout(&self) -> Vec<u8> {
        fs::read(self.dir.stdout()).unwrap_or_default()
    }

    pub fn shim_log(&self) -> String {
        fs::read_to_string(self.dir.shim_log()).unwrap_or_default()
    }

    pub fn evidence(&self) -> Evidence {
        inspect(&self.dir, &self.setup.spec.boot_id).unwrap().1
    }

    /// The evidence once the lock is surely free: another thread's child may hold a copy of it
    /// until its exec.
    #[track_caller]
    pub fn settled(&self) -> Evidence {
        eventually("a free lock", || match self.evidence() {
            Evidence::Held(_) => None,
            evidence => Some(evidence),
        })
    }

    /// Waits until the agent has printed that.
    #[track_caller]
    pub fn wait_for_output(&self, text: &str) {
        eventually(&format!("output {text:?}"), || {
            let stdout = self.stdout();
            String::from_utf8_lossy(&stdout)
                .contains(text)
                .then_some(())
        });
    }

    #[track_caller]
    pub fn wait_for_started(&self) -> Started {
        eventually("started.json", || self.dir.started().unwrap())
    }

    /// The wish and the signal, as the daemon does it.
    #[track_caller]
    pub fn cancel(&self) {
        self.dir.write_cancel().unwrap();
        let shim = self.wait_for_started().shim();
        assert_eq!(signal_if_same(shim, Signal::TERM).unwrap(), Signalled::Sent);
    }

    #[track_caller]
    pub fn kill_shim(&mut self) {
        self.shims.last_mut().expect("a shim").kill().unwrap();
        self.wait_for_shim();
    }

    #[track_caller]
    pub fn wait_for_shim(&mut self) -> ExitStatus {
        let child = self.shims.last_mut().expect("a shim");
        eventually("the end of the shim", || child.try_wait().unwrap())
    }

    /// Waits for the end and asserts what must hold after any end.
    #[track_caller]
    pub fn finish(mut self) -> Exit {
        self.finish_here()
    }

    #[track_caller]
    pub fn finish_here(&mut self) -> Exit {
        let status = self.wait_for_shim();
        assert!(status.success(), "{status}: {}", self.shim_log());
        assert_eq!(self.shim_log(), "", "a shim without trouble is silent");
        self.exit()
    }

    /// The recorded end; nothing of the tree may be left beside it.
    #[track_caller]
    pub fn exit(&self) -> Exit {
        let Evidence::Exited(exit) = self.settled() else {
            panic!("no exit: {}", self.shim_log());
        };
        self.assert_nothing_is_left();
        let lengths = self.dir.lengths().unwrap();
        assert_eq!(
            (exit.stdout_bytes, exit.stderr_bytes),
            (lengths.stdout, lengths.stderr)
        );
        if let Some(started) = self.dir.started().unwrap() {
            assert_eq!(started.containment, self.setup.spec.containment);
        }
        exit
    }

    #[track_caller]
    pub fn assert_nothing_is_left(&self) {
        assert_eq!(self.kill_tree(), 0, "something outlived its attempt");
    }

    /// What the daemon does for a lost shim.
    #[track_caller]
    pub fn kill_tree(&self) -> u32 {
        let started = self.dir.started().unwrap();
        let spec = &self.setup.spec;
        kill_tree(&spec.containment, &spec.attempt_id, started.as_ref())
            .unwrap()
            .killed
    }
}

/// Cancels once the agent has said `ready`. The tree must be gone in time; how long the end's
/// record then takes is the disk's affair.
#[track_caller]
pub fn check_cancelled(attempt: Attempt) -> Exit {
    attempt.wait_for_output("ready");
    let asked = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    attempt.cancel();
    let exit = attempt.finish();
    assert!(matches!(exit.outcome, Outcome::Cancelled { .. }));
    let started = Duration::from_micros(exit.started_at_us.unwrap() as u64);
    let took = (started + Duration::from_micros(exit.tree_us)).saturating_sub(asked);
    assert!(took < GRACE + SLACK, "{took:?}");
    exit
}

impl Drop for Attempt {
    fn drop(&mut self) {
        for shim in &mut self.shims {
            // It may have ended long ago.
            let _ = shim.kill();
            let _ = shim.wait();
        }
        let spec = &self.setup.spec;
        if let Err(error) = kill_tree(&spec.containment, &spec.attempt_id, None) {
            eprintln!("{error}");
        }
        if let synod_shim::spec::Containment::Cgroup { leaf } = &spec.containment {
            let _ = fs::remove_dir(leaf.parent().unwrap());
        }
    }
}
