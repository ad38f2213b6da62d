//! Finding and ending processes without a cgroup: by parentage, by mark, by session.
//!
//! What is found is frozen first and killed only when a whole look finds nothing new, because a
//! process that forks while its siblings die would hide its children's parentage.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use super::KillError;
use crate::{
    launch::MARK,
    process::{self, ProcessIdentity},
    procfs::{self, Process},
    records::Started,
};

/// More rounds than any tree needs; a bound in case one forks faster than it is frozen.
const FREEZE_ROUNDS: usize = 50;

/// Kills all that `find` yields, until a look finds nothing new. Returns how many there were.
/// They may still be dying on return.
pub fn freeze_and_kill(mut find: impl FnMut() -> io::Result<Vec<Process>>) -> io::Result<u32> {
    let mut frozen: BTreeSet<ProcessIdentity> = BTreeSet::new();
    for _ in 0..FREEZE_ROUNDS {
        let new: Vec<ProcessIdentity> = find()?
            .iter()
            .map(Process::identity)
            .filter(|identity| !frozen.contains(identity))
            .collect();
        if new.is_empty() {
            break;
        }
        for identity in new {
            send(identity, Signal::STOP);
            frozen.insert(identity);
        }
    }
    for &identity in &frozen {
        send(identity, Signal::KILL);
    }
    Ok(frozen.len() as u32)
}

/// A process that ended meanwhile is what was wanted, and one that may not be signalled (it
/// changed its user) is seen by the caller as a survivor: neither is an error here.
pub fn send(identity: ProcessIdentity, signal: Signal) {
    let _ = process::signal_if_same(identity, signal);
}

pub fn kill_marked(
    mark: &str,
    started: Option<&Started>,
    deadline: Instant,
) -> Result<u32, KillError> {
    let failed = |source| KillError::Proc {
        mark: mark.to_owned(),
        source,
    };
    let mut killed = 0;
    let mut pause = Duration::from_millis(1);
    let mut clean_looks = 0;
    // Twice, because one look is not a picture of one moment: a child with a lower pid than its
    // dying parent can slip through it.
    while clean_looks < 2 {
        let found = freeze_and_kill(|| marked(mark, started)).map_err(failed)?;
        killed = killed.max(found);
        if found == 0 {
            clean_looks += 1;
            continue;
        }
        clean_looks = 0;
        if Instant::now() >= deadline {
            let pids = marked(mark, started).map_err(failed)?;
            return Err(KillError::Survivors {
                mark: mark.to_owned(),
                pids: pids.iter().map(|process| process.pid).collect(),
            });
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
    Ok(killed)
}

/// Everything that descends from a process, without itself.
pub fn descendants_of(pid: i32) -> io::Result<Vec<Process>> {
    let all = procfs::snapshot()?;
    let mut members = BTreeSet::from([pid]);
    procfs::close_over_children(&all, &mut members);
    members.remove(&pid);
    Ok(pick(&all, &members))
}

/// What carries the mark, what is in the agent's session, and what descends from either.
fn marked(mark: &str, started: Option<&Started>) -> io::Result<Vec<Process>> {
    let assignment = format!("{MARK}={mark}");
    let me = std::process::id() as i32;
    let mut all = procfs::snapshot()?;
    // Should this very process run inside the tree: it must live to finish the work.
    all.remove(&me);
    let mut members: BTreeSet<i32> = all
        .keys()
        .copied()
        .filter(|&pid| procfs::environment_has(pid, assignment.as_bytes()))
        .collect();
    // While the agent lives, its session's number is surely ours. Later it may be a stranger's.
    let session = started
        .and_then(Started::agent)
        .filter(|agent| process::start_time(agent.pid) == Some(agent.start));
    if let Some(agent) = session {
        members.extend(
            all.values()
                .filter(|process| process.session == agent.pid)
                .map(|process| process.pid),
        );
    }
    procfs::close_over_children(&all, &mut members);
    Ok(pick(&all, &members))
}

fn pick(all: &BTreeMap<i32, Process>, members: &BTreeSet<i32>) -> Vec<Process> {
    members
        .iter()
        .filter_map(|pid| all.get(pid).copied())
        .collect()
}
