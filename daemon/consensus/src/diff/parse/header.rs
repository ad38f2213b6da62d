//! What stands above the hunks of a file: names, modes, and that it is binary.

use super::super::{
    Change, Modes, NotShown,
    error::{DiffError, shown},
    path,
};
use super::lines::{Line, Lines};

const NOWHERE: &str = "/dev/null";

/// What a header says, as it says it.
#[derive(Debug)]
pub(super) struct Header<'a> {
    first: Line<'a>,
    /// Of `diff --git`.
    pair: Option<(String, String)>,
    /// Of `---` and `+++`.
    names: Option<(String, String)>,
    moved: Moved,
    from: Option<String>,
    to: Option<String>,
    life: Life,
    modes: Modes<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    No,
    Renamed,
    Copied,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Goes,
    Begins,
    Ends,
}

impl<'a> Header<'a> {
    /// Of git: `diff --git` and the lines below it.
    pub(super) fn git(lines: &mut Lines<'a>) -> Result<Self, DiffError> {
        let mut header = Self::empty(lines)?;
        let words = header.first.head();
        header.pair = words.strip_prefix("diff --git ").and_then(path::pair);
        lines.next();
        while let Some(line) = lines.peek() {
            if line.text.starts_with("--- ") {
                header.names(lines)?;
                break;
            }
            if !header.extended(line)? {
                break;
            }
            lines.next();
        }
        Ok(header)
    }

    /// Of other programs: the two names, and nothing else.
    pub(super) fn plain(lines: &mut Lines<'a>) -> Result<Self, DiffError> {
        let mut header = Self::empty(lines)?;
        header.names(lines)?;
        Ok(header)
    }

    fn empty(lines: &Lines<'a>) -> Result<Self, DiffError> {
        Ok(Self {
            first: lines.peek().ok_or(DiffError::NoDiff)?,
            pair: None,
            names: None,
            moved: Moved::No,
            from: None,
            to: None,
            life: Life::Goes,
            modes: Modes::default(),
        })
    }

    /// Whether hunks follow.
    pub(super) fn has_names(&self) -> bool {
        self.names.is_some()
    }

