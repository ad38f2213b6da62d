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
    /// The last whole frame, while the next one is under way.
    frame: vt100::Screen,
}

/// Frames that are to be shown whole begin and end with this mode; this is the end.
const SYNCHRONISED: u16 = 2026;
const FRAME_END: &[u8] = b"\x1b[?2026l";

impl Seen {
    /// Takes what came; the answers a terminal would give.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.raw.extend_from_slice(bytes);
        let mut answers = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.windows(FRAME_END.len()).position(|at| at == FRAME_END);
            let (now, later) = rest.split_at(end.map_or(rest.len(), |at| at + FRAME_END.len()));
            self.parser.process(now);
            let cursor = self.parser.screen().cursor_position();
            answers.extend(self.commands.take(now, cursor));
            if !self.is_drawing() {
                self.frame = self.parser.screen().clone();
            }
            rest = later;
        }
        answers
    }

    fn is_drawing(&self) -> bool {
        self.commands.heard().on().contains(&SYNCHRONISED)
    }

    pub fn resize(&mut self, cols: NonZeroU16, rows: NonZeroU16) {
        self.parser.set_size(rows, cols);
        self.frame = self.parser.screen().clone();
    }

    /// What a person sees.
    pub fn screen(&self) -> Screen {
        Screen::new(&self.frame)
    }
}

/// What came, with news of it for those who wait.
pub(super) struct Shared {
    seen: Mutex<Seen>,
    pub news: Condvar,
}

impl Shared {
    pub fn new(cols: NonZeroU16, rows: NonZeroU16) -> Self {
        let parser = vt100::Parser::new(rows, cols, 0);
        let seen = Seen {
            frame: parser.screen().clone(),
            parser,
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
