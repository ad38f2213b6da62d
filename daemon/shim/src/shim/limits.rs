//! The limits of output: the most there may be, and how soon the first byte must come. Measured on
//! the files themselves, seldom enough to cost nothing.

use std::{
    fs::File,
    time::{Duration, Instant},
};

use super::agent::Running;

/// At least this long between two measurements, at most the other.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);
/// What a fast disk takes in a millisecond. As long as the limit cannot be reached sooner, there
/// is no need to look.
const BYTES_PER_MS: u64 = 512 * 1024;
/// Room for the last words of an agent that was asked to end, besides an eighth of the limit.
const LAST_WORDS: u64 = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Within,
    Beyond,
    /// So far that no grace is owed.
    FarBeyond,
}

pub struct OutputMeter<'a> {
    limit: Option<u64>,
    files: [&'a File; 2],
    next: Instant,
    last: u64,
}

impl<'a> OutputMeter<'a> {
    pub const fn new(limit: Option<u64>, running: &'a Running, now: Instant) -> Self {
        Self {
            limit,
            files: [&running.stdout, &running.stderr],
            next: now,
            last: 0,
        }
    }

    /// The level now, or at the last measurement if that is not long ago.
    pub fn level(&mut self, now: Instant) -> Level {
        let Some(limit) = self.limit else {
            return Level::Within;
        };
        if now >= self.next {
            // A file that cannot be measured is as long as it was.
            self.last = written(self.files).max(self.last);
            self.next = now + interval(limit.saturating_sub(self.last));
        }
        level(self.last, limit)
    }

    pub const fn next_look(&self) -> Option<Instant> {
        match self.limit {
            Some(_) => Some(self.next),
            None => None,
        }
    }
}

/// The watch for an agent's first byte: one look, when it is due.
pub struct FirstByte<'a> {
    /// None when there is no such limit, and once something was heard.
    due: Option<Instant>,
    files: [&'a File; 2],
}

impl<'a> FirstByte<'a> {
    pub fn new(limit_ms: Option<u64>, running: &'a Running, begun: Instant) -> Self {
        Self {
            due: limit_ms.and_then(|ms| begun.checked_add(Duration::from_millis(ms))),
            files: [&running.stdout, &running.stderr],
        }
    }

    /// True when the time is up and nothing has come.
    pub fn is_missing(&mut self, now: Instant) -> bool {
        if self.due.is_none_or(|due| now < due) {
            return false;
        }
        let silent = written(self.files) == 0;
        if !silent {
            self.due = None;
        }
        silent
    }

    pub const fn next_look(&self) -> Option<Instant> {
        self.due
    }
}

/// Bytes in both files together.
fn written(files: [&File; 2]) -> u64 {
    let length = |file: &File| file.metadata().map_or(0, |metadata| metadata.len());
    files.into_iter().map(length).sum()
}

const fn level(written: u64, limit: u64) -> Level {
    if written <= limit {
        Level::Within
    } else if written <= limit.saturating_add(limit / 8).saturating_add(LAST_WORDS) {
        Level::Beyond
    } else {
        Level::FarBeyond
    }
}

fn interval(left: u64) -> Duration {
    Duration::from_millis(left / BYTES_PER_MS).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_limit_is_within_it() {
        assert_eq!(level(800, 800), Level::Within);
        assert_eq!(level(801, 800), Level::Beyond);
        assert_eq!(level(800 + 100 + LAST_WORDS, 800), Level::Beyond);
        assert_eq!(level(801 + 100 + LAST_WORDS, 800), Level::FarBeyond);
        assert_eq!(level(u64::MAX, u64::MAX), Level::Within);
    }

    #[test]
    fn far_from_the_limit_it_is_measured_less_often() {
        assert_eq!(interval(0), SHORTEST);
        assert_eq!(interval(BYTES_PER_MS * 300), Duration::from_millis(300));
        assert_eq!(interval(u64::MAX), LONGEST);
    }
}
