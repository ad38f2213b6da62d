//! From the text of a diff to its files: headers, and what may stand between them. Hunks are in `parse/hunk.rs`.
//!
//! Linear, and it panics on nothing. Between files anything may stand that is no part of a diff (mails, commit
//! messages); right behind a hunk nothing may that could be a line of it.

mod header;
mod hunk;
mod lines;

use std::collections::BTreeMap;

use self::{header::Header, lines::Lines};
use super::{
    Change, Content, Diff, FileChange, Hunk,
    error::{DiffError, shown},
};

pub(super) fn parse(text: &str) -> Result<Diff<'_>, DiffError> {
    let mut lines = Lines::new(text);
    let mut read = Read::default();
    while let Some(line) = lines.peek() {
        if line.text.starts_with("diff --git ") {
            read.git = true;
            let header = Header::git(&mut lines)?;
            let file = file(&mut lines, header)?;
            read.push(file, line.number)?;
        } else if is_combined(line.text) {
            return Err(DiffError::Combined { line: line.number });
        } else if line.text.starts_with("@@ -") {
            let found = shown(line.text);
            return Err(DiffError::StrayHunk {
                line: line.number,
                found,
            });
        } else if names_follow(&lines) {
            let header = Header::plain(&mut lines)?;
            let file = file(&mut lines, header)?;
            read.push(file, line.number)?;
        } else {
            if is_unshown(line.text) && read.unshown.is_none() {
                let found = shown(line.text);
                read.unshown = Some(DiffError::Unshown {
                    line: line.number,
                    found,
                });
            }
            lines.next();
        }
    }
    read.end(text)
}

#[derive(Default)]
struct Read<'a> {
    files: Vec<FileChange<'a>>,
    by_path: BTreeMap<String, usize>,
    git: bool,
    unshown: Option<DiffError>,
}

impl<'a> Read<'a> {
    fn push(&mut self, file: FileChange<'a>, line: usize) -> Result<(), DiffError> {
        let path = file.path().to_owned();
        let earlier = self.by_path.insert(path.clone(), self.files.len());
        // A file that becomes a symbolic link is deleted and added.
        let other_kind = |earlier: usize| {
            matches!(self.files[earlier].change, Change::Deleted { .. })
                && matches!(file.change, Change::Added { .. })
        };
        if earlier.is_some_and(|earlier| !other_kind(earlier)) {
            return Err(DiffError::Twice { line, path });
        }
        self.files.push(file);
        Ok(())
    }

    fn end(self, text: &'a str) -> Result<Diff<'a>, DiffError> {
        match self.unshown {
            // Git names such files in their own sections; elsewhere the words are somebody's prose.
            Some(unshown) if !self.git => Err(unshown),
            _ if self.files.is_empty() && !text.trim().is_empty() => Err(DiffError::NoDiff),
            _ => Ok(Diff { files: self.files }),
        }
    }
}

/// What follows a header.
fn file<'a>(lines: &mut Lines<'a>, header: Header<'a>) -> Result<FileChange<'a>, DiffError> {
    let content = if header.has_names() {
        Content::Text(hunks(lines)?)
    } else {
        let why = header::not_shown(lines);
        why.map_or(Content::Text(Vec::new()), Content::NotShown)
    };
    Ok(FileChange {
        modes: header.modes(),
        change: header.change()?,
        content,
        section: lines.since(header.start()),
    })
}

fn hunks<'a>(lines: &mut Lines<'a>) -> Result<Vec<Hunk<'a>>, DiffError> {
    let mut hunks = Vec::new();
    loop {
        hunks.push(hunk::read(lines, hunks.last())?);
        if !lines.peek().is_some_and(|line| line.text.starts_with("@@")) {
            break;
        }
    }
    hunk::is_over(lines)?;
    Ok(hunks)
}

/// The line that stands for lines which were left out.
pub(super) fn not_shown(bytes: usize) -> String {
    format!("Not shown: {bytes} bytes\n")
}

fn is_combined(line: &str) -> bool {
    ["diff --cc ", "diff --combined ", "@@@ -"]
        .iter()
        .any(|start| line.starts_with(start))
}

fn names_follow(lines: &Lines<'_>) -> bool {
    let starts =
        |line: Option<lines::Line<'_>>, with| line.is_some_and(|line| line.text.starts_with(with));
    starts(lines.peek(), "--- ") && starts(lines.peek_second(), "+++ ")
}

/// Files that a plain diff names without what is in them.
fn is_unshown(line: &str) -> bool {
    (line.starts_with("Binary files ") && line.ends_with(" differ"))
        || (line.starts_with("Only in ") && line.contains(": "))
}
