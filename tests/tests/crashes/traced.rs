//! A daemon under `strace`, which holds up its calls so that it can be killed at exactly the n-th, or makes them
//! fail. What the daemon starts is let go at its `exec`: shims and agents are not traced.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::{
    fs::{CWD, Mode, mkfifoat},
    process::Signal,
};
use synod_tests::{World, eventually, processes};

/// The calls that make something durable.
pub const DURABLE: &str = "fsync,fdatasync";
/// The calls that leave a trace in the file system.
pub const CHANGING: &str = "fsync,fdatasync,pwrite64,write,rename,renameat,renameat2,mkdir,mkdirat,unlink,\
                            unlinkat,ftruncate,openat,linkat,flock";

/// Whether there is a `strace`; says so if not.
pub fn can_trace(test: &str) -> bool {
    let found = Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        eprintln!("{test}: SKIPPED, there is no strace on this machine");
    }
    found
}

/// What is done to the daemon.
#[derive(Debug, Clone, Copy)]
pub enum Fate<'a> {
    /// Killed when it enters the n-th of these calls, counted over all its threads.
    KilledAt {
        calls: &'a str,
        n: u64,
        side: Side,
        /// Each call is held up so long: time to be read about before it goes on.
        hold: Duration,
    },
    /// An injection in the words of strace, such as `fsync:error=EIO:when=3`.
    Injected(&'a str),
    /// The same into calls on this file only.
    InjectedInto(&'a str, &'a Path),
}

/// Where a call is held up, and so where the daemon dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    /// It has been carried out, but nothing has followed from it.
    After,
}

/// See the module.
pub struct Traced {
    strace: Child,
    reader: Option<JoinHandle<()>>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: AtomicU64,
    injected: AtomicU64,
    killed: AtomicBool,
}

impl Traced {
    /// Starts the daemon, not waiting for anything.
    pub fn start(world: &World, fate: Fate<'_>) -> Self {
        let daemon = world.synodd_command(["serve"]);
        let (mut command, trace) = strace(world, fate);
        let variables = daemon.get_envs();
        command
            .arg(daemon.get_program())
            .args(daemon.get_args())
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))));
        Self::spawn(command, trace, fate)
    }

    /// From now on this happens to the daemon that runs: what it did before is not counted.
    #[track_caller]
    pub fn attach(world: &World, pid: i32, fate: Fate<'_>) -> Self {
        let (mut command, trace) = strace(world, fate);
        command.arg("-p").arg(pid.to_string());
        let traced = Self::spawn(command, trace, fate);
        eventually("strace at every thread", || {
            let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
            let traced = |thread: std::fs::DirEntry| {
                let status = std::fs::read_to_string(thread.path().join("status"));
                status.is_ok_and(|status| !status.contains("TracerPid:\t0"))
            };
            threads.flatten().all(traced).then_some(())
        });
        traced
    }

    fn spawn(mut command: Command, trace: PathBuf, fate: Fate<'_>) -> Self {
        let strace = command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("strace starts");
        let kill_at = match fate {
            Fate::KilledAt { n, side, .. } => (n, side),
            Fate::Injected(_) | Fate::InjectedInto(..) => (u64::MAX, Side::Before),
        };
        let seen = Arc::new(Seen::default());
        let (noted, strace_pid) = (Arc::clone(&seen), strace.id().cast_signed());
        let reader = thread::spawn(move || {
            let trace = File::open(trace).unwrap();
            read(trace, &noted, strace_pid, kill_at);
        });
        Self {
            strace,
            reader: Some(reader),
            seen,
        }
    }

    /// Whether the daemon, and strace with it, has ended.
    pub fn has_ended(&mut self) -> bool {
        self.strace.try_wait().unwrap().is_some()
    }

    /// Waits for its end. Returns what happened.
    #[track_caller]
    pub fn end(mut self) -> Story {
        eventually("the end of the traced daemon", || {
            self.has_ended().then_some(())
        });
        self.reader.take().unwrap().join().unwrap();
        Story {
            killed: self.seen.killed.load(Ordering::SeqCst),
            calls: self.seen.calls.load(Ordering::SeqCst),
            injected: self.seen.injected.load(Ordering::SeqCst),
        }
    }
}

/// `strace` with everything but whom to trace, and where it writes.
fn strace(world: &World, fate: Fate<'_>) -> (Command, PathBuf) {
    let trace = world.work().join("trace");
    let _ = std::fs::remove_file(&trace);
    mkfifoat(CWD, &trace, Mode::RUSR | Mode::WUSR).unwrap();
    let (calls, inject) = match fate {
        Fate::KilledAt {
            calls, side, hold, ..
        } => {
            let side = match side {
                Side::Before => "delay_enter",
                Side::After => "delay_exit",
            };
            (calls, format!("{calls}:{side}={}", hold.as_micros()))
        }
        Fate::Injected(what) | Fate::InjectedInto(what, _) => {
            (what.split(':').next().unwrap(), what.to_owned())
        }
    };
    let mut command = Command::new("strace");
    command
        .args(["-f", "-b", "execve", "-s", "0", "-o"])
        .arg(&trace)
        .args(["-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={inject}")]);
    if let Fate::InjectedInto(_, path) = fate {
        command.arg("-P").arg(path);
    }
    (command, trace)
}

impl Drop for Traced {
    fn drop(&mut self) {
        // Ended already where all went well.
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

/// What happened to a traced daemon.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    /// Whether its fate was to be killed, and it was.
    pub killed: bool,
    pub calls: u64,
    pub injected: u64,
}

/// A line begins with a thread's id and the call's name; it is flushed when the call is entered, and goes on
/// when it returns.
fn read(mut trace: File, seen: &Seen, strace: i32, (kill_at, side): (u64, Side)) {
    let mut line = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = match trace.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => count,
        };
        for &byte in &buffer[..count] {
            line.push(byte);
            let has = |word: &[u8]| line.windows(word.len()).any(|at| at == word);
            // `123 fsync(`, once a line; the resumed half of a call has no such beginning.
            let enters = line.iter().position(|&byte| byte == b'(') == Some(line.len() - 1);
            let leaves = byte == b'\n' && has(b"(DELAYED");
            let counts = match side {
                Side::Before => enters,
                Side::After => leaves,
            };
            if counts && seen.calls.fetch_add(1, Ordering::SeqCst) + 1 == kill_at {
                for daemon in children(strace) {
                    processes::signal(daemon, Signal::KILL);
                    seen.killed.store(true, Ordering::SeqCst);
                }
            }
            if byte == b'\n' {
                if has(b"(INJECTED") {
                    seen.injected.fetch_add(1, Ordering::SeqCst);
                }
                line.clear();
            }
        }
    }
}

fn children(parent: i32) -> Vec<i32> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|&pid| processes::parent(pid) == Some(parent))
        .collect()
}
