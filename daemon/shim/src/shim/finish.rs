//! The record of the end: written last, durable, and insisted upon.

use std::{
    io,
    time::{Duration, Instant},
};

use super::{
    agent::Running,
    log,
    watch::{AgentEnd, Cause, TreeEnd},
};
use crate::{
    containment::cgroup,
    dir::RunDir,
    files::{self, Durability},
    records::{Exit, Outcome},
    spec::{Containment, FORMAT},
    sys,
};

/// How long between two attempts to write the end, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long the last dead process may take to leave its cgroup.
const LEAF_PATIENCE: Duration = Duration::from_millis(500);

/// Gathers the facts once the tree is gone: only now the lengths are final.
pub fn conclude(running: &Running, started_at_us: i64, end: &TreeEnd) -> Exit {
    if let Containment::Cgroup { leaf } = &running.containment
        && let Err(error) = cgroup::remove(leaf, Instant::now() + LEAF_PATIENCE)
    {
        // The daemon removes stale leaves when it starts.
        log(&format!(
            "cannot remove the cgroup {}: {error}",
            leaf.display()
        ));
    }
    let [stdout_bytes, stderr_bytes] = [&running.stdout, &running.stderr].map(|file| {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        // Nobody writes any more. An empty file has only its name, which the record's own sync of
        // the directory keeps.
        if length > 0
            && let Err(error) = file.sync_data()
        {
            // Not tried again: after a failure the kernel calls the next one a success.
            log(&format!("output may be lost in a power failure: {error}"));
        }
        length
    });
    Exit {
        format: FORMAT,
        outcome: outcome(&end.agent),
        stdout_bytes,
        stderr_bytes,
        started_at_us: Some(started_at_us),
        ended_at_us: end.agent.at_us,
        duration_us: end.agent.duration.as_micros() as u64,
        tree_us: end.tree.as_micros() as u64,
        rusage: sys::usage_of_children(),
        leftovers: end.leftovers,
    }
}

fn outcome(end: &AgentEnd) -> Outcome {
    let (code, signal) = (end.status.exit_status(), end.status.terminating_signal());
    match end.cause {
        Some(Cause::Cancelled) => Outcome::Cancelled { code, signal },
        Some(Cause::Timeout) => Outcome::Timeout { code, signal },
        Some(Cause::OutputLimit) => Outcome::OutputLimit { code, signal },
        Some(Cause::Silent) => Outcome::Silent { code, signal },
        Some(Cause::Closed) => Outcome::Closed { code, signal },
        None => match signal {
            Some(signal) => Outcome::Signalled { signal },
            // Without a signal there always is a code: stops are not waited for.
            None => Outcome::Exited {
                code: code.unwrap_or_default(),
            },
        },
    }
}

/// Writes `exit.json`. While the disk is full or fails it keeps trying, and the caller keeps the
/// lock: an end that is known must not turn into a lost attempt. Only when the directory itself
/// is gone there is nobody left to tell.
pub fn write_exit(dir: &RunDir, exit: &Exit) {
    let path = dir.exit_json();
    let mut pause = FIRST_PAUSE;
    while let Err(error) = files::replace_json(&path, exit, Durability::Power) {
        log(&format!(
            "cannot write {}: {error}; trying again",
            path.display()
        ));
        if error.kind() == io::ErrorKind::NotFound && !dir.path().is_dir() {
            return;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
