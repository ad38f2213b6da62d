//! Why a path cannot be the subject of a gate, in sentences.

use std::path::PathBuf;

use crate::size;
use crate::text_file::{ReadError, ReadFault};

use super::MAX_FILES;

/// Why a path cannot be the subject of a gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// Nothing is there.
    #[error("nothing at {}; expected a folder with Markdown files or a Markdown file", .path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// A folder without Markdown.
    #[error("no Markdown file in {}; expected {expected} or another *.md file", .path.display())]
    NoMarkdown {
        /// The folder.
        path: PathBuf,
        /// The inputs the gate declares, as words.
        expected: String,
    },
    /// A file the gate cannot do without.
    #[error("{input} is missing in {}; the gate {gate} needs it", .path.display())]
    RequiredMissing {
        /// The folder.
        path: PathBuf,
        /// The file.
        input: String,
        /// The gate.
        gate: String,
    },
    /// A folder with none of the files that the gate can look at.
    #[error("expected {expected} in {}, found none of them; the gate {gate} looks at nothing else", .path.display())]
    NoneOfThem {
        /// The folder.
        path: PathBuf,
        /// The inputs the gate declares, as words.
        expected: String,
        /// The gate.
        gate: String,
    },
    /// Files, where a change is looked at.
    #[error("the gate {gate} looks at a change, found {}; submit one with --diff REV..REV, --staged or on standard input", .path.display())]
    NotAChange {
        /// The path as given.
        path: PathBuf,
        /// The gate.
        gate: String,
    },
    /// Nothing but white space.
    #[error("{} is empty; write the spec before asking for a review of it", .path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
    /// One of the files, or the folder, could not be read.
    #[error("{}: {}", .0.path.display(), .0)]
    Unreadable(ReadError),
    /// The files are too much together.
    #[error("the files of {} are over the limit of {} together; review a part of them, or raise subject_bytes in [limits]", .path.display(), size::format(*.limit))]
    TooLargeTogether {
        /// The folder.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// Too many files to take them all.
    #[error("{} has {found} Markdown files, more than {MAX_FILES}; name one file, or a folder with one spec", .path.display())]
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// How many there are.
        found: usize,
    },
    /// A path or a file name that cannot be shown in a prompt or passed to the system.
    #[error("{} is not a usable path: {why}; rename it", .path.display())]
    BadName {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl SubjectError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            SubjectError::Missing { .. } => "spec-missing",
            SubjectError::NoMarkdown { .. } => "no-markdown",
            SubjectError::RequiredMissing { .. } | SubjectError::NoneOfThem { .. } => {
                "input-missing"
            }
            SubjectError::NotAChange { .. } => "needs-a-change",
            SubjectError::Empty { .. } => "spec-empty",
            SubjectError::Unreadable(error) => match &error.fault {
                ReadFault::Missing => "spec-missing",
                ReadFault::NotAFile { .. } => "spec-not-a-file",
                ReadFault::TooLarge { .. } => "spec-too-large",
                ReadFault::Os { .. } => "spec-unreadable",
                ReadFault::NotUtf8 { .. } => "spec-not-utf8",
                ReadFault::Nul { .. } => "spec-nul-byte",
            },
            SubjectError::TooLargeTogether { .. } => "spec-too-large",
            SubjectError::TooManyFiles { .. } => "too-many-files",
            SubjectError::BadName { .. } => "bad-path",
        }
    }
}
