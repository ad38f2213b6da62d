//! The run directory: its names, how it comes into being, and how it is read.
//!
//! Does not decide anything from what it reads ([`crate::inspect`] orders the evidence, the
//! daemon judges it), and does not start anything.

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags};

use crate::{
    files,
    lock::Lock,
    records::{Exit, Started},
    spec::{FORMAT, Spec, Stdin},
};

/// Directories that were being made when their maker died begin with this.
const UNBORN: &str = ".unborn-";

#[derive(Debug, thiserror::Error)]
pub enum DirError {
    #[error("{} exists already: adopt what is there, never start it anew", path.display())]
    AlreadyExists { path: PathBuf },
    #[error("{} is missing: a run directory always has it; expected it beside spec.json", path.display())]
    Missing { path: PathBuf },
    #[error("{} is not the record expected there ({source}); move the directory away and restart", path.display())]
    Malformed {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{} has format {found}, expected {FORMAT}: it was written by another version of synod; run that version", path.display())]
    UnknownFormat { path: PathBuf, found: u32 },
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl DirError {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// The final sizes of what the agent printed, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    pub stdout: u64,
    pub stderr: u64,
}

/// The path of one attempt's directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunDir(PathBuf);

impl RunDir {
    /// Names a directory; nothing is touched or checked.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Makes a whole run directory appear at once under `parent/name`.
    ///
    /// It is filled under a temporary name and renamed into place, so a crash leaves either
    /// nothing, or a temporary ([`clean_unborn`] removes it), or all of it. Durable on return.
    ///
    /// # Errors
    /// [`DirError::AlreadyExists`] means an earlier life got here: adopt, never start.
    pub fn create(parent: &Path, name: &str, spec: &Spec, prompt: &[u8]) -> Result<Self, DirError> {
        let target = Self(parent.join(name));
        if files::exists(&target.0)? {
            return Err(DirError::AlreadyExists { path: target.0 });
        }
        let unborn = Self(parent.join(format!("{UNBORN}{name}")));
        match fs::remove_dir_all(&unborn.0) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(DirError::io("remove", &unborn.0, source)),
        }
        unborn.fill(spec, prompt).inspect_err(|_| {
            // Best effort: what cannot be removed now (a full disk) is cleaned at the next boot.
            let _ = fs::remove_dir_all(&unborn.0);
        })?;
        rename_new(&unborn.0, &target.0)?;
        files::sync_dir(parent).map_err(|source| DirError::io("sync", parent, source))?;
        Ok(target)
    }

    fn fill(&self, spec: &Spec, prompt: &[u8]) -> Result<(), DirError> {
        DirBuilder::new()
            .mode(0o700)
            .create(&self.0)
            .map_err(|source| DirError::io("create", &self.0, source))?;
        let json = serde_json::to_vec_pretty(spec).map_err(|source| DirError::Malformed {
            path: self.spec(),
            source,
        })?;
        // The file that is never empty comes last: where a sync writes the journal, its one write
        // takes the names of the others along, and the directory's own sync finds nothing to do.
        let journal = match spec.stdin {
            Stdin::Prompt | Stdin::Nothing => None,
            Stdin::Journal => Some((self.stdin(), [].as_slice())),
        };
        for (path, bytes) in journal.into_iter().chain([
            (self.lock(), [].as_slice()),
            (self.prompt(), prompt),
            (self.spec(), json.as_slice()),
        ]) {
            files::create_new(&path, bytes)
                .map_err(|source| DirError::io("create", &path, source))?;
        }
        files::sync_dir(&self.0).map_err(|source| DirError::io("sync", &self.0, source))
    }

    /// All run directories below `parent`, in the order of their names. None if it is absent.
    pub fn list(parent: &Path) -> Result<Vec<Self>, DirError> {
        Ok(entries(parent)?
            .into_iter()
            .filter(|path| path.is_dir() && !is_unborn(path))
            .map(Self)
            .collect())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `<execution-id>-<attempt-number>`.
    pub fn name(&self) -> &OsStr {
        self.0.file_name().unwrap_or_default()
    }

    pub fn spec(&self) -> PathBuf {
        self.0.join("spec.json")
    }

    pub fn prompt(&self) -> PathBuf {
        self.0.join("prompt")
    }

    /// The journal of an agent that is spoken to; append whole lines. Others have none. What
    /// stands behind the last newline was not forwarded, and may be cut off.
    pub fn stdin(&self) -> PathBuf {
        self.0.join("stdin")
    }

    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub fn claimed(&self) -> PathBuf {
        self.0.join("claimed")
    }

    pub fn started_json(&self) -> PathBuf {
        self.0.join("started.json")
    }

    pub fn cancel(&self) -> PathBuf {
        self.0.join("cancel")
    }

    pub fn stdout(&self) -> PathBuf {
        self.0.join("stdout")
    }

    pub fn stderr(&self) -> PathBuf {
        self.0.join("stderr")
    }

    pub fn exit_json(&self) -> PathBuf {
        self.0.join("exit.json")
    }

    /// What the shim itself has to say; empty when all is well.
    pub fn shim_log(&self) -> PathBuf {
        self.0.join("shim.log")
    }

    pub fn read_spec(&self) -> Result<Spec, DirError> {
        let path = self.spec();
        let spec: Spec =
            files::read_json(&path)?.ok_or_else(|| DirError::Missing { path: path.clone() })?;
        check_format(path, spec.format)?;
        Ok(spec)
    }

    pub fn started(&self) -> Result<Option<Started>, DirError> {
        files::read_json(&self.started_json())
    }

    pub fn exit(&self) -> Result<Option<Exit>, DirError> {
        let path = self.exit_json();
        let exit: Option<Exit> = files::read_json(&path)?;
        if let Some(exit) = &exit {
            check_format(path, exit.format)?;
        }
        Ok(exit)
    }

    /// Whether an agent may have been started here, ever.
    pub fn is_claimed(&self) -> Result<bool, DirError> {
        files::exists(&self.claimed())
    }

    pub fn is_cancelled(&self) -> Result<bool, DirError> {
        files::exists(&self.cancel())
    }

    /// Leaves the wish to end; twice is the same as once.
    ///
    /// The shim looks for it before the start and again after writing `started.json`. So: write
    /// it, then read `started.json`. If it is there, signal its shim; if not, the shim will see
    /// the wish by itself.
    pub fn write_cancel(&self) -> Result<(), DirError> {
        let path = self.cancel();
        files::append(&path)
            .map(drop)
            .map_err(|source| DirError::io("create", &path, source))
    }

    /// Takes the lock if nobody has it.
    pub fn try_lock(&self) -> Result<Option<Lock>, DirError> {
        Lock::try_take(self)
    }

    /// What has been printed so far. A file that is not there yet is empty.
    pub fn lengths(&self) -> Result<Lengths, DirError> {
        let length = |path: PathBuf| match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(DirError::io("measure", &path, source)),
        };
        Ok(Lengths {
            stdout: length(self.stdout())?,
            stderr: length(self.stderr())?,
        })
    }

    /// Moves the directory below `archive`. Both must be on one file system.
    ///
    /// Not synced: the end is committed already, and a move that a power cut takes back is found
    /// at the next start as the directory of an ended attempt, and made again.
    pub fn archive(&self, archive: &Path) -> Result<Self, DirError> {
        let target = Self(archive.join(self.name()));
        rename_new(&self.0, &target.0)?;
        Ok(target)
    }
}

/// Removes what a maker left when it died; to be called at boot, under the daemon's lock.
/// Returns how many there were.
pub fn clean_unborn(parent: &Path) -> Result<usize, DirError> {
    let mut cleaned = 0;
    for path in entries(parent)?.iter().filter(|path| is_unborn(path)) {
        fs::remove_dir_all(path).map_err(|source| DirError::io("remove", path, source))?;
        cleaned += 1;
    }
    Ok(cleaned)
}

fn is_unborn(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(UNBORN.as_bytes()))
}

fn entries(parent: &Path) -> Result<Vec<PathBuf>, DirError> {
    let failed = |source| DirError::io("list", parent, source);
    let mut paths = match fs::read_dir(parent) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(failed(source)),
    };
    paths.sort();
    Ok(paths)
}

fn check_format(path: PathBuf, found: u32) -> Result<(), DirError> {
    if found == FORMAT {
        Ok(())
    } else {
        Err(DirError::UnknownFormat { path, found })
    }
}

/// A plain rename would silently replace an empty directory.
fn rename_new(from: &Path, to: &Path) -> Result<(), DirError> {
    let renamed = match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems do not know the flag. The daemon's own lock leaves one maker, so
        // looking first is enough there.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !files::exists(to)? => {
            fs::rename(from, to)
        }
        other => other.map_err(io::Error::from),
    };
    match renamed {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(DirError::AlreadyExists {
                path: to.to_owned(),
            })
        }
        Err(source) => Err(DirError::io("rename into place", to, source)),
    }
}
