//! What came from the program in a terminal so far.

use std::{
    num::NonZeroU16,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{Job, Screen, commands::Follower};

/// See the module.
pub(super) struct Seen {
    pub parser: vt100::Parser,
    pub commands: Follower,
    pub raw: Vec<u8>,
    pub job: Job,
    /// Nobody has the terminal open any more.
    pub hung_up: bool,
}

impl Seen {
    pub fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
        self.commands
            .take(bytes, self.parser.screen().cursor_position())
    }

    pub fn screen(&self) -> Screen {
        Screen::new(self.parser.screen())
    }
}

/// What came, with news of it for those who wait.
pub(super) struct Shared {
    seen: Mutex<Seen>,
    pub news: Condvar,
}

impl Shared {
    pub fn new(cols: NonZeroU16, rows: NonZeroU16) -> Self {
        let seen = Seen {
            parser: vt100::Parser::new(rows, cols, 0),
            commands: Follower::default(),
            raw: Vec::new(),
            job: Job::Starting,
            hung_up: false,
        };
        Self {
            seen: Mutex::new(seen),
            news: Condvar::new(),
        }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        // A test that fails while it looks has its own say already.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        let made = change(&mut self.seen());
        self.news.notify_all();
        made
    }
}
