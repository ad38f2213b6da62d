//! A shim that lives: how its end is seen, and how it is asked to end.

use std::{io, os::fd::OwnedFd, process::Child};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use synod_shim::process::{ProcessIdentity, open_pidfd_if_same};
use tokio::io::unix::AsyncFd;

use super::descriptor::readable;

/// A living shim, held by a descriptor that no other process can take over.
#[derive(Debug)]
pub struct Shim {
    pidfd: AsyncFd<OwnedFd>,
    /// Ours to reap, if this daemon launched it.
    child: Option<Child>,
}

impl Drop for Shim {
    fn drop(&mut self) {
        // Dismissed before its shim had ended: somebody must still take in its end, or it stays as a zombie.
        if let Some(mut child) = self.child.take()
            && !matches!(child.try_wait(), Ok(Some(_)))
        {
            let reap = move || child.wait();
            if let Err(error) = std::thread::Builder::new()
                .name("reap".to_owned())
                .spawn(reap)
            {
                tracing::warn!(%error, "a shim will not be reaped before the daemon ends");
            }
        }
    }
}

impl Shim {
    /// The shim this daemon has just launched.
    pub fn launched(child: Child) -> io::Result<Self> {
        let pidfd = pidfd_open(Pid::from_child(&child), PidfdFlags::NONBLOCK)?;
        Ok(Self {
            pidfd: readable(pidfd)?,
            child: Some(child),
        })
    }

    /// A shim of an earlier daemon: only if pid and start time are those it wrote down.
    pub fn adopted(identity: ProcessIdentity) -> io::Result<Option<Self>> {
        let Some(pidfd) = open_pidfd_if_same(identity) else {
            return Ok(None);
        };
        Ok(Some(Self {
            pidfd: readable(pidfd)?,
            child: None,
        }))
    }

    /// Returns when it has ended.
    pub async fn ended(&mut self) -> io::Result<()> {
        loop {
            // A pidfd becomes readable when its process has ended, and stays so.
            let mut ready = self.pidfd.readable().await?;
            let Some(child) = &mut self.child else {
                return Ok(());
            };
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            ready.clear_ready();
        }
    }

    /// Asks it to end its tree.
    pub fn terminate(&self) -> io::Result<()> {
        self.signal(Signal::TERM)
    }

    /// Ends a shim that answers nothing. Its tree is still to be killed.
    pub fn kill(&self) -> io::Result<()> {
        self.signal(Signal::KILL)
    }

    /// One that has ended already is what is wanted.
    fn signal(&self, signal: Signal) -> io::Result<()> {
        match pidfd_send_signal(self.pidfd.get_ref(), signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
