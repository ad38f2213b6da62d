//! Starting the agent: files, leaf, fork, everything a child must become before it executes.
//!
//! Does not wait for it. A failure tells the step that failed, not only a number.

use std::{
    ffi::{CString, OsString},
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::ffi::{OsStrExt as _, OsStringExt as _},
    },
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    fs::Mode,
    io::Errno,
    process::{
        Pid, Resource, Rlimit, Signal, WaitOptions, getpid, getppid, getrlimit,
        set_parent_process_death_signal, setrlimit, setsid, umask, waitpid,
    },
    stdio::{dup2_stderr, dup2_stdin, dup2_stdout},
};

use super::{
    forward::Feed,
    hooks, log,
    lookup::{self, refusal},
};
use crate::{
    containment::cgroup,
    dir::RunDir,
    files,
    records::Outcome,
    spec::{Containment, Restore, Spec, Stdin},
    sys::{self, Forked},
};

/// A started agent and what the shim keeps of it.
pub struct Running {
    pub pid: Pid,
    /// In force, perhaps weaker than planned.
    pub containment: Containment,
    /// For measuring and syncing; the agent has descriptors of its own.
    pub stdout: File,
    pub stderr: File,
    /// Of an agent that is spoken to: what is still to be forwarded to it.
    pub feed: Option<Feed>,
}

/// What a child does on its way to being the agent, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Session,
    Leaf,
    Directory,
    Streams,
    Limits,
    Execute,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Session,
        Self::Leaf,
        Self::Directory,
        Self::Streams,
        Self::Limits,
        Self::Execute,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&step| step as u8 == byte)
    }
}

/// How the child is bound to the tree.
enum Bond {
    /// Joins the cgroup whose `cgroup.procs` this is.
    Leaf(File),
    /// Dies with this process, its parent.
    Death { shim: Pid },
}

/// Everything the child needs, made before the fork.
struct Plan<'a> {
    stdin: OwnedFd,
    feed: Option<Feed>,
    stdout: File,
    stderr: File,
    cwd: &'a Path,
    program: PathBuf,
    argv: Vec<CString>,
    environment: Vec<CString>,
    restore: Restore,
}

pub fn start(dir: &RunDir, spec: &Spec) -> Result<Running, Outcome> {
    let plan = prepare(dir, spec)?;
    let (pid, containment) = match join_leaf(&plan, &spec.containment) {
        Some(started) => started?,
        None => (
            fork(&plan, &Bond::Death { shim: getpid() })
                .map_err(|refused| refused.outcome(&plan))?,
            Containment::Session,
        ),
    };
    Ok(Running {
        pid,
        containment,
        stdout: plan.stdout,
        stderr: plan.stderr,
        // The reading end goes here with the rest of the plan: then the agent alone has it.
        feed: plan.feed,
    })
}

/// None when there is no cgroup to be had: then the weaker way is taken, and said.
fn join_leaf(
    plan: &Plan<'_>,
    planned: &Containment,
) -> Option<Result<(Pid, Containment), Outcome>> {
    let leaf = match planned {
        Containment::Cgroup { leaf } => leaf,
        Containment::Session => return None,
    };
    let procs = match open_leaf(leaf) {
        Ok(procs) => procs,
        Err(error) => {
            log(&format!(
                "no cgroup {} ({error}): a session holds the tree",
                leaf.display()
            ));
            return None;
        }
    };
    match fork(plan, &Bond::Leaf(procs)) {
        Ok(pid) => Some(Ok((pid, planned.clone()))),
        Err(refused) if refused.step == Step::Leaf => {
            log(&format!(
                "cannot enter the cgroup {} ({}): a session holds the tree",
                leaf.display(),
                io::Error::from(refused.errno)
            ));
            remove_leaf(leaf);
            None
        }
        Err(refused) => {
            remove_leaf(leaf);
            Some(Err(refused.outcome(plan)))
        }
    }
}

