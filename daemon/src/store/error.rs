//! What the database may refuse or fail at, told apart by what follows from it.

use std::path::PathBuf;

use thiserror::Error;

/// The database could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Written by a newer Synod.
    #[error(
        "the database {path} has schema {found}, this synodd knows {known} and older; \
         it was left untouched: use the newer synodd"
    )]
    FromTheFuture {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    /// Damaged, or no database at all.
    #[error(
        "the database {path} is damaged ({found}); it was left untouched. Move it aside (mv {path} {path}.damaged) \
         and start again: live and archived attempts are taken in from their directories"
    )]
    Damaged { path: PathBuf, found: String },
    /// Not writable.
    #[error(
        "the database {path} cannot be written ({cause}); check its owner, its mode and the file system"
    )]
    ReadOnly { path: PathBuf, cause: String },
    /// Held by another process.
    #[error(
        "the database {path} is locked by another process; end that one, or wait until it is done"
    )]
    Locked { path: PathBuf },
    /// No room.
    #[error(
        "no room left for the database {path}; nothing was changed: make room, work goes on by itself"
    )]
    Full { path: PathBuf },
    /// Not to be changed without a copy of what it was.
    #[error(
        "no copy of the database {path} can be kept beside it ({cause}), and it is not brought to the new schema \
         without one; nothing was changed: check the owner and the mode of its folder, and the room there"
    )]
    NotCopied {
        path: PathBuf,
        cause: std::io::Error,
    },
    /// A row that cannot be read back.
    #[error("a row of table {table} in the database cannot be read: {source}")]
    Row {
        table: &'static str,
        source: serde_json::Error,
    },
    /// Anything else.
    #[error("the database {path} failed: {cause}")]
    Other { path: PathBuf, cause: String },
}

impl StoreError {
    /// Sorts an error of SQLite by what follows from it.
    pub(super) fn sort(path: &std::path::Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let path = path.to_path_buf();
        // Said in full here and not as a source: whoever prints the chain would print it twice.
        let cause = one_line(&source.to_string());
        match source.sqlite_error_code() {
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
                Self::Damaged { path, found: cause }
            }
            Some(Code::ReadOnly | Code::PermissionDenied | Code::CannotOpen) => {
                Self::ReadOnly { path, cause }
            }
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked { path },
            Some(Code::DiskFull) => Self::Full { path },
            _ => Self::Other { path, cause },
        }
    }
}

/// SQLite tells of damage in several lines.
pub(super) fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}
