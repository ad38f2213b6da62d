//! What a change is, and where in it a remark stands: the gate `review`'s own part.
//!
//! Reads the unified diffs git writes, numbers their lines for reviewers, says which change is which, and finds
//! the place of what was quoted. Nothing of a diff is skipped in silence: what this cannot read is refused, since
//! a line that no reviewer was shown is a line that passed unseen.
//!
//! Our own reader, as none that was looked at (diffy, gitpatch, unidiff, vcs-diff) refuses combined diffs and
//! stray hunks, which they pass over, or says where in the text a line stands. It does not run git, and applies
//! nothing.

mod error;
mod parse;
mod path;

mod annotate;
mod hash;
mod touched;

mod place;
mod rows;

#[cfg(test)]
mod tests;

pub use annotate::annotate;
pub use error::DiffError;
pub use path::plain as unquoted;
pub use place::{Placed, Placing};

use crate::answer::Side;

/// What the input that holds the diff is called. It is the first; the others are files as they are after the
/// change.
pub const INPUT: &str = "diff";

/// A diff, over the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff<'a> {
    /// In the order of the text.
    pub files: Vec<FileChange<'a>>,
}

/// What happens to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange<'a> {
    pub change: Change,
    /// Git's octal words, where the diff says them.
    pub modes: Modes<'a>,
    pub content: Content<'a>,
    /// Where all this was read from, from its header to its last line.
    pub section: &'a str,
}

/// Paths from the root of the repository, without the prefixes `a/` and `b/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added { path: String },
    Deleted { path: String },
    Modified { path: String },
    Renamed { from: String, to: String },
    Copied { from: String, to: String },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modes<'a> {
    /// Before; absent if the file is added, or the mode stays.
    pub old: Option<&'a str>,
    /// After; absent if the file is deleted, or the mode stays.
    pub new: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// In the order of their lines, none overlapping; none if only the name or the mode changes.
    Text(Vec<Hunk<'a>>),
    NotShown(NotShown),
}

/// Why the lines of a file are not in the diff. All that is known of such a change is its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotShown {
    Binary,
    /// Left out by us ([`FileChange::without_lines`]): so many bytes.
    TooLarge {
        bytes: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    pub old: Span,
    pub new: Span,
    /// What git says it lies in; may be empty.
    pub section: &'a str,
    pub lines: Vec<Line<'a>>,
}

/// Lines of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From 1. Of an empty one: the line that it stands before.
    pub first: u32,
    pub count: u32,
}

/// A line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    pub mark: Mark,
    /// Without the mark and the line feed; with a carriage return, if there is one.
    pub text: &'a str,
    /// Byte of the diff's text at which `text` begins.
    pub at: usize,
    pub end: LineEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Context,
    Added,
    Removed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    Newline,
    /// The last of its file, which has no line feed at its end.
    NoNewline,
}

/// A line and its numbers on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbered {
    Both { old: u32, new: u32 },
    Old(u32),
    New(u32),
}

impl Numbered {
    /// The line's number on a side, if it is there.
    pub fn on(self, side: Side) -> Option<u32> {
        match (self, side) {
            (Self::Both { old, .. } | Self::Old(old), Side::Old) => Some(old),
            (Self::Both { new, .. } | Self::New(new), Side::New) => Some(new),
            (Self::Old(_), Side::New) | (Self::New(_), Side::Old) => None,
        }
    }
}

impl<'a> Diff<'a> {
    /// Reads what `git diff`, `git show` and `git format-patch` of one commit print, and plain unified diffs.
    /// Blank text is the empty diff.
    pub fn parse(text: &'a str) -> Result<Self, DiffError> {
        parse::parse(text)
    }

    /// The lines the change adds, without their marks: what it brings. Between two stretches of them stands a blank
    /// line, as they are apart.
    pub fn added(&self) -> String {
        let mut text = String::new();
        for hunk in self.files.iter().flat_map(FileChange::hunks) {
            for stretch in hunk.lines.chunk_by(|one, next| one.mark == next.mark) {
                if stretch.first().is_some_and(|line| line.mark == Mark::Added) {
                    for line in stretch {
                        text.push_str(line.shown());
                        text.push('\n');
                    }
                    text.push('\n');
                }
            }
        }
        text
    }

    /// Hex SHA-256 of the change. Equal however blobs are abbreviated, whatever git guesses that a hunk lies in,
    /// in whichever order the files come; different if any line, its place, any path or mode is. So the same lines
    /// at another place are another change: what they do may be.
    pub fn hash(&self) -> String {
        hash::hash(self)
    }
}

impl<'a> FileChange<'a> {
    /// What it is called after the change; of a deleted one, before.
    pub fn path(&self) -> &str {
        match &self.change {
            Change::Added { path } | Change::Deleted { path } | Change::Modified { path } => path,
            Change::Renamed { to, .. } | Change::Copied { to, .. } => to,
        }
    }

    /// Before the change, if it was there.
    pub fn old_path(&self) -> Option<&str> {
        match &self.change {
            Change::Added { .. } => None,
            Change::Deleted { path } | Change::Modified { path } => Some(path),
            Change::Renamed { from, .. } | Change::Copied { from, .. } => Some(from),
        }
    }

    /// After the change, if it is still there.
    pub fn new_path(&self) -> Option<&str> {
        match &self.change {
            Change::Deleted { .. } => None,
            Change::Added { path } | Change::Modified { path } => Some(path),
            Change::Renamed { to, .. } | Change::Copied { to, .. } => Some(to),
        }
    }

    pub fn hunks(&self) -> &[Hunk<'a>] {
        match &self.content {
            Content::Text(hunks) => hunks,
            Content::NotShown(_) => &[],
        }
    }

    /// Its section with a word in the place of its lines, for a change that is too large to be looked at. The names
    /// of its blobs stay: they are what tells it from another one.
    pub fn without_lines(&self) -> String {
        let lines = self.section.split_inclusive('\n');
        let head = lines.take_while(|line| !line.starts_with("--- ") && !line.starts_with("@@"));
        let mut text: String = head.collect();
        text.push_str(&parse::not_shown(self.section.len() - text.len()));
        text
    }

    /// Lines added and removed.
    pub fn counts(&self) -> (usize, usize) {
        let lines = || self.hunks().iter().flat_map(|hunk| &hunk.lines);
        let of = |mark| lines().filter(|line| line.mark == mark).count();
        (of(Mark::Added), of(Mark::Removed))
    }
}

impl<'a> Hunk<'a> {
    /// Its lines with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (Numbered, &Line<'a>)> {
        let (mut old, mut new) = (self.old.first, self.new.first);
        self.lines.iter().map(move |line| {
            let numbered = match line.mark {
                Mark::Context => Numbered::Both { old, new },
                Mark::Removed => Numbered::Old(old),
                Mark::Added => Numbered::New(new),
            };
            match line.mark {
                Mark::Context => (old, new) = (old + 1, new + 1),
                Mark::Removed => old += 1,
                Mark::Added => new += 1,
            }
            (numbered, line)
        })
    }
}

impl Span {
    /// The line after the last.
    pub fn end(self) -> u32 {
        self.first + self.count
    }
}

impl Line<'_> {
    /// Without the carriage return of a file whose lines end with one.
    pub fn shown(&self) -> &str {
        self.text.strip_suffix('\r').unwrap_or(self.text)
    }
}
