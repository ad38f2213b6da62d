//! Opening a terminal: its size, its environment, the program in it, and the threads that follow what comes of it.

use std::{
    ffi::{OsStr, OsString},
    io::{Read as _, Write as _},
    num::NonZeroU16,
    path::PathBuf,
    process::Command,
    sync::Arc,
    thread,
};

use rustix::termios::tcgetattr;

use super::{
    Terminal,
    job::{self, Pty},
    seen::Shared,
};
use crate::World;

/// A terminal to be opened.
#[derive(Debug)]
pub struct Opening {
    command: Command,
    shell: PathBuf,
    cols: u16,
    rows: u16,
}

impl World {
    /// A terminal with `synod` in it, and no arguments: its user interface.
    pub fn terminal(&self) -> Opening {
        self.terminal_with(Vec::<OsString>::new())
    }

    /// A terminal with `synod` and these arguments in it. It has 120 columns, 40 rows and 256 colours.
    pub fn terminal_with<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Opening {
        self.terminal_of(self.synod_command(args))
    }

    /// A terminal with any program in it.
    pub fn terminal_of(&self, mut command: Command) -> Opening {
        command.env("TERM", "xterm-256color");
        Opening {
            command,
            shell: self.programs().in_terminal.clone(),
            cols: 120,
            rows: 40,
        }
    }
}

impl Opening {
    #[must_use]
    pub fn size(mut self, cols: u16, rows: u16) -> Self {
        (self.cols, self.rows) = (cols, rows);
        self
    }

    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Opens it and starts the program.
    #[must_use]
    pub fn open(self) -> Terminal {
        let (cols, rows) = sides(self.cols, self.rows);
        let pty = Pty::open(cols, rows);
        let before = tcgetattr(&pty.master).unwrap();
        let shared = Arc::new(Shared::new(cols, rows));
        let (shell, told) = pty.start(&self.shell, &self.command);
        let mut from = pty.master.try_clone().unwrap();
        let to = Arc::clone(&shared);
        thread::spawn(move || {
            let mut bytes = vec![0; 64 * 1024];
            // An error is the end: nobody has the other side open any more.
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                let answers = to.change(|seen| seen.take(&bytes[..read]));
                let _ = from.write_all(&answers);
            }
            to.change(|seen| seen.hung_up = true);
        });
        let to = Arc::clone(&shared);
        thread::spawn(move || {
            for line in job::lines(told) {
                to.change(|seen| seen.job = seen.job.after(&line));
            }
        });
        Terminal {
            pty,
            shell,
            before,
            shared,
        }
    }
}

pub(super) fn sides(cols: u16, rows: u16) -> (NonZeroU16, NonZeroU16) {
    let side = |n| NonZeroU16::new(n).expect("a terminal of at least one cell");
    (side(cols), side(rows))
}
