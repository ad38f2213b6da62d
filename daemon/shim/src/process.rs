//! Processes by identity: a pid alone may be somebody else by now, a pid with its start time is
//! one process for ever (within a boot).
//!
//! Signals go through pidfds only, so that none can hit a stranger.

use std::{io, os::fd::OwnedFd};

use rustix::{
    io::Errno,
    process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal},
};

pub use rustix::process::Signal;

use crate::procfs;

/// One process of this boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessIdentity {
    pub pid: i32,
    /// Field 22 of `/proc/PID/stat`: clock ticks since boot.
    pub start: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalled {
    Sent,
    /// That process has ended; its pid may belong to another one, which was left alone.
    Gone,
}

/// The kernel's random name for this boot. `SYNOD_BOOT_ID` overrides it, so that a test can play
/// a reboot.
pub fn boot_id() -> io::Result<String> {
    if let Ok(injected) = std::env::var("SYNOD_BOOT_ID") {
        return Ok(injected);
    }
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(id.trim().to_owned())
}

/// When that pid's process started; none if there is no such process, or only its corpse.
pub fn start_time(pid: i32) -> Option<u64> {
    procfs::read(pid)
        .filter(procfs::Process::is_alive)
        .map(|process| process.start)
}

/// A descriptor that means this process and no later one of the same pid.
pub fn open_pidfd_if_same(identity: ProcessIdentity) -> Option<OwnedFd> {
    let pid = Pid::from_raw(identity.pid)?;
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    // Compared after opening: the descriptor is bound by now, so equal means the same process.
    (start_time(identity.pid) == Some(identity.start)).then_some(pidfd)
}

pub fn signal_if_same(identity: ProcessIdentity, signal: Signal) -> io::Result<Signalled> {
    let Some(pidfd) = open_pidfd_if_same(identity) else {
        return Ok(Signalled::Gone);
    };
    match pidfd_send_signal(&pidfd, signal) {
        Ok(()) => Ok(Signalled::Sent),
        Err(Errno::SRCH) => Ok(Signalled::Gone),
        Err(errno) => Err(errno.into()),
    }
}
