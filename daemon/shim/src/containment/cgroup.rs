//! One cgroup v2 directory: whether anything lives in it, and how it is emptied and removed.
//!
//! Depth first throughout, because an agent may make cgroups of its own below its leaf.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Looked at again at least this often, in case a change was not notified.
const RECHECK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub enum DestroyError {
    StillPopulated { pids: Vec<i32> },
    Io(io::Error),
}

impl DestroyError {
    pub fn into_io(self) -> io::Error {
        match self {
            Self::StillPopulated { pids } => {
                io::Error::other(format!("processes {pids:?} survived SIGKILL"))
            }
            Self::Io(error) => error,
        }
    }
}

/// Kills everything inside, waits until it is gone, removes the directory. A leaf that is not
/// there is already gone. Returns how many processes were found.
pub fn destroy(leaf: &Path, deadline: Instant) -> Result<u32, DestroyError> {
    let mut found = 0;
    loop {
        match empty_and_remove(leaf, deadline, &mut found) {
            Ok(()) => return Ok(found),
            // Its shim, which may live, removes it at the same time: any step may meet a file that
            // was just removed. If it is all gone, that is what was wanted.
            Err(DestroyError::Io(error)) if is_gone(&error) => {
                if !leaf.exists() {
                    return Ok(found);
                }
                if Instant::now() >= deadline {
                    return Err(DestroyError::Io(error));
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn empty_and_remove(leaf: &Path, deadline: Instant, found: &mut u32) -> Result<(), DestroyError> {
    let mut events = File::open(leaf.join("cgroup.events")).map_err(DestroyError::Io)?;
    while read_populated(&mut events).map_err(DestroyError::Io)? {
        let pids = members(leaf).map_err(DestroyError::Io)?;
        *found = (*found).max(pids.len() as u32);
        if Instant::now() >= deadline {
            return Err(DestroyError::StillPopulated { pids });
        }
        kill(leaf).map_err(DestroyError::Io)?;
        wait_for_change(&events, RECHECK).map_err(DestroyError::Io)?;
    }
    remove(leaf, deadline).map_err(DestroyError::Io)
}

/// SIGKILL to everything in it and below, forks included. One write, no race with anybody.
pub fn kill(leaf: &Path) -> io::Result<()> {
    match fs::write(leaf.join("cgroup.kill"), "1") {
        // Its shim, which may live, has removed it meanwhile.
        Err(error) if is_gone(&error) => Ok(()),
        done => done,
    }
}

/// A cgroup that was removed: not there, or no more there since the file was opened.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ENODEV)
}

/// Whether anything lives in it or below. A leaf that is not there is empty.
pub fn is_populated(leaf: &Path) -> io::Result<bool> {
    match File::open(leaf.join("cgroup.events")) {
        Ok(mut events) => read_populated(&mut events),
        Err(error) if is_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// All pids in it and below.
pub fn members(leaf: &Path) -> io::Result<Vec<i32>> {
    let mut pids = Vec::new();
    for child in children(leaf)? {
        pids.extend(members(&child)?);
    }
    match fs::read_to_string(leaf.join("cgroup.procs")) {
        Ok(procs) => pids.extend(procs.lines().filter_map(|pid| pid.parse::<i32>().ok())),
        Err(error) if is_gone(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(pids)
}

/// Removes an emptied cgroup and those below it.
pub fn remove(leaf: &Path, deadline: Instant) -> io::Result<()> {
    for child in children(leaf)? {
        remove(&child, deadline)?;
    }
    loop {
        match fs::remove_dir(leaf) {
            Ok(()) => return Ok(()),
            Err(error) if is_gone(&error) => return Ok(()),
            // The last dead process may still be leaving.
            Err(error)
                if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(error) => return Err(error),
        }
    }
}

/// The cgroups directly below; none if it is absent.
pub fn children(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(error) if is_gone(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        match entry.and_then(|entry| Ok((entry.file_type()?, entry.path()))) {
            Ok((kind, path)) if kind.is_dir() => found.push(path),
            Ok(_) => {}
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn read_populated(events: &mut File) -> io::Result<bool> {
    let mut text = String::new();
    events.rewind()?;
    match events.read_to_string(&mut text) {
        Ok(_) => Ok(text.lines().any(|line| line == "populated 1")),
        // Removed by somebody else while it was open.
        Err(error) if is_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn wait_for_change(events: &File, at_most: Duration) -> io::Result<()> {
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(at_most.subsec_nanos()),
    };
    match poll(&mut [PollFd::new(events, PollFlags::PRI)], Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