fn make(cgroup: &Path) -> io::Result<()> {
    match fs::create_dir(cgroup) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn open_leaf(leaf: &Path) -> io::Result<File> {
    // A daemon that ends removes the leaf's parent when it is empty, and this shim may outlive it: make that anew,
    // but nothing above it, which is not ours.
    if let Some(parent) = leaf.parent() {
        make(parent)?;
    }
    make(leaf)?;
    fs::OpenOptions::new()
        .write(true)
        .open(leaf.join("cgroup.procs"))
}

fn remove_leaf(leaf: &Path) {
    // What cannot be removed is found as a stale leaf at the daemon's next start.
    let _ = cgroup::remove(leaf, Instant::now() + Duration::from_millis(100));
}

fn prepare<'a>(dir: &RunDir, spec: &'a Spec) -> Result<Plan<'a>, Outcome> {
    let open = |path: PathBuf, opened: io::Result<File>| {
        opened.map_err(|error| open_failed(&path, &error))
    };
    let (stdout, stderr) = (dir.stdout(), dir.stderr());
    let stdout = open(stdout.clone(), files::append(&stdout))?;
    let stderr = open(stderr.clone(), files::append(&stderr))?;
    let (stdin, feed) = match spec.stdin {
        Stdin::Prompt => {
            let prompt = match fs::metadata(dir.prompt()) {
                Ok(prompt) if prompt.len() == 0 => PathBuf::from("/dev/null"),
                Ok(_) | Err(_) => dir.prompt(),
            };
            (open(prompt.clone(), File::open(&prompt))?.into(), None)
        }
        Stdin::Nothing => {
            let nothing = PathBuf::from("/dev/null");
            (open(nothing.clone(), File::open(&nothing))?.into(), None)
        }
        Stdin::Journal => {
            let (stdin, feed) = Feed::of(dir).map_err(|error| open_failed(&dir.stdin(), &error))?;
            (stdin, Some(feed))
        }
    };

    let first = spec.argv.first().map_or("", String::as_str);
    let program = lookup::find(first, &spec.cwd, std::env::var_os("PATH"))?;
    let nul = |_| {
        refusal(
            Errno::INVAL,
            &program,
            "an argument holds a NUL byte; no program can be given one",
        )
    };
    let argv = spec
        .argv
        .iter()
        .map(|argument| CString::new(argument.as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(nul)?;
    let environment = std::env::vars_os()
        .filter(|(name, _)| !hooks::is_hook(name))
        .map(|(name, value)| assignment(name, value))
        .collect::<Result<_, _>>()
        .map_err(nul)?;
    Ok(Plan {
        stdin,
        feed,
        stdout,
        stderr,
        cwd: &spec.cwd,
        program,
        argv,
        environment,
        restore: spec.restore,
    })
}

fn open_failed(path: &Path, error: &io::Error) -> Outcome {
    let errno = Errno::from_io_error(error).unwrap_or(Errno::IO);
    refusal(errno, path, &error.to_string())
}

fn assignment(name: OsString, value: OsString) -> Result<CString, std::ffi::NulError> {
    let mut assignment = name.into_vec();
    assignment.push(b'=');
    assignment.extend(value.into_vec());
    CString::new(assignment)
}

/// Why no agent came of a fork.
struct Refused {
    step: Step,
    errno: Errno,
}

impl Refused {
    fn outcome(&self, plan: &Plan<'_>) -> Outcome {
        match self.step {
            Step::Execute => lookup::explain(self.errno, &plan.program, plan.cwd),
            Step::Directory => refusal(
                self.errno,
                plan.cwd,
                &format!(
                    "cannot start in the working directory: {}",
                    io::Error::from(self.errno)
                ),
            ),
            step @ (Step::Session | Step::Leaf | Step::Streams | Step::Limits) => refusal(
                self.errno,
                &plan.program,
                &format!(
                    "cannot prepare the process ({step:?}): {}",
                    io::Error::from(self.errno)
                ),
            ),
        }
    }
}

/// Returns when the agent's program runs, or did not come to run.
///
/// Until then the child has a copy of the run directory's lock (it closes on exec). So a free
/// lock proves that no half-made agent can still appear.
fn fork(plan: &Plan<'_>, bond: &Bond) -> Result<Pid, Refused> {
    let unforked = |error: io::Error| Refused {
        step: Step::Session,
        errno: Errno::from_io_error(&error).unwrap_or(Errno::AGAIN),
    };
    let (mut report, mut reporter) = io::pipe().map_err(unforked)?;
    let pid = match sys::fork().map_err(unforked)? {
        Forked::Parent(pid) => pid,
        Forked::Child => {
            let refused = become_agent(plan, bond);
            let mut message = vec![refused.step as u8];
            message.extend(refused.errno.raw_os_error().to_ne_bytes());
            // Nobody to tell if the shim died meanwhile.
            let _ = reporter.write_all(&message);
            sys::exit_now(127)
        }
    };
    drop(reporter);
    let mut message = Vec::new();
    // An end without a message is what the pipe's closing on exec looks like.
    if let Err(error) = report.read_to_end(&mut message) {
        log(&format!("the start's report could not be read: {error}"));
    }
    let Some((step, errno)) = message.split_first() else {
        return Ok(pid);
    };
    // The child has ended or is about to.
    let _ = waitpid(Some(pid), WaitOptions::empty());
    Err(Refused {
        step: Step::from_byte(*step).unwrap_or(Step::Execute),
        errno: errno.try_into().map_or(Errno::IO, |raw| {
            Errno::from_raw_os_error(i32::from_ne_bytes(raw))
        }),
    })
}

/// The child's way. Returns only if a step failed.
fn become_agent(plan: &Plan<'_>, bond: &Bond) -> Refused {
    for step in Step::ALL {
        if let Err(errno) = take_step(step, plan, bond) {
            return Refused { step, errno };
        }
    }
    Refused {
        step: Step::Execute,
        errno: Errno::IO,
    }
}

fn take_step(step: Step, plan: &Plan<'_>, bond: &Bond) -> Result<(), Errno> {
    match step {
        Step::Session => setsid().map(drop),
        Step::Leaf => bind(bond),
        Step::Directory => rustix::process::chdir(plan.cwd),
        Step::Streams => {
            dup2_stdin(plan.stdin.as_fd())?;
            dup2_stdout(plan.stdout.as_fd())?;
            dup2_stderr(plan.stderr.as_fd())
        }
        Step::Limits => restore(plan.restore),
        Step::Execute => {
            let program =
                CString::new(plan.program.as_os_str().as_bytes()).map_err(|_| Errno::INVAL)?;
            sys::close_on_exec_from_3();
            // Dispositions first: a signal that waits must not meet an inherited SIG_IGN.
            sys::reset_dispositions();
            sys::unblock_all_signals();
            let error = sys::execute(&program, &plan.argv, &plan.environment);
            Err(Errno::from_io_error(&error).unwrap_or(Errno::IO))
        }
    }
}

fn bind(bond: &Bond) -> Result<(), Errno> {
    match bond {
        // `0` is whoever writes it.
        Bond::Leaf(procs) => rustix::io::write(procs, b"0").map(drop),
        Bond::Death { shim } => {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            // It may have died just before; then no signal will ever come.
            if getppid() == Some(*shim) {
                Ok(())
            } else {
                Err(Errno::CHILD)
            }
        }
    }
}

fn restore(restore: Restore) -> Result<(), Errno> {
    if let Some(mask) = restore.umask {
        umask(Mode::from_raw_mode(mask));
    }
    if let Some(wanted) = restore.open_files {
        let now = getrlimit(Resource::Nofile);
        // Above the hard limit it would be refused; the user cannot have had it either.
        let current = now.maximum.map_or(wanted, |hard| wanted.min(hard));
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(current),
                maximum: now.maximum,
            },
        )?;
    }
    Ok(())
}
