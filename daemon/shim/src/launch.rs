//! Starting a shim. The daemon's half: it never forks by hand, so spawning stays `posix_spawn`.

use std::{
    ffi::OsString,
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::{dir::RunDir, files, lock::Lock, shim::hooks};

/// The variable every process of an attempt carries. Its value is the attempt's id.
pub const MARK: &str = "SYNOD_ATTEMPT";

/// Between its fork and its exec a child has a copy of every descriptor, also of the locks that
/// other threads hold just then. Spawned one after the other, no shim is born while a sibling has
/// a copy of its lock, so its lock is free as soon as it is dead.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs `exe shim DIR` with the held lock as its standard input and `env` as its whole
/// environment, which it passes on to the agent (with `SYNOD_ATTEMPT`, `SYNOD_RUN` and
/// `SYNOD_EXECUTION`). The lock never is free in between: it is held here until the child has it.
///
/// The caller must wait for the child some time; everything else is in the directory.
pub fn launch(
    exe: &Path,
    dir: &RunDir,
    lock: Lock,
    env: impl Iterator<Item = (OsString, OsString)>,
) -> io::Result<Child> {
    let spec = dir.read_spec().map_err(io::Error::other)?;
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Command::new(exe)
        .arg("shim")
        .arg(dir.path())
        .env_clear()
        .envs(env)
        .envs(hooks::from_environment())
        .env(MARK, &spec.attempt_id)
        .env("SYNOD_RUN", &spec.run_id)
        .env("SYNOD_EXECUTION", &spec.execution_id)
        .stdin(lock.into_stdio())
        .stdout(Stdio::null())
        .stderr(files::append(&dir.shim_log())?)
        // Out of the terminal's foreground from the first moment: a Ctrl-C meant for the daemon
        // must not reach it. The shim makes a session of its own later.
        .process_group(0)
        .spawn()
}
