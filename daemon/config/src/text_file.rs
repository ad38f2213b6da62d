//! Reading one text file with a limit, without ever hanging or filling the memory.
//! It owns the order of the checks; who may be read, and what it is for, is the caller's.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};

use crate::size;

/// Why a file could not be read as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: ReadFault,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// There is nothing at this path.
    #[error("nothing is there; check the path")]
    Missing,
    /// Something other than a regular file.
    #[error("expected a regular file, found {found}")]
    NotAFile {
        /// What it is, such as `a directory`.
        found: &'static str,
    },
    /// More bytes than allowed.
    #[error("{} is over the limit of {}; {advice}", size::format(*.size), size::format(*.limit))]
    TooLarge {
        /// Its size in bytes, or for a file that grew while it was read, what was seen of it.
        size: u64,
        /// The limit in bytes.
        limit: u64,
        /// What to do about it.
        advice: &'static str,
    },
    /// The operating system said no.
    #[error("cannot be read: {message}")]
    Os {
        /// The system's words.
        message: String,
    },
    /// Not text.
    #[error(
        "not UTF-8 text: the byte at offset {offset} is no part of a character; save it as UTF-8"
    )]
    NotUtf8 {
        /// The first bad byte, from 0.
        offset: usize,
    },
    /// Text with a NUL byte, which no editor writes.
    #[error("a NUL byte at offset {offset}: expected text, not a binary file")]
    Nul {
        /// The first NUL byte, from 0.
        offset: usize,
    },
}

impl ReadError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match &self.fault {
            ReadFault::Missing => "not-found",
            ReadFault::NotAFile { .. } => "not-a-file",
            ReadFault::TooLarge { .. } => "too-large",
            ReadFault::Os { .. } => "unreadable",
            ReadFault::NotUtf8 { .. } => "not-utf8",
            ReadFault::Nul { .. } => "nul-byte",
        }
    }
}

/// A limit in bytes and what to do when it is met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub bytes: u64,
    pub advice: &'static str,
}

/// Reads the whole file as UTF-8 text. Symbolic links are followed.
///
/// The type is looked at before the file is opened, because opening a FIFO or a device may block
/// or do something; it is opened without blocking and looked at again, because the path may have
/// come to mean another file in between; the size is looked at before a byte is read.
pub(crate) fn read_text(path: &Path, limit: Limit) -> Result<String, ReadError> {
    let fail = |fault| ReadError {
        path: path.to_owned(),
        fault,
    };
    let text = read_bytes(path, limit)
        .map_err(fail)
        .map(String::from_utf8)?
        .map_err(|error| {
            fail(ReadFault::NotUtf8 {
                offset: error.utf8_error().valid_up_to(),
            })
        })?;
    match text.find('\0') {
        Some(offset) => Err(fail(ReadFault::Nul { offset })),
        None => Ok(text),
    }
}

fn read_bytes(path: &Path, limit: Limit) -> Result<Vec<u8>, ReadFault> {
    let before = rustix::fs::stat(path).map_err(from_errno)?;
    must_be_regular(FileType::from_raw_mode(before.st_mode))?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(from_errno)?;
    let stat = rustix::fs::fstat(&file).map_err(from_errno)?;
    must_be_regular(FileType::from_raw_mode(stat.st_mode))?;
    let too_large = |size| ReadFault::TooLarge {
        size,
        limit: limit.bytes,
        advice: limit.advice,
    };
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    if size > limit.bytes {
        return Err(too_large(size));
    }
    // One byte more than allowed: a file that grows meanwhile, or one of /proc that says 0, is
    // noticed and not cut.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    File::from(file)
        .take(limit.bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| from_io(&error))?;
    let read = bytes.len() as u64;
    if read > limit.bytes {
        return Err(too_large(read));
    }
    Ok(bytes)
}

fn must_be_regular(kind: FileType) -> Result<(), ReadFault> {
    let found = match kind {
        FileType::RegularFile => return Ok(()),
        FileType::Directory => "a directory",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Symlink | FileType::Unknown => "something of an unknown type",
    };
    Err(ReadFault::NotAFile { found })
}

fn from_errno(errno: rustix::io::Errno) -> ReadFault {
    from_io(&io::Error::from(errno))
}

/// A path with a component that is not a directory is as missing as one that is not there.
pub(crate) fn from_io(error: &io::Error) -> ReadFault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadFault::Missing,
        _ => ReadFault::Os {
            message: error.to_string(),
        },
    }
}
