//! What the shim does to itself before it looks at its work: the lock, its standing among
//! processes, its standard streams.

use std::{fs::File, io, os::fd::AsFd as _};

use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{getpid, getppid, set_child_subreaper, setpgid, setsid},
    stdio::{dup2_stdin, stdin},
};

use crate::{dir::RunDir, lock::Lock, sys};

/// Moves the lock from standard input to a descriptor that no agent inherits.
pub fn take_lock(dir: &RunDir) -> io::Result<Lock> {
    let given = fcntl_dupfd_cloexec(stdin(), 3)?;
    let lock = Lock::verify(dir, given)?;
    dup2_stdin(File::open("/dev/null")?.as_fd())?;
    Ok(lock)
}

/// A session of its own, orphans of the tree as its children, no directory pinned. The
/// umask stays: what the shim writes has its mode given, and the agent inherits the mask.
pub fn detach() -> io::Result<()> {
    leave_session()?;
    set_child_subreaper(Some(getpid()))?;
    std::env::set_current_dir("/")
}

/// The daemon made the shim the leader of a process group, which shielded it from the terminal
/// at once, but a leader may not found a session. So it joins its parent's group for a moment,
/// with all signals blocked, and forgets what the terminal sent there.
fn leave_session() -> io::Result<()> {
    if setsid().is_err() {
        // A daemon that dies just now has no group any more; that is no reason not to go on.
        let parents_group = getppid().and_then(sys::group_of);
        // The parent is gone or of another session already: then a group of its own is enough.
        let joined = parents_group.map(|group| setpgid(None, Some(group)));
        if let Some(Ok(())) = joined {
            setsid()?;
        }
    }
    sys::drain_terminal_signals()
}