    pub(super) fn modes(&self) -> Modes<'a> {
        self.modes
    }

    /// Takes one of git's own lines, if it is one.
    fn extended(&mut self, line: Line<'a>) -> Result<bool, DiffError> {
        let text = line.head();
        let name = |words: &str| path::plain(words).ok_or_else(|| no_paths(line));
        if let Some(mode) = text.strip_prefix("new file mode ") {
            (self.life, self.modes.new) = (Life::Begins, Some(mode));
        } else if let Some(mode) = text.strip_prefix("deleted file mode ") {
            (self.life, self.modes.old) = (Life::Ends, Some(mode));
        } else if let Some(mode) = text.strip_prefix("old mode ") {
            self.modes.old = Some(mode);
        } else if let Some(mode) = text.strip_prefix("new mode ") {
            self.modes.new = Some(mode);
        } else if let Some(words) = text.strip_prefix("rename from ") {
            (self.moved, self.from) = (Moved::Renamed, Some(name(words)?));
        } else if let Some(words) = text.strip_prefix("rename to ") {
            (self.moved, self.to) = (Moved::Renamed, Some(name(words)?));
        } else if let Some(words) = text.strip_prefix("copy from ") {
            (self.moved, self.from) = (Moved::Copied, Some(name(words)?));
        } else if let Some(words) = text.strip_prefix("copy to ") {
            (self.moved, self.to) = (Moved::Copied, Some(name(words)?));
        } else {
            let known = ["index ", "similarity index ", "dissimilarity index "];
            return Ok(known.iter().any(|start| text.starts_with(start)));
        }
        Ok(true)
    }

    fn names(&mut self, lines: &mut Lines<'a>) -> Result<(), DiffError> {
        let mut name = |mark: &str| {
            let line = lines.next().unwrap_or(self.first);
            let words = line.head().strip_prefix(mark);
            words.and_then(path::plain).ok_or_else(|| no_paths(line))
        };
        self.names = Some((name("--- ")?, name("+++ ")?));
        Ok(())
    }

    /// Byte at which the header begins.
    pub(super) fn start(&self) -> usize {
        self.first.at
    }

    pub(super) fn change(&self) -> Result<Change, DiffError> {
        let change = match (self.moved, self.from.clone(), self.to.clone()) {
            (Moved::Renamed, Some(from), Some(to)) => Change::Renamed { from, to },
            (Moved::Copied, Some(from), Some(to)) => Change::Copied { from, to },
            (Moved::Renamed | Moved::Copied, _, _) => return Err(no_paths(self.first)),
            (Moved::No, _, _) => self.stays()?,
        };
        self.agree(&change)?;
        Ok(change)
    }

    fn stays(&self) -> Result<Change, DiffError> {
        let names = self.names.as_ref().map(|(old, new)| (&**old, &**new));
        let pair = self.pair.as_ref().map(|(old, new)| (&**old, &**new));
        let path = |old: &str, new: &str| {
            let one = path::unprefixed(old, new).or_else(|| (old == new).then_some(old));
            one.map(str::to_owned).ok_or_else(|| no_paths(self.first))
        };
        let life = match (self.life, names) {
            (Life::Goes, Some((NOWHERE, _))) => Life::Begins,
            (Life::Goes, Some((_, NOWHERE))) => Life::Ends,
            (life, _) => life,
        };
        let path = match (pair, names) {
            (None, Some((NOWHERE, only) | (only, NOWHERE))) if only != NOWHERE => {
                path::without_prefix(only).to_owned()
            }
            (Some((old, new)), _) | (None, Some((old, new))) => path(old, new)?,
            (None, None) => return Err(no_paths(self.first)),
        };
        Ok(match life {
            Life::Begins => Change::Added { path },
            Life::Ends => Change::Deleted { path },
            Life::Goes => Change::Modified { path },
        })
    }

    /// The names above the hunks must be those of the header: a reader of one is not to be told about another.
    fn agree(&self, change: &Change) -> Result<(), DiffError> {
        let (old, new) = match change {
            Change::Added { path } => (NOWHERE, path.as_str()),
            Change::Deleted { path } => (path.as_str(), NOWHERE),
            Change::Modified { path } => (path.as_str(), path.as_str()),
            Change::Renamed { from, to } | Change::Copied { from, to } => (&**from, &**to),
        };
        let Some(names) = &self.names else {
            return Ok(());
        };
        for (expected, found) in [(old, &names.0), (new, &names.1)] {
            if found != expected && path::without_prefix(found) != expected {
                return Err(DiffError::OtherPath {
                    line: self.first.number,
                    expected: shown(expected),
                    found: shown(found),
                });
            }
        }
        Ok(())
    }
}

/// Why no lines follow a header; none if they do, or if none changes.
pub(super) fn not_shown(lines: &mut Lines<'_>) -> Option<NotShown> {
    let text = lines.peek()?.head();
    let bytes = text
        .strip_prefix("Not shown: ")
        .and_then(|words| words.strip_suffix(" bytes")?.parse().ok());
    if let Some(bytes) = bytes {
        lines.next();
        return Some(NotShown::TooLarge { bytes });
    }
    if text.starts_with("Binary files ") && text.ends_with(" differ") {
        lines.next();
        return Some(NotShown::Binary);
    }
    if text != "GIT binary patch" {
        return None;
    }
    lines.next();
    while lines.peek().is_some_and(|line| is_data(line.head())) {
        lines.next();
    }
    Some(NotShown::Binary)
}

fn no_paths(line: Line<'_>) -> DiffError {
    DiffError::Paths {
        line: line.number,
        found: shown(line.text),
    }
}

/// A line of a binary patch: a size, base 85, or the blank one that ends a part.
fn is_data(line: &str) -> bool {
    let sized = ["literal ", "delta "]
        .iter()
        .find_map(|word| line.strip_prefix(word));
    match sized {
        Some(size) => size.bytes().all(|byte| byte.is_ascii_digit()),
        None => line.bytes().all(|byte| byte.is_ascii_graphic()) && line.len() <= 66,
    }
}
