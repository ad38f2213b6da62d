//! The lock of a run directory: whoever holds it may claim; nobody holding it means nobody lives.
//!
//! An `flock` belongs to the open file, not to a process. So it is never unlocked by hand (that
//! would also free it under the shim it was handed to): it ends when the last descriptor closes.

use std::{
    fs::{File, OpenOptions},
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::fs::MetadataExt as _,
    },
    process::Stdio,
};

use rustix::{fs::FlockOperation, io::Errno};

use crate::dir::{DirError, RunDir};

/// A held lock. Dropping it closes this descriptor.
#[derive(Debug)]
pub struct Lock(OwnedFd);

impl Lock {
    pub(crate) fn try_take(dir: &RunDir) -> Result<Option<Self>, DirError> {
        let path = dir.lock();
        // Never created here: a second file of this name would be a second, worthless lock.
        // Close-on-exec is std's default, so no other child keeps it alive.
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DirError::Missing { path });
            }
            Err(source) => return Err(DirError::io("open", &path, source)),
        };
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file.into()))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(DirError::io("lock", &path, errno.into())),
        }
    }

    /// Accepts a descriptor that is said to hold `dir`'s lock.
    ///
    /// # Errors
    /// When it is another file, or when the lock was free until now: then its giver is dead and
    /// someone may already have decided what became of this attempt.
    pub(crate) fn verify(dir: &RunDir, fd: OwnedFd) -> io::Result<Self> {
        let file = File::from(fd);
        let (given, expected) = (file.metadata()?, std::fs::metadata(dir.lock())?);
        if (given.dev(), given.ino()) != (expected.dev(), expected.ino()) {
            return Err(io::Error::other(
                "standard input is another file; expected the locked `lock` of the run directory",
            ));
        }
        let probe = File::open(dir.lock())?;
        match rustix::fs::flock(&probe, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                return Err(io::Error::other(
                    "standard input does not hold the lock; expected its giver to have taken it",
                ));
            }
            Err(Errno::WOULDBLOCK) => {}
            Err(errno) => return Err(errno.into()),
        }
        // A lock that is already ours is granted again; one of somebody else's is refused.
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self(file.into()))
    }

    /// For handing it to a shim as its standard input.
    pub fn into_stdio(self) -> Stdio {
        Stdio::from(self.0)
    }
}

impl AsFd for Lock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
