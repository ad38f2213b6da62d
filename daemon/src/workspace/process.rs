//! Running a program that is not an agent: both outputs are read, and it does not take for ever.

use std::{
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};
use synod_shared::sanitize;

/// How long it gets to tidy up after it was asked to end: git takes its locks away.
const FAREWELL: Duration = Duration::from_secs(5);
/// Most that is kept of what it says on standard error.
const LONGEST_WORD: usize = 2_000;

/// How it ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// None if a signal ended it.
    pub code: Option<i32>,
    /// What it said on standard error, harmless to show.
    pub said: String,
}

/// Why it did not end by itself.
#[derive(Debug)]
pub(super) enum Stopped {
    NotStarted(io::Error),
    TooSlow(Duration),
    NobodyReads,
}

/// Whether whoever takes git's output wants more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    GoOn,
    Enough,
}

enum Read {
    Ended,
    Enough,
    TooLate,
}

/// Runs it to its end, at the longest for `limit`, and passes on what it prints as it comes.
pub(super) fn run(
    mut command: Command,
    stdin: Stdio,
    limit: Duration,
    mut take: impl FnMut(&[u8]) -> Reading,
) -> Result<Ended, Stopped> {
    let mut child = command
        .process_group(0)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Stopped::NotStarted)?;
    let deadline = Instant::now() + limit;
    let mut said = Vec::new();
    let stopped = match read_both(&mut child, deadline, &mut take, &mut said) {
        Ok(Read::Ended) => match wait(&mut child, deadline) {
            Ok(Some(status)) => return Ok(ended(status, &said)),
            Ok(None) => Stopped::TooSlow(limit),
            Err(source) => Stopped::NotStarted(source),
        },
        Ok(Read::Enough) => Stopped::NobodyReads,
        Ok(Read::TooLate) => Stopped::TooSlow(limit),
        Err(source) => Stopped::NotStarted(source),
    };
    end(&mut child);
    Err(stopped)
}

fn ended(status: ExitStatus, said: &[u8]) -> Ended {
    let said = sanitize::text(String::from_utf8_lossy(said).trim());
    let said = match status.signal() {
        Some(signal) if said.is_empty() => format!("ended by signal {signal}"),
        Some(_) | None => said,
    };
    Ended {
        code: status.code(),
        said,
    }
}

/// Reads both outputs until they end.
fn read_both(
    child: &mut Child,
    deadline: Instant,
    take: &mut impl FnMut(&[u8]) -> Reading,
    said: &mut Vec<u8>,
) -> io::Result<Read> {
    let mut out = child.stdout.take();
    let mut err = child.stderr.take();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let ((Some(_), _) | (_, Some(_))) = (&out, &err) else {
            return Ok(Read::Ended);
        };
        let (out_ready, err_ready) = {
            let mut fds = Vec::with_capacity(2);
            fds.extend(out.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
            fds.extend(err.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
            if !wait_for(&mut fds, deadline)? {
                return Ok(Read::TooLate);
            }
            let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
            (
                out.is_some() && ready.next().unwrap_or_default(),
                err.is_some() && ready.next().unwrap_or_default(),
            )
        };
        if let Some(pipe) = out.as_mut().filter(|_| out_ready) {
            match read(pipe, &mut buffer)? {
                [] => out = None,
                piece if take(piece) == Reading::Enough => return Ok(Read::Enough),
                _ => {}
            }
        }
        if let Some(pipe) = err.as_mut().filter(|_| err_ready) {
            match read(pipe, &mut buffer)? {
                [] => err = None,
                piece => {
                    let room = LONGEST_WORD.saturating_sub(said.len());
                    said.extend_from_slice(&piece[..room.min(piece.len())]);
                }
            }
        }
    }
}

fn read<'b>(pipe: &mut impl io::Read, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    loop {
        match pipe.read(buffer) {
            Ok(count) => return Ok(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether one of them has something before the deadline.
fn wait_for(fds: &mut [PollFd<'_>], deadline: Instant) -> io::Result<bool> {
    loop {
        let Some(left) = deadline.checked_duration_since(Instant::now()) else {
            return Ok(false);
        };
        let left = Timespec::try_from(left).unwrap_or(Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        });
        match poll(fds, Some(&left)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Its end, unless that takes longer than to the deadline.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    if let Some(status) = child.try_wait()? {
        return Ok(Some(status));
    }
    let Some(pid) = Pid::from_raw(child.id().cast_signed()) else {
        return child.wait().map(Some);
    };
    let pidfd = pidfd_open(pid, PidfdFlags::empty())?;
    let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
    if wait_for(&mut fds, deadline)? {
        child.wait().map(Some)
    } else {
        Ok(None)
    }
}

/// Asks it to end, so that it takes its locks away; insists after a while.
fn end(child: &mut Child) {
    let signal = |signal| {
        if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
            // Gone already is what is wanted.
            let _ = kill_process_group(pid, signal);
        }
    };
    signal(Signal::TERM);
    let deadline = Instant::now() + FAREWELL;
    if !matches!(wait(child, deadline), Ok(Some(_))) {
        if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
            // As above.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        // It was killed: the wait is short.
        let _ = child.wait();
    }
}
