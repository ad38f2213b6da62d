//! Small durable files: written whole or not at all, read with errors that name them.
//!
//! Knows nothing about what is in them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::dir::DirError;

/// Owner only: run directories hold prompts and answers.
const MODE: u32 = 0o600;

/// Creates a file that must not exist yet, with `bytes` in it, and makes those durable. Its name
/// is as durable as its directory; an empty file is nothing but its name.
pub fn create_new(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    if !bytes.is_empty() {
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    Ok(file)
}

/// Opens a file for appending, as the agent's output or a log.
pub fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(MODE)
        .open(path)
}

/// Makes the names in a directory durable.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Whether a record must survive a loss of power, or only of processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    Power,
    Processes,
}

/// Replaces `path` by `value` at once: a reader sees the whole of it or nothing.
pub fn replace_json(path: &Path, value: &impl Serialize, durability: Durability) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    let temporary = Path::new(&name);
    let bytes = serde_json::to_vec(value).map_err(io::Error::other)?;
    // Truncated and written anew each time: after a failed fsync the old pages prove nothing.
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(MODE)
        .open(temporary)?;
    file.write_all(&bytes)?;
    match durability {
        Durability::Power => {
            file.sync_all()?;
            fs::rename(temporary, path)?;
            path.parent().map_or(Ok(()), sync_dir)
        }
        Durability::Processes => fs::rename(temporary, path),
    }
}

/// Reads a file that may be absent.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DirError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(DirError::io("read", path, source)),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|source| DirError::Malformed {
            path: path.to_owned(),
            source,
        })
}

pub fn exists(path: &Path) -> Result<bool, DirError> {
    path.try_exists()
        .map_err(|source| DirError::io("look for", path, source))
}
