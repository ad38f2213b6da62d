//! Files beside the worktrees that are needed for the length of one call: indices, a repository to compare with.

use std::{
    fs,
    path::{Path, PathBuf},
};

use synod_shared::paths::Paths;
use uuid::Uuid;

/// What a name of such a file begins with: no run's id does.
const BEGINNING: &str = ".scratch-";

/// A place that is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// A name nobody has; nothing is made.
    pub fn new(paths: &Paths) -> Self {
        let name = format!("{BEGINNING}{}", Uuid::now_v7());
        Self {
            path: paths.worktrees().join(name),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Git leaves a lock beside an index when it is killed.
        let mut lock = self.path.clone().into_os_string();
        lock.push(".lock");
        // What is left is swept at the next start.
        let _ = fs::remove_file(lock);
        let _ = remove(&self.path);
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    }
}

/// Whether this is one that a killed daemon has left.
pub(super) fn sweep_if_left(path: &Path) -> bool {
    let left = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(BEGINNING));
    if left && let Err(error) = remove(path) {
        tracing::warn!(path = %path.display(), %error, "a file of an earlier daemon was not removed");
    }
    left
}
