//! What a run directory proves, in the order in which the adoption table asks.
//!
//! Looks, and takes the free lock of an unclaimed directory; changes nothing else.

use crate::{
    dir::{DirError, RunDir},
    lock::Lock,
    records::{Exit, Started},
    spec::Spec,
};

/// First match wins, from top to bottom.
#[derive(Debug)]
pub enum Evidence {
    /// `exit.json` is there: the agent has ended, its tree is gone, the lengths are final.
    Exited(Exit),
    /// The lock is held: a shim lives. It may not have started its agent yet.
    ///
    /// For a moment after a shim's death this may still be said, while a child of it (or another
    /// child of its daemon) is between fork and exec with a copy of the lock. Look again.
    Held(Option<Started>),
    /// Nobody holds it, and it is from before the last reboot: nothing of it can be alive.
    OtherBoot,
    /// The shim is dead without an exit. Its agent may be alive: the tree must be killed.
    ClaimedFree(Option<Started>),
    /// Nothing was ever started, and nobody else can start it while this lock is kept.
    UnclaimedFree(Lock),
}

pub fn inspect(dir: &RunDir, this_boot_id: &str) -> Result<(Spec, Evidence), DirError> {
    let spec = dir.read_spec()?;
    let evidence = evidence(dir, &spec, this_boot_id)?;
    Ok((spec, evidence))
}

fn evidence(dir: &RunDir, spec: &Spec, this_boot_id: &str) -> Result<Evidence, DirError> {
    if let Some(exit) = dir.exit()? {
        return Ok(Evidence::Exited(exit));
    }
    let Some(lock) = dir.try_lock()? else {
        return Ok(Evidence::Held(dir.started()?));
    };
    // The shim may have ended between the first look and the lock. Under the lock nothing moves.
    if let Some(exit) = dir.exit()? {
        return Ok(Evidence::Exited(exit));
    }
    if spec.boot_id != this_boot_id {
        return Ok(Evidence::OtherBoot);
    }
    if dir.is_claimed()? {
        return Ok(Evidence::ClaimedFree(dir.started()?));
    }
    Ok(Evidence::UnclaimedFree(lock))
}
