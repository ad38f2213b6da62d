//! The shim: one small process beside each agent, from before its start to after its end.
//!
//! It is the same binary as the daemon, branched off before any runtime starts. It owns the order
//! of facts on disk (claim, start, record, end) and outlives the daemon at any moment. Its parts,
//! in the order of a life: [`setup`], [`agent`] (start), [`forward`] (speak to it), [`watch`]
//! (wait), [`finish`] (record).

mod agent;
mod finish;
mod forward;
pub(crate) mod hooks;
mod limits;
pub mod lookup;
mod setup;
mod watch;

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    process::ExitCode,
    time::{Instant, SystemTime},
};

use crate::{
    dir::{DirError, RunDir},
    process,
    records::{Exit, Outcome, Started},
    spec::FORMAT,
    sys,
};
use hooks::Step;

/// Runs the attempt in `dir`, to its end. Standard input must be the directory's held lock, and
/// the process must have a single thread.
///
/// Success means that there is nothing left to do here, whoever did it. Failure means that
/// nothing was started and nothing recorded, but for a reason on standard error (`shim.log`).
pub fn main(dir: &Path) -> ExitCode {
    match run(dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(&format!("the attempt was left alone: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to `shim.log`. Not with `eprintln`, which panics when it cannot be written: a full disk would
/// end the shim just when it has to wait for room.
pub(crate) fn log(line: &str) {
    // Nobody else to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

fn run(dir: &Path) -> Result<(), ShimError> {
    // Before anything else: a wish to end that arrives now must be found later, not kill the shim
    // or be ignored as its parent ignored it.
    sys::block_all_signals();
    sys::reset_dispositions();
    let dir = RunDir::at(dir.canonicalize().map_err(ShimError::Setup)?);
    // Kept to the very end; it closes with the process.
    let _lock = setup::take_lock(&dir).map_err(ShimError::Setup)?;
    setup::detach().map_err(ShimError::Setup)?;

    hooks::delay_before_claim();
    if dir.is_claimed()? || dir.exit()?.is_some() {
        return Ok(());
    }
    if dir.is_cancelled()? {
        finish::write_exit(
            &dir,
            &never_ran(Outcome::Cancelled {
                code: None,
                signal: None,
            }),
        );
        return Ok(());
    }
    hooks::reached(Step::BeforeClaim);
    claim(&dir)?;
    hooks::reached(Step::AfterClaim);

    let exit = attempt(&dir);
    hooks::reached(Step::BeforeExitJson);
    finish::write_exit(&dir, &exit);
    hooks::reached(Step::AfterExitJson);
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum ShimError {
    #[error("{0}")]
    Setup(io::Error),
    #[error(transparent)]
    Dir(#[from] DirError),
    #[error("could not claim {path}: {source}")]
    Claim { path: String, source: io::Error },
}

/// From here on nobody ever starts an agent in this directory again.
///
/// Not synced: whoever asks in this boot sees the name, and after a power cut nobody asks for it.
/// Then the boot id in `spec.json`, durable before any shim was launched, says that nothing starts.
fn claim(dir: &RunDir) -> Result<(), ShimError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(dir.claimed())
        .map(drop)
        .map_err(|source| ShimError::Claim {
            path: dir.claimed().display().to_string(),
            source,
        })
}

/// Everything between the claim and the end's record. Whatever fails here is an outcome.
fn attempt(dir: &RunDir) -> Exit {
    let spec = match dir.read_spec() {
        Ok(spec) => spec,
        Err(error) => {
            return never_ran(Outcome::SpawnFailed {
                errno: 0,
                path: dir.spec().display().to_string(),
                message: error.to_string(),
            });
        }
    };
    let started_at_us = now_us();
    let begun = Instant::now();
    let mut running = match agent::start(dir, &spec) {
        Ok(running) => running,
        Err(failure) => return never_ran(failure),
    };
    hooks::reached(Step::AfterSpawn);
    let record = Started {
        boot_id: spec.boot_id.clone(),
        shim_pid: std::process::id() as i32,
        shim_start: process::start_time(std::process::id() as i32).unwrap_or_default(),
        agent_pid: running.pid.as_raw_nonzero().get(),
        agent_start: process::start_time(running.pid.as_raw_nonzero().get()),
        containment: running.containment.clone(),
        at_us: started_at_us,
    };
    // Not before: there must be one thread when the agent is forked.
    let input = running.feed.take().map(forward::begin);
    let end = watch::Watch::new(dir, &spec, &running, input, begun).until_gone(&record);
    finish::conclude(&running, started_at_us, &end)
}

fn never_ran(outcome: Outcome) -> Exit {
    Exit {
        format: FORMAT,
        outcome,
        stdout_bytes: 0,
        stderr_bytes: 0,
        started_at_us: None,
        ended_at_us: now_us(),
        duration_us: 0,
        tree_us: 0,
        rusage: crate::records::Rusage::default(),
        leftovers: 0,
    }
}

/// UTC microseconds.
fn now_us() -> i64 {
    SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| since.as_micros() as i64)
}
