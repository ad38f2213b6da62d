//! What git and `cp` still do for a daemon that is gone.
//!
//! A killed daemon's children go on, and must not meet the next daemon's in one worktree. So each gets a locked
//! file as its standard input (empty, and none reads it), whose lock ends with the last process that has it open:
//! the way shims hold the locks of their attempts. The next daemon waits for it once, before its first change.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rustix::fs::{FlockOperation, flock};

use super::git::LONG;

/// How often the lock is tried: there is nobody to tell us.
const LOOK: Duration = Duration::from_millis(20);

/// See the module.
#[derive(Debug, Clone)]
pub struct Running {
    file: PathBuf,
    waited: Arc<Mutex<Waited>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    NotYet,
    Done,
}

/// Whether the next daemon has to wait for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// It changes something.
    Shared,
    Nothing,
}

impl Running {
    /// Of the daemon whose worktrees are here.
    #[must_use]
    pub fn new(worktrees: &Path) -> Self {
        Self {
            file: worktrees.join(".running"),
            waited: Arc::new(Mutex::new(Waited::NotYet)),
        }
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.file)
    }

    /// What a child is given as its standard input.
    pub(super) fn stdin(&self, hold: Hold) -> io::Result<Stdio> {
        match hold {
            Hold::Nothing => Ok(Stdio::null()),
            Hold::Shared => {
                let file = self.open()?;
                flock(&file, FlockOperation::LockShared)?;
                Ok(Stdio::from(file))
            }
        }
    }

    /// Waits, once, until nothing of an earlier daemon goes on. It has its own time limit no more, so this has one.
    pub(super) fn await_earlier(&self) {
        // Others wait for the one that waits.
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        if *waited == Waited::Done {
            return;
        }
        let deadline = Instant::now() + LONG;
        loop {
            let free = self
                .open()
                .and_then(|file| Ok(flock(&file, FlockOperation::NonBlockingLockExclusive)?));
            match free {
                Ok(()) => break,
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < deadline => {}
                Err(error) => {
                    tracing::warn!(%error, "what an earlier daemon began may still go on; not waited for");
                    break;
                }
            }
            std::thread::sleep(LOOK);
        }
        *waited = Waited::Done;
    }
}
