//! Reading `/proc`: who exists, whose child it is, and what mark it carries.
//!
//! A picture taken while everything moves: callers repeat it until it no longer changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
};

use crate::process::ProcessIdentity;

/// The fields of `/proc/PID/stat` that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    pub session: i32,
    pub start: u64,
    state: u8,
    threads: u64,
}

impl Process {
    pub const fn identity(&self) -> ProcessIdentity {
        ProcessIdentity {
            pid: self.pid,
            start: self.start,
        }
    }

    /// A corpse waiting for its parent runs nothing. One whose main thread ended before the
    /// others looks the same but for its number of threads.
    pub const fn is_alive(&self) -> bool {
        match self.state {
            b'X' | b'x' => false,
            b'Z' => self.threads > 1,
            _ => true,
        }
    }
}

pub fn read(pid: i32) -> Option<Process> {
    parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// `pid (comm) state ppid pgrp session …`; the name may hold anything, also `) R 1`.
fn parse(pid: i32, stat: &[u8]) -> Option<Process> {
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    // From here on the manual's field number is the index plus 3.
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        state: *fields.first()?.as_bytes().first()?,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        threads: fields.get(17)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

/// Everything that is alive now, by pid.
pub fn snapshot() -> io::Result<BTreeMap<i32, Process>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // None: it ended since the listing.
        if let Some(process) = read(pid).filter(Process::is_alive) {
            all.insert(pid, process);
        }
    }
    Ok(all)
}

/// Extends `members` by everything that descends from them.
pub fn close_over_children(all: &BTreeMap<i32, Process>, members: &mut BTreeSet<i32>) {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for process in all.values() {
        children
            .entry(process.parent)
            .or_default()
            .push(process.pid);
    }
    let mut unvisited: Vec<i32> = members.iter().copied().collect();
    while let Some(pid) = unvisited.pop() {
        for &child in children.get(&pid).into_iter().flatten() {
            if members.insert(child) {
                unvisited.push(child);
            }
        }
    }
}

/// Whether that process was started with exactly `variable=value` in its environment. What may
/// not be read (another user's) does not carry it.
pub fn environment_has(pid: i32, assignment: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
        environ
            .split(|&byte| byte == 0)
            .any(|one| one == assignment)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_full_of_parentheses_does_not_shift_the_fields() {
        let stat = b"42 (a) R 1 (b) T 7 42 40 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 777 0 0";
        let process = parse(42, stat).expect("it parses");
        assert_eq!((process.parent, process.session), (7, 40));
        assert_eq!((process.threads, process.start), (3, 777));
    }

    #[test]
    fn this_process_is_alive_and_descends_from_its_parent() {
        let me = std::process::id() as i32;
        let all = snapshot().expect("proc is readable");
        let mut tree = BTreeSet::from([all[&me].parent]);
        close_over_children(&all, &mut tree);
        assert!(tree.contains(&me));
    }
}
