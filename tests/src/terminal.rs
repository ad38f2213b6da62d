//! A terminal for tests: a pseudo terminal with a real program in it, the keyboard before it and the screen that
//! people would see. Nothing here waits for time: what a test waits for, it says.

mod commands;
mod job;
mod keys;
mod opening;
mod screen;
mod seen;

pub use commands::Commands;
pub use job::Job;
pub use keys::Key;
pub use opening::Opening;
pub use screen::Screen;

use std::{
    io::Write as _,
    process::Child,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::Signal,
    termios::{Termios, tcgetattr},
};

use crate::{DEADLINE, eventually, processes};
use job::Pty;
use opening::sides;
use seen::{Seen, Shared};

/// See the module. Dropped, it is closed like a window: the program in it is hung up, and killed.
pub struct Terminal {
    pty: Pty,
    shell: Child,
    before: Termios,
    shared: Arc<Shared>,
}

impl Terminal {
    /// Types characters.
    #[track_caller]
    pub fn press(&self, characters: &str) {
        assert!(
            !characters.chars().any(char::is_control),
            "keys that are no characters have names"
        );
        self.send(characters.as_bytes());
    }

    /// Presses a key that is no character.
    #[track_caller]
    pub fn press_key(&self, key: Key) {
        self.send(&key.bytes());
    }

    /// Pastes text: in brackets, if the program has asked for them.
    #[track_caller]
    pub fn paste(&self, text: &str) {
        let brackets = self.shared.seen().parser.screen().bracketed_paste();
        if brackets {
            self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
        } else {
            self.send(text.as_bytes());
        }
    }

    /// Bytes as the keyboard sends them.
    #[track_caller]
    pub fn send(&self, mut bytes: &[u8]) {
        let deadline = Instant::now() + DEADLINE;
        while !bytes.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            let wait = Timespec::try_from(left).unwrap();
            let mut ready = [PollFd::new(&self.pty.master, PollFlags::OUT)];
            let count = poll(&mut ready, Some(&wait)).unwrap();
            assert!(count > 0, "the program reads no keys:\n{}", self.screen());
            // Little at a time: what is not read would block us.
            let (now, later) = bytes.split_at(bytes.len().min(64));
            (&self.pty.master).write_all(now).unwrap();
            bytes = later;
        }
    }

    /// Makes it another size, and the program is told so.
    pub fn resize(&self, cols: u16, rows: u16) {
        let (cols, rows) = sides(cols, rows);
        // The screen first: what the program draws for the new size must not meet the old one.
        self.shared.change(|seen| seen.resize(cols, rows));
        self.pty.resize(cols, rows);
    }

    /// What stands on the screen now: the last whole frame. A test that wants something to be there waits for it.
    pub fn screen(&self) -> Screen {
        self.shared.seen().screen()
    }

    /// Every byte that reached the terminal so far.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.seen().raw.clone()
    }

    /// What it was told beside text.
    pub fn commands(&self) -> Commands {
        self.shared.seen().commands.heard().clone()
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Screen) -> bool) -> Screen {
        self.wait(what, |seen| {
            let screen = seen.screen();
            wanted(&screen).then_some(screen)
        })
    }

    /// Waits until a row holds this text.
    #[track_caller]
    pub fn wait_text(&self, text: &str) -> Screen {
        self.wait_for(text, |screen| screen.has(text))
    }

    /// Waits until no row holds this text.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) -> Screen {
        self.wait_for(&format!("{text:?} gone"), |screen| !screen.has(text))
    }

    /// Waits until the job fares like this.
    #[track_caller]
    pub fn wait_job(&self, what: &str, wanted: impl Fn(Job) -> bool) -> Job {
        self.wait(what, |seen| wanted(seen.job).then_some(seen.job))
    }

    /// Waits for the program's end, and until all that it wrote has come.
    #[track_caller]
    pub fn wait_exit(&self) -> Job {
        self.wait("the program's end", |seen| {
            (seen.hung_up && seen.job.has_ended()).then_some(seen.job)
        })
    }

    /// How the job fares.
    pub fn job(&self) -> Job {
        self.shared.seen().job
    }

    /// The pid of the program, which must live.
    #[track_caller]
    pub fn pid(&self) -> i32 {
        let job = self.wait_job("a program that was started", |job| job != Job::Starting);
        job.pid()
            .unwrap_or_else(|| panic!("it has ended: {job:?}\n{}", self.screen()))
    }

    /// Signals the program.
    #[track_caller]
    pub fn kill(&self, signal: Signal) {
        processes::signal(self.pid(), signal);
    }

    /// Closes the window over the program's head, and waits for its end.
    #[track_caller]
    pub fn close(self) {
        let pid = self.pid();
        // The shell is its session's leader: with it the terminal is hung up.
        processes::signal(self.shell.id().cast_signed(), Signal::HUP);
        eventually("the end of a program that was hung up", || {
            (!processes::is_alive(pid)).then_some(())
        });
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, look: impl Fn(&Seen) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        let mut seen = self.shared.seen();
        loop {
            if let Some(found) = look(&seen) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                let (job, screen) = (seen.job, seen.screen());
                // Nobody else is to fail because of a lock that died with us.
                drop(seen);
                panic!("not within {DEADLINE:?}: {what}; the job is {job:?}, the screen\n{screen}");
            }
            seen = self.shared.news.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Whether the kernel's side is as it was before the program: lines, echo, signals from keys.
    pub fn is_cooked(&self) -> bool {
        let now = tcgetattr(&self.pty.master).unwrap();
        let words = |termios: &Termios| {
            (
                termios.input_modes,
                termios.output_modes,
                termios.control_modes,
                termios.local_modes,
            )
        };
        words(&now) == words(&self.before)
    }

    /// What is not as it was before the program: another screen, no cursor, something reported or bracketed, keys
    /// that are no lines.
    pub fn left_behind(&self) -> Vec<String> {
        let seen = self.shared.seen();
        let screen = seen.parser.screen();
        let heard = seen.commands.heard();
        // Of what may be on: lines that wrap, and the cursor.
        let modes = heard.on().into_iter();
        let modes = modes.filter(|mode| ![7, 25].contains(mode));
        let mut left: Vec<String> = modes.map(|mode| format!("mode {mode}")).collect();
        for (what, is_left) in [
            ("another screen", screen.alternate_screen()),
            ("a hidden cursor", screen.hide_cursor()),
            ("a keyboard protocol", heard.keyboards != 0),
            ("another keypad", screen.application_keypad()),
            ("the kernel's modes", !self.is_cooked()),
        ] {
            if is_left {
                left.push(what.to_owned());
            }
        }
        left
    }

    /// The terminal is as it was before the program, which has ended.
    #[track_caller]
    pub fn assert_restored(&self) {
        assert_eq!(self.left_behind(), Vec::<String>::new());
    }

    /// The same for a program that has stopped: what it wrote before may still be on its way.
    #[track_caller]
    pub fn wait_restored(&self) {
        eventually("a terminal given back", || {
            self.left_behind().is_empty().then_some(())
        });
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        match self.job() {
            Job::Running { pid } | Job::Stopped { pid, .. } => {
                processes::signal(pid, Signal::KILL);
            }
            Job::Starting => drop(self.shell.kill()),
            Job::Exited { .. } | Job::Signalled { .. } => {}
        }
        // The shell ends with its job.
        let _ = self.shell.wait();
    }
}
