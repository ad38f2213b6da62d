//! What just happened: a few lines that go by themselves.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::render::Tone;

/// How long one stays at least, in seconds.
const STAYS: i64 = 6;
/// Letters that keep it a second longer, and how many seconds those add at most.
const LETTERS: usize = 40;
const LONGER: usize = 8;
/// Most that are shown at a time; further ones are counted.
const MOST: usize = 3;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The words, safe to show.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
    until: Timestamp,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Toasts {
    shown: VecDeque<Toast>,
    /// How many did not fit.
    pub more: usize,
}

impl Toasts {
    /// Adds one. `text` must be safe to show.
    pub fn add(&mut self, text: impl Into<String>, tone: Tone, now: Timestamp) {
        let text = text.into();
        let until = end(&text, now);
        self.shown.push_back(Toast { text, tone, until });
        if self.shown.len() > MOST {
            self.shown.pop_front();
            self.more += 1;
        }
    }

    /// Takes those away whose time is over. None stays for longer because the clock was set back.
    pub fn expire(&mut self, now: Timestamp) {
        for toast in &mut self.shown {
            toast.until = toast.until.min(end(&toast.text, now));
        }
        self.shown.retain(|toast| toast.until > now);
        if self.shown.is_empty() {
            self.more = 0;
        }
    }

    /// Those to show, oldest first.
    pub fn shown(&self) -> impl Iterator<Item = &Toast> {
        self.shown.iter()
    }

    /// When the next one goes.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.shown.iter().map(|toast| toast.until).min()
    }
}

/// When words that are shown from now on go.
fn end(text: &str, now: Timestamp) -> Timestamp {
    let longer = (text.chars().count() / LETTERS).min(LONGER);
    let stays = STAYS + i64::try_from(longer).unwrap_or(0);
    let stays = SignedDuration::from_secs(stays);
    now.checked_add(stays).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_keeps_no_toast_for_longer() {
        let now = Timestamp::UNIX_EPOCH;
        let hour = SignedDuration::from_hours(1);
        let mut toasts = Toasts::default();
        toasts.add("done", Tone::Plain, now + hour);
        toasts.expire(now);
        let stays = SignedDuration::from_secs(STAYS);
        assert_eq!(toasts.next_end(), Some(now + stays));
        toasts.expire(now + stays);
        assert_eq!(toasts.shown().count(), 0);
    }
}
