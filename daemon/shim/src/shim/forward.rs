//! Speaking to an agent: whole lines of the journal into the pipe that is its standard input.
//!
//! A thread of its own, because an agent that does not read holds up whoever writes. Nobody waits
//! for it: the shim watches, asks, kills and ends whatever it is doing. It understands nothing of
//! what it forwards but [`END`].

use std::{
    fs::File,
    io::{self, PipeWriter, Write},
    os::{fd::OwnedFd, unix::fs::FileExt as _},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};

use rustix::{fs::inotify, io::Errno};

use super::log;
use crate::{dir::RunDir, spec::END, sys};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How often the journal is looked at where nobody tells that it grew.
const POLL: Duration = Duration::from_millis(50);
/// The thread's frames are shallow and its chunk is on the heap.
const STACK: usize = 128 * 1024;

/// A journal and the pipe it is for; made before the agent, forwarded after its start.
pub struct Feed {
    path: PathBuf,
    journal: File,
    pipe: PipeWriter,
}

impl Feed {
    /// Also gives the agent's end of the pipe. Both ends close on exec.
    pub fn of(dir: &RunDir) -> io::Result<(OwnedFd, Self)> {
        let path = dir.stdin();
        let journal = File::open(&path)?;
        let (stdin, pipe) = io::pipe()?;
        let feed = Self {
            path,
            journal,
            pipe,
        };
        Ok((stdin.into(), feed))
    }
}

/// What the shim knows of its agent's input.
pub struct Input {
    closed: Arc<OnceLock<Instant>>,
}

impl Input {
    /// When the journal was at its [`END`] and nothing more could come.
    pub fn closed_at(&self) -> Option<Instant> {
        self.closed.get().copied()
    }
}

/// Begins forwarding. An input that cannot be forwarded, or not any more, is closed: so the agent
/// hears that nothing more comes, instead of waiting for it.
pub fn begin(feed: Feed) -> Input {
    let closed = Arc::new(OnceLock::new());
    let told = Arc::clone(&closed);
    let forwarding = thread::Builder::new()
        .name("forward".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let wait = Wait::on(&feed.path);
            if let Err(error) = forward(&feed.journal, feed.pipe, wait) {
                let journal = feed.path.display();
                log(&format!(
                    "cannot read {journal}: {error}; the agent's input was closed"
                ));
            }
            tell_closed(&told);
        });
    if let Err(error) = forwarding {
        log(&format!(
            "no thread to forward the agent's input ({error}): it was closed"
        ));
        tell_closed(&closed);
    }
    Input { closed }
}

fn tell_closed(closed: &OnceLock<Instant>) {
    closed.get_or_init(Instant::now);
    sys::tell_news();
}

/// Returns when the journal is at its [`END`]. The pipe is closed by then.
///
/// An agent that closed its input is no reason to stop: what it does not want to hear is passed
/// over, and the end still is one. All signals are blocked here, so a broken pipe is an error and
/// no death.
fn forward(journal: &File, pipe: impl Write, mut wait: Wait) -> io::Result<()> {
    let mut pipe = Some(pipe);
    let mut offset = 0;
    loop {
        let Some(lines) = whole_lines(journal, offset)? else {
            wait.for_more();
            continue;
        };
        offset += lines.len() as u64;
        let (said, then) = until_end(&lines);
        if let Some(open) = &mut pipe
            && let Err(error) = open.write_all(said)
        {
            if error.kind() != io::ErrorKind::BrokenPipe {
                log(&format!("cannot write to the agent's input: {error}"));
            }
            pipe = None;
        }
        match then {
            Then::MoreMayCome => {}
            Then::End => return Ok(()),
        }
    }
}

/// What stands there from `offset` on, a line's beginning, up to a line's end; none while there is
/// no whole line.
///
/// Nothing is kept of a torn one: whoever died in the middle of it may come back, cut it off and
/// write another. It is read again when its rest may be there.
fn whole_lines(journal: &File, offset: u64) -> io::Result<Option<Vec<u8>>> {
    let mut lines = Vec::new();
    loop {
        let known = lines.len();
        lines.resize(known + CHUNK, 0);
        let read = match journal.read_at(&mut lines[known..], offset + known as u64) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                lines.truncate(known);
                continue;
            }
            Err(error) => return Err(error),
        };
        lines.truncate(known + read);
        if let Some(last) = lines[known..].iter().rposition(|&byte| byte == b'\n') {
            lines.truncate(known + last + 1);
            if known > 0 {
                // Only now it is sure that the beginning was not cut off after it was read.
                journal.read_exact_at(&mut lines, offset)?;
            }
            return Ok(Some(lines));
        }
        if read < CHUNK {
            return Ok(None);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    MoreMayCome,
    End,
}

/// The lines before [`END`], and whether it is among them.
fn until_end(lines: &[u8]) -> (&[u8], Then) {
    let mut before = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        if line == [END, b'\n'] {
            return (&lines[..before], Then::End);
        }
        before += line.len();
    }
    (lines, Then::MoreMayCome)
}

/// How one learns that the journal grew.
#[derive(Debug)]
enum Wait {
    /// Watches the journal since before its first byte was read, so nothing is missed.
    Told(OwnedFd),
    /// Where there is no watch to be had: a user may have only so many.
    Looking,
}

impl Wait {
    fn on(journal: &Path) -> Self {
        let watch = || {
            let inotify = inotify::init(inotify::CreateFlags::CLOEXEC)?;
            inotify::add_watch(&inotify, journal, inotify::WatchFlags::MODIFY)?;
            Ok::<_, Errno>(inotify)
        };
        watch().map_or(Self::Looking, Self::Told)
    }

    /// Returns when it may have grown.
    fn for_more(&mut self) {
        if let Self::Told(inotify) = self {
            // What the events say is known; those that wait are all taken.
            let mut events = [0; 1024];
            match rustix::io::read(&*inotify, &mut events) {
                Ok(read) if read > 0 => return,
                Err(Errno::INTR) => return,
                Ok(_) | Err(_) => *self = Self::Looking,
            }
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests;
