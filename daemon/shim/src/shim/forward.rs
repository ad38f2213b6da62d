//! Speaking to an agent: whole lines of the journal into the pipe that is its standard input.
//!
//! A thread of its own, because an agent that does not read holds up whoever writes. Nobody waits
//! for it: the shim watches, asks, kills and ends whatever it is doing. It understands nothing of
//! what it forwards but [`END`].

use std::{
    fs::File,
    io::{self, PipeWriter, Write},
    mem,
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
/// Nothing of a line is kept before its newline is there, and then it is read anew from its beginning: a daemon that
/// died in the middle of a line is followed by one that cuts the torn tail off and writes another line in its place.
///
/// An agent that closed its input is no reason to stop: what it does not want to hear is passed
/// over, and the end still is one. All signals are blocked here, so a broken pipe is an error and
/// no death.
fn forward(journal: &File, pipe: impl Write, mut wait: Wait) -> io::Result<()> {
    let mut pipe = Some(pipe);
    let mut lines = Lines::default();
    let mut chunk = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let whole = end_of_lines(journal, offset, &mut chunk)?;
        if whole == offset {
            wait.for_more();
        }
        while offset < whole {
            let want = usize::try_from(whole - offset).map_or(CHUNK, |left| left.min(CHUNK));
            let read = read_at(journal, &mut chunk[..want], offset)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset += read as u64;
            let portion = lines.add(&chunk[..read]);
            if let Some(open) = &mut pipe
                && let Err(error) = open.write_all(&portion.lines)
            {
                if error.kind() != io::ErrorKind::BrokenPipe {
                    log(&format!("cannot write to the agent's input: {error}"));
                }
                pipe = None;
            }
            match portion.then {
                Then::MoreMayCome => {}
                Then::End => return Ok(()),
            }
        }
    }
}

/// Behind the last newline after `begin`; `begin` if there is none.
fn end_of_lines(journal: &File, begin: u64, chunk: &mut [u8]) -> io::Result<u64> {
    let mut end = begin;
    let mut offset = begin;
    loop {
        let read = read_at(journal, chunk, offset)?;
        if read == 0 {
            return Ok(end);
        }
        if let Some(last) = chunk[..read].iter().rposition(|&byte| byte == b'\n') {
            end = offset + last as u64 + 1;
        }
        offset += read as u64;
    }
}

fn read_at(journal: &File, chunk: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match journal.read_at(chunk, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Cuts what was read into whole lines. One that is longer than what is read at once waits here for its rest.
#[derive(Debug, Default)]
struct Lines {
    torn: Vec<u8>,
}

/// Whole lines, none of them [`END`]; perhaps no line at all.
#[derive(Debug, PartialEq, Eq)]
struct Portion {
    lines: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    MoreMayCome,
    End,
}

impl Lines {
    fn add(&mut self, bytes: &[u8]) -> Portion {
        // Only in what is new: a line of many chunks is not searched once for each.
        let Some(last) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            self.torn.extend_from_slice(bytes);
            return Portion {
                lines: Vec::new(),
                then: Then::MoreMayCome,
            };
        };
        let (whole, torn) = bytes.split_at(last + 1);
        let mut lines = mem::replace(&mut self.torn, torn.to_vec());
        lines.extend_from_slice(whole);
        let mut before_end = 0;
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            if line == [END, b'\n'] {
                lines.truncate(before_end);
                return Portion {
                    lines,
                    then: Then::End,
                };
            }
            before_end += line.len();
        }
        Portion {
            lines,
            then: Then::MoreMayCome,
        }
    }
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
