//! The text in which reviewers see a change: each line with its number and mark.
//!
//! ```text
//! === src/shop.rs (modified)
//! @@ new lines 12-14, old lines 12-13 @@ fn total()
//!  12  |    let mut sum = 0;
//!  13 -|    sum += price;
//!  13 +|    sum += price * count;
//!  14 +|    check(sum);
//! ```
//!
//! A removed line has its number of before, every other one that of after. Whatever a file holds stands behind a
//! bar, so that no line of it can pass for one of ours.

use std::fmt::Write as _;

use super::{
    Change, Content, Diff, FileChange, Hunk, Line, LineEnd, NotShown, Numbered, Span, path,
};

/// Shown for a carriage return at the end of a line, where not all lines of the change have one.
pub(super) const RETURN: char = '␍';

/// The same text for the same diff, in the order of its files.
pub fn annotate(diff: &Diff<'_>) -> String {
    let mut text = String::new();
    for file in &diff.files {
        annotate_file(&mut text, file);
    }
    text
}

fn annotate_file(text: &mut String, file: &FileChange<'_>) {
    let returns = Returns::of(file);
    let mut words = vec![change(&file.change)];
    words.extend(modes(file));
    match &file.content {
        Content::NotShown(NotShown::Binary) => words.push("binary, not shown".to_owned()),
        Content::NotShown(NotShown::TooLarge { bytes }) => {
            words.push(format!("too large, not shown: {bytes} bytes"));
        }
        Content::Text(hunks) if hunks.is_empty() => words.push("no changed lines".to_owned()),
        Content::Text(_) => {}
    }
    if returns == Returns::All {
        words.push("lines end with CRLF".to_owned());
    }
    push(
        text,
        format_args!("=== {} ({})\n", path::shown(file.path()), words.join(", ")),
    );
    for hunk in file.hunks() {
        annotate_hunk(text, hunk, returns);
    }
}

fn annotate_hunk(text: &mut String, hunk: &Hunk<'_>, returns: Returns) {
    let (new, old) = (span("new", hunk.new), span("old", hunk.old));
    let head = format!("@@ {new}, {old} @@ {}", hunk.section);
    push(text, format_args!("{}\n", head.trim_end()));
    let width = hunk.old.end().max(hunk.new.end()).to_string().len();
    for (numbered, line) in hunk.numbered() {
        let (number, mark) = match numbered {
            Numbered::Both { new, .. } => (new, ' '),
            Numbered::New(new) => (new, '+'),
            Numbered::Old(old) => (old, '-'),
        };
        push(
            text,
            format_args!("{number:>width$} {mark}|{}\n", returns.shown(line)),
        );
        if line.end == LineEnd::NoNewline {
            push(
                text,
                format_args!("{:>width$} \\|no newline at the end\n", ""),
            );
        }
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(line);
}

fn change(change: &Change) -> String {
    match change {
        Change::Added { .. } => "added".to_owned(),
        Change::Deleted { .. } => "deleted".to_owned(),
        Change::Modified { .. } => "modified".to_owned(),
        Change::Renamed { from, .. } => format!("renamed from {}", path::shown(from)),
        Change::Copied { from, .. } => format!("copied from {}", path::shown(from)),
    }
}

/// What is worth saying of the modes: what changes, and what is no ordinary file.
fn modes(file: &FileChange<'_>) -> Option<String> {
    let kind = |mode: &str| match mode {
        "100644" => "ordinary file".to_owned(),
        "100755" => "executable".to_owned(),
        "120000" => "symbolic link".to_owned(),
        "160000" => "submodule".to_owned(),
        other => format!("mode {}", path::shown(other)),
    };
    match (file.modes.old, file.modes.new) {
        (Some(old), Some(new)) => Some(format!("{} becomes {}", kind(old), kind(new))),
        (Some("100644") | None, None) | (None, Some("100644")) => None,
        (Some(one), None) | (None, Some(one)) => Some(kind(one)),
    }
}

fn span(side: &str, span: Span) -> String {
    match span.count {
        0 => format!("no {side} lines"),
        1 => format!("{side} line {}", span.first),
        _ => format!("{side} lines {}-{}", span.first, span.end() - 1),
    }
}

/// Which lines of a change end with a carriage return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Returns {
    None,
    All,
    Some,
}

impl Returns {
    fn of(file: &FileChange<'_>) -> Self {
        let mut lines = file.hunks().iter().flat_map(|hunk| &hunk.lines);
        let has = |line: &Line<'_>| line.text.ends_with('\r');
        match lines.next() {
            None => Self::None,
            Some(first) => match (has(first), lines.all(|line| has(line) == has(first))) {
                (true, true) => Self::All,
                (false, true) => Self::None,
                (_, false) => Self::Some,
            },
        }
    }

    fn shown(self, line: &Line<'_>) -> String {
        match self {
            Self::Some if line.text.ends_with('\r') => format!("{}{RETURN}", line.shown()),
            Self::All | Self::None | Self::Some => line.shown().to_owned(),
        }
    }
}

/// A line as above without its number and mark; `None` if it is not one.
pub(super) fn without_gutter(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = rest[digits..].strip_prefix(' ')?;
    let rest = rest.strip_prefix([' ', '+', '-']).filter(|_| digits > 0)?;
    rest.strip_prefix('|')
}
