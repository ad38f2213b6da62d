//! Where a file is taken apart: behind each line feed, and inside lines that are longer than a bound. From any
//! byte the parts around it are found by looking at a bounded number of bytes before and behind it, and they are
//! the same parts from whichever side one comes.
//!
//! The file is laid on a grid of cells. Where a cell has no line feed at all, its line is broken a little behind
//! the cell's end: at the first place where no character and no escape sequence is under way. What is under way
//! there is told by reading that one cell; a sequence is shorter than a cell, and where the reading begins inside
//! one, it is in step again behind the next escape character at the latest.

use synod_shared::sanitize::Sanitizer;

use super::pages::{Need, Source};

/// Bytes of a cell. Longer than the longest sequence the sanitizer takes for one (4096 characters of 4 bytes),
/// so that a break always lies in the cell behind.
pub const CELL: u64 = 32 * 1024;

/// A part of a file: a line, or a piece of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The first byte.
    pub start: u64,
    /// The first byte of the next one.
    pub end: u64,
    /// What it begins as.
    pub begins: Begins,
    /// What it ends with.
    pub ends: Ends,
}

/// What a segment begins as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// A line.
    Line,
    /// A piece of a line that began before.
    Within,
}

/// What a segment ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// A line feed.
    LineFeed,
    /// A break in a long line.
    Break,
    /// The end of what is there: more may come.
    Open,
}

/// The segment that a byte belongs to; there must be that byte.
pub fn around(source: &impl Source, at: u64) -> Result<Segment, Need> {
    let (start, begins) = start(source, at)?;
    let (end, ends) = end(source, start)?;
    Ok(Segment {
        start,
        end,
        begins,
        ends,
    })
}

/// The segment that begins here; a byte must be there, and a segment begin at it.
pub fn beginning(source: &impl Source, start: u64, begins: Begins) -> Result<Segment, Need> {
    let (end, ends) = end(source, start)?;
    Ok(Segment {
        start,
        end,
        begins,
        ends,
    })
}

/// Its text, harmless, with the line feed it ends with.
pub fn text(source: &impl Source, segment: &Segment) -> Result<String, Need> {
    let mut sanitizer = Sanitizer::default();
    let mut text = String::new();
    let mut at = segment.start;
    while at < segment.end {
        let bytes = source.from(at)?;
        let bytes = cut(bytes, segment.end - at);
        text.push_str(&sanitizer.push(bytes));
        at += bytes.len() as u64;
    }
    text.push_str(&sanitizer.finish());
    Ok(text)
}

fn cut(bytes: &[u8], most: u64) -> &[u8] {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    bytes.get(..most).unwrap_or(bytes)
}

fn start(source: &impl Source, at: u64) -> Result<(u64, Begins), Need> {
    let cell = at / CELL * CELL;
    if let Some(feed) = last_feed(source, cell, at)? {
        return Ok((feed + 1, Begins::Line));
    }
    if cell == 0 {
        return Ok((0, Begins::Line));
    }
    let before = cell - CELL;
    if let Some(feed) = last_feed(source, before, cell)? {
        return Ok((feed + 1, Begins::Line));
    }
    if let Some(found) = break_behind(source, before)?.filter(|found| *found <= at) {
        return Ok((found, Begins::Within));
    }
    if before == 0 {
        return Ok((0, Begins::Line));
    }
    if let Some(feed) = last_feed(source, before - CELL, before)? {
        return Ok((feed + 1, Begins::Line));
    }
    // The cell in between has no line feed, so the break is there.
    let found = break_behind(source, before - CELL)?;
    Ok((found.unwrap_or(before), Begins::Within))
}

fn end(source: &impl Source, start: u64) -> Result<(u64, Ends), Need> {
    let mut cell = start / CELL * CELL;
    let mut from = start;
    // At most three cells: the second one's break, or the third's, ends it.
    loop {
        let next = cell + CELL;
        if let Some(feed) = first_feed(source, from, next)? {
            return Ok((feed + 1, Ends::LineFeed));
        }
        if source.end() <= next {
            return Ok((source.end(), Ends::Open));
        }
        if last_feed(source, cell, start.max(cell))?.is_none()
            && let Some(found) = break_behind(source, cell)?
        {
            return Ok((found, Ends::Break));
        }
        cell = next;
        from = next;
    }
}

/// The break in the cell that follows this one, in which there is no line feed. None if the line ends before it.
fn break_behind(source: &impl Source, cell: u64) -> Result<Option<u64>, Need> {
    let next = cell + CELL;
    let mut sanitizer = Sanitizer::default();
    let mut at = after_continuation(source, cell)?;
    while at < next {
        let bytes = cut(source.from(at)?, next - at);
        // Only what is under way at the end matters.
        let _ = sanitizer.push(bytes);
        at += bytes.len() as u64;
    }
    loop {
        if at >= source.end() {
            return Ok(None);
        }
        let byte = byte(source, at)?;
        if byte == b'\n' {
            return Ok(None);
        }
        let safe = sanitizer.is_settled() && !joins(source, at)?;
        if safe || at + 1 == next + CELL {
            return Ok(Some(at));
        }
        let _ = sanitizer.push(&[byte]);
        at += 1;
    }
}

/// Behind the bytes that belong to a character which began before.
fn after_continuation(source: &impl Source, from: u64) -> Result<u64, Need> {
    let mut at = from;
    while from > 0 && at < from + 3 && (0x80..0xc0).contains(&byte(source, at)?) {
        at += 1;
    }
    Ok(at)
}

/// Whether a joiner stands here, whose look depends on the character before.
fn joins(source: &impl Source, at: u64) -> Result<bool, Need> {
    if byte(source, at)? != 0xe2 || at + 2 >= source.end() {
        return Ok(false);
    }
    Ok(byte(source, at + 1)? == 0x80 && matches!(byte(source, at + 2)?, 0x8c | 0x8d))
}

fn byte(source: &impl Source, at: u64) -> Result<u8, Need> {
    source.from(at)?.first().copied().ok_or(Need(at))
}

fn first_feed(source: &impl Source, from: u64, to: u64) -> Result<Option<u64>, Need> {
    let to = to.min(source.end());
    let mut at = from;
    while at < to {
        let bytes = cut(source.from(at)?, to - at);
        if let Some(index) = bytes.iter().position(|byte| *byte == b'\n') {
            return Ok(Some(at + index as u64));
        }
        at += bytes.len() as u64;
    }
    Ok(None)
}

fn last_feed(source: &impl Source, from: u64, to: u64) -> Result<Option<u64>, Need> {
    let mut at = to;
    while at > from {
        let bytes = source.until(at)?;
        let most = usize::try_from(at - from).unwrap_or(usize::MAX);
        let bytes = &bytes[bytes.len().saturating_sub(most)..];
        if let Some(index) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(Some(at - (bytes.len() - index) as u64));
        }
        at -= bytes.len() as u64;
    }
    Ok(None)
}
