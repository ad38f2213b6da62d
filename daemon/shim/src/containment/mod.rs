//! Containment: which mechanism holds an attempt's processes together, and how a whole tree dies.
//!
//! The mechanisms live below: [`cgroup`] where the kernel keeps the set, [`sweep`] where it has to
//! be found. Used by the daemon when a shim is lost; the living shim uses the same parts.

pub(crate) mod cgroup;
mod detect;
pub(crate) mod sweep;

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use detect::{Mechanism, Preference, detect};

use crate::{records::Started, spec::Containment};

/// How long a killed tree may take to be gone. SIGKILL is not answered, so what survives this
/// hangs in the kernel.
const KILL_DEADLINE: Duration = Duration::from_secs(5);

/// Proof that nothing of a tree is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeGone {
    /// Processes found alive; a best effort count.
    pub killed: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum KillError {
    #[error(
        "processes {pids:?} of attempt {mark} survived SIGKILL for 5 s; expected none; they hang in the kernel or belong to another user: look at them with ps"
    )]
    Survivors { mark: String, pids: Vec<i32> },
    #[error("could not kill or remove the cgroup {}: {source}", leaf.display())]
    Cgroup { leaf: PathBuf, source: io::Error },
    #[error("could not look through /proc for attempt {mark}: {source}; it must be mounted")]
    Proc { mark: String, source: io::Error },
}

/// Kills everything an attempt started, and returns when it is gone. Everything that carries the
/// mark dies, a living shim too: to end an attempt politely, ask its shim.
///
/// To be called with the lock seen free, or in despair. A free lock also means that no child of
/// the dead shim still waits between fork and exec, because such a child holds the lock itself.
///
/// `started` is what the shim recorded, if it got that far: it proves which session is ours.
pub fn kill_tree(
    containment: &Containment,
    mark: &str,
    started: Option<&Started>,
) -> Result<TreeGone, KillError> {
    let deadline = Instant::now() + KILL_DEADLINE;
    let killed_in_leaf = match containment {
        Containment::Cgroup { leaf } => {
            cgroup::destroy(leaf, deadline).map_err(|error| match error {
                cgroup::DestroyError::StillPopulated { pids } => KillError::Survivors {
                    mark: mark.to_owned(),
                    pids,
                },
                cgroup::DestroyError::Io(source) => KillError::Cgroup {
                    leaf: leaf.clone(),
                    source,
                },
            })?
        }
        Containment::Session => 0,
    };
    // After a leaf too: the shim may have fallen back to a session, and a privileged agent may
    // have moved out of its cgroup, but it cannot shed its mark as easily.
    let found = sweep::kill_marked(mark, started, deadline)?;
    Ok(TreeGone {
        killed: killed_in_leaf + found,
    })
}

/// Kills and removes the leaves below `parent` whose attempts are not among `live` (the names
/// given to [`Mechanism::leaf_for`]). Returns the names of those removed.
pub fn remove_stale_leaves(
    parent: &Path,
    live: &BTreeSet<String>,
) -> Result<Vec<String>, KillError> {
    let failed = |leaf: &Path, source| KillError::Cgroup {
        leaf: leaf.to_owned(),
        source,
    };
    let live: BTreeSet<String> = live.iter().map(|name| detect::leaf_name(name)).collect();
    let mut removed = Vec::new();
    let leaves = cgroup::children(parent).map_err(|source| failed(parent, source))?;
    for leaf in leaves {
        let name = leaf.file_name().unwrap_or_default().to_string_lossy();
        if live.contains(name.as_ref()) {
            continue;
        }
        cgroup::destroy(&leaf, Instant::now() + KILL_DEADLINE)
            .map_err(|error| failed(&leaf, error.into_io()))?;
        removed.push(name.into_owned());
    }
    Ok(removed)
}
