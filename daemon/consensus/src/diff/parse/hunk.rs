//! One hunk: its header, and as many lines as that says.

use super::super::{
    Hunk, Line, LineEnd, Mark, Span,
    error::{DiffError, shown},
};
use super::{lines::Lines, names_follow};

pub(super) fn read<'a>(
    lines: &mut Lines<'a>,
    before: Option<&Hunk<'_>>,
) -> Result<Hunk<'a>, DiffError> {
    let Some(line) = lines.next() else {
        return Err(DiffError::HunkShorter { missing: 1 });
    };
    if line.text.starts_with("@@@") {
        return Err(DiffError::Combined { line: line.number });
    }
    let Some((old, new, section)) = header(line.head()) else {
        let found = shown(line.text);
        return Err(DiffError::HunkHeader {
            line: line.number,
            found,
        });
    };
    if before.is_some_and(|b| old.first < b.old.end() || new.first < b.new.end()) {
        return Err(DiffError::HunkOrder { line: line.number });
    }
    let lines = body(lines, old.count, new.count)?;
    Ok(Hunk {
        old,
        new,
        section,
        lines,
    })
}

/// What is right behind the last hunk is no further line of it.
pub(super) fn is_over(lines: &Lines<'_>) -> Result<(), DiffError> {
    let Some(line) = lines.peek() else {
        return Ok(());
    };
    // The end of a mail that git wrote.
    let signature = matches!(line.head(), "-- " | "--");
    let could_be_one = line.text.starts_with([' ', '+', '-', '\\']);
    if could_be_one && !signature && !names_follow(lines) {
        let found = shown(line.text);
        return Err(DiffError::HunkLonger {
            line: line.number,
            found,
        });
    }
    Ok(())
}

fn header(line: &str) -> Option<(Span, Span, &str)> {
    let (spans, section) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = spans.split_once(" +")?;
    Some((span(old)?, span(new)?, section.trim()))
}

fn span(words: &str) -> Option<Span> {
    let number = |word: &str| {
        let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| word.parse::<u32>().ok()).flatten()
    };
    let (first, count) = match words.split_once(',') {
        Some((first, count)) => (number(first)?, number(count)?),
        None => (number(words)?, 1),
    };
    // Git says of an empty span what it stands behind.
    let first = match (first, count) {
        (0, 1..) => return None,
        (first, 0) => first.checked_add(1)?,
        (first, _) => first,
    };
    first.checked_add(count)?;
    Some(Span { first, count })
}

fn body<'a>(lines: &mut Lines<'a>, old: u32, new: u32) -> Result<Vec<Line<'a>>, DiffError> {
    let (mut old, mut new) = (old, new);
    let mut read: Vec<Line<'a>> = Vec::new();
    loop {
        let next = lines.peek();
        if next.is_some_and(|line| line.text.starts_with("\\ "))
            && let Some(last) = read.last_mut()
        {
            last.end = LineEnd::NoNewline;
            lines.next();
            continue;
        }
        if old == 0 && new == 0 {
            return Ok(read);
        }
        let Some(line) = next else {
            let missing = u64::from(old.max(new));
            return Err(DiffError::HunkShorter { missing });
        };
        let (mark, skip) = match line.text.as_bytes().first() {
            Some(b' ') => (Some(Mark::Context), 1),
            Some(b'+') => (Some(Mark::Added), 1),
            Some(b'-') => (Some(Mark::Removed), 1),
            // An empty line whose one space an editor took away.
            None | Some(b'\r') if line.head().is_empty() => (Some(Mark::Context), 0),
            _ => (None, 0),
        };
        let left = match mark {
            Some(Mark::Context) => old.checked_sub(1).zip(new.checked_sub(1)),
            Some(Mark::Added) => Some(old).zip(new.checked_sub(1)),
            Some(Mark::Removed) => old.checked_sub(1).zip(Some(new)),
            None => None,
        };
        let (Some(mark), Some(left)) = (mark, left) else {
            let found = shown(line.text);
            return Err(DiffError::HunkLine {
                line: line.number,
                found,
            });
        };
        (old, new) = left;
        read.push(Line {
            mark,
            text: &line.text[skip..],
            at: line.at + skip,
            end: LineEnd::Newline,
        });
        lines.next();
    }
}
