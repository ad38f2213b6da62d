//! A pseudo terminal and the job in it: starting it through `in-terminal`, and how it fares.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    num::NonZeroU16,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

/// How the job fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    Starting,
    Running { pid: i32 },
    Stopped { pid: i32, signal: i32 },
    Exited { code: i32 },
    Signalled { signal: i32 },
}

impl Job {
    /// What it is after a line of `in-terminal`'s.
    pub(super) fn after(self, line: &str) -> Self {
        let (word, number) = line.split_once(' ').unwrap_or((line, "0"));
        let number = number.parse().expect("a number");
        match word {
            "pid" => Self::Running { pid: number },
            "stopped" => Self::Stopped {
                pid: self.pid().expect("a job that was started"),
                signal: number,
            },
            "continued" => Self::Running {
                pid: self.pid().expect("a job that was started"),
            },
            "exited" => Self::Exited { code: number },
            "signalled" => Self::Signalled { signal: number },
            other => panic!("not a word of in-terminal's: {other}"),
        }
    }

    pub fn pid(self) -> Option<i32> {
        match self {
            Self::Running { pid } | Self::Stopped { pid, .. } => Some(pid),
            Self::Starting | Self::Exited { .. } | Self::Signalled { .. } => None,
        }
    }

    pub fn has_ended(self) -> bool {
        matches!(self, Self::Exited { .. } | Self::Signalled { .. })
    }
}

/// The side of a pseudo terminal at which people sit.
pub(super) struct Pty {
    pub master: File,
    slave: PathBuf,
}

impl Pty {
    pub fn open(cols: NonZeroU16, rows: NonZeroU16) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("a pseudo terminal");
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let pty = Self {
            slave: name.into_string().unwrap().into(),
            master: File::from(master),
        };
        pty.resize(cols, rows);
        pty
    }

    /// The kernel signals the foreground job, if the size is another.
    pub fn resize(&self, cols: NonZeroU16, rows: NonZeroU16) {
        let size = Winsize {
            ws_row: rows.get(),
            ws_col: cols.get(),
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.master, size).unwrap();
    }

    /// Starts `command` as this terminal's foreground job.
    pub fn start(&self, shell: &std::path::Path, command: &Command) -> (Child, ChildStdout) {
        // A terminal's shell hears that its window was closed, also if whoever runs the tests does not (nohup).
        let mut all = Command::new("/usr/bin/env");
        all.arg("--default-signal=HUP")
            .arg(shell)
            .arg(&self.slave)
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                all.env(name, value);
            }
        }
        if let Some(dir) = command.get_current_dir() {
            all.current_dir(dir);
        }
        all.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = all.spawn().expect("in-terminal starts");
        let told = child.stdout.take().unwrap();
        (child, told)
    }
}

/// What `in-terminal` tells, line by line.
pub(super) fn lines(told: ChildStdout) -> impl Iterator<Item = String> {
    BufReader::new(told).lines().map_while(Result::ok)
}
