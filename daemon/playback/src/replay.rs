//! Plays a recorded attempt back: the same bytes at the same times, the same end.
//!
//! An answer to a gate repeats receipts of its prompt, and those of a recording are wrong for a new run. So the
//! codes that the header names are replaced by those of the prompt given now, path by path; both are 14
//! characters, nothing else moves. A code that the recorded CLI printed in two pieces is left as it is.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::{self, BufReader, Write as _},
    path::PathBuf,
    process::ExitCode,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use synod_shared::recording::{Ending, Piece, Recording, RecordingError, Stream};
use thiserror::Error;

use crate::{PlayError, act, answer, spoken::Spoken};

const USAGE: &str = "usage: synodd replay FILE [--speed N|max]";
/// Exit code for a wrong command line.
const USAGE_ERROR: u8 = 2;

#[derive(Debug, Error)]
enum ReplayError {
    #[error("{path}: {source}", path = path.display())]
    Recording {
        path: PathBuf,
        source: RecordingError,
    },
    #[error(transparent)]
    Play(#[from] PlayError),
}

/// How fast.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pace {
    /// So many times as fast as it was.
    Times(f64),
    /// Without any waiting.
    Max,
}

impl FromStr for Pace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "max" {
            return Ok(Self::Max);
        }
        text.parse()
            .ok()
            .filter(|times: &f64| times.is_finite() && *times > 0.0)
            .map(Self::Times)
            .ok_or(())
    }
}

impl Pace {
    fn wait(self, began: Instant, ms: u64) {
        let Self::Times(times) = self else { return };
        let due = Duration::try_from_secs_f64(ms as f64 / 1000.0 / times).unwrap_or(Duration::MAX);
        thread::sleep(due.saturating_sub(began.elapsed()));
    }
}

/// `replay FILE [--speed N|max]`. Ends as the recording did, or by the same signal; 70 if it cannot be played.
pub fn replay(args: impl Iterator<Item = OsString>) -> ExitCode {
    let Some((path, pace)) = arguments(args) else {
        // Nobody to tell is no reason to fail otherwise.
        let _ = writeln!(io::stderr(), "{USAGE}");
        return ExitCode::from(USAGE_ERROR);
    };
    match play(path, pace) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "replay: {error}");
            ExitCode::from(crate::CANNOT_PLAY)
        }
    }
}

fn arguments(mut args: impl Iterator<Item = OsString>) -> Option<(PathBuf, Pace)> {
    let (mut path, mut pace) = (None, Pace::Times(1.0));
    while let Some(arg) = args.next() {
        if arg == "--speed" {
            pace = args.next()?.to_str()?.parse().ok()?;
        } else if path.replace(PathBuf::from(arg)).is_some() {
            return None;
        }
    }
    Some((path?, pace))
}

fn play(path: PathBuf, pace: Pace) -> Result<u8, ReplayError> {
    let recording = File::open(&path)
        .map_err(RecordingError::from)
        .and_then(|file| Recording::read(BufReader::new(file)))
        .map_err(|source| ReplayError::Recording { path, source })?;
    let header = &recording.header;
    if header.adapter == "acp" {
        spoken(&recording, pace)?;
    } else {
        printed(recording.clone(), pace)?;
    }
    match header.ending {
        Ending::ExitCode(code) => Ok(code as u8),
        Ending::Signal(signal) => {
            act::kill_self(&signal.to_string())?;
            // It was ignored: as a shell tells it.
            Ok(128_u8.wrapping_add(signal as u8))
        }
    }
}

/// Of an agent that is not spoken to: its prompt first, for the receipts, then all it printed.
fn printed(mut recording: Recording, pace: Pace) -> Result<(), ReplayError> {
    let header = &recording.header;
    if !header.receipts.is_empty() {
        let prompt = act::read_stdin()?;
        let swaps = Swaps::new(&header.receipts, &prompt);
        for stream in [Stream::Stdout, Stream::Stderr] {
            swaps.in_stream(&mut recording.pieces, stream);
        }
    }
    let began = Instant::now();
    for piece in &recording.pieces {
        pace.wait(began, piece.ms);
        print(piece.stream, &piece.bytes)?;
    }
    pace.wait(began, recording.header.duration_ms);
    Ok(())
}

/// Of an agent that is spoken to: an answer waits for its request, and the end for the end of the input.
fn spoken(recording: &Recording, pace: Pace) -> Result<(), ReplayError> {
    let mut client = Spoken::listen();
    let began = Instant::now();
    for piece in lines(&recording.pieces) {
        pace.wait(began, piece.ms);
        let mut bytes = piece.bytes;
        if piece.stream == Stream::Stdout {
            client.wait_for_request(&bytes);
            Swaps::new(&recording.header.receipts, client.prompt().as_bytes()).apply(&mut bytes);
        }
        print(piece.stream, &bytes)?;
    }
    client.wait_for_end();
    Ok(())
}

fn print(stream: Stream, bytes: &[u8]) -> Result<(), PlayError> {
    match stream {
        Stream::Stdout => act::print(bytes),
        Stream::Stderr => act::eprint(bytes),
    }
}

/// The pieces of standard output as whole lines, each at the time of its end; the rest as it is.
fn lines(pieces: &[Piece]) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut last = 0;
    let line = |ms, bytes: Vec<u8>| Piece {
        ms,
        stream: Stream::Stdout,
        bytes,
    };
    for piece in pieces {
        last = piece.ms;
        if piece.stream == Stream::Stderr {
            all.push(piece.clone());
            continue;
        }
        for part in piece.bytes.split_inclusive(|byte| *byte == b'\n') {
            open.extend_from_slice(part);
            if part.ends_with(b"\n") {
                all.push(line(piece.ms, std::mem::take(&mut open)));
            }
        }
    }
    if !open.is_empty() {
        all.push(line(last, open));
    }
    all
}

/// What stands for what: codes of the same length.
struct Swaps(Vec<(String, String)>);

impl Swaps {
    fn new(recorded: &BTreeMap<String, String>, prompt: &[u8]) -> Self {
        let now = answer::receipts_of(&String::from_utf8_lossy(prompt));
        let pairs = recorded.iter().filter_map(|(path, code)| {
            let fresh = now.get(path)?.as_str()?;
            (fresh.len() == code.len() && !code.is_empty())
                .then(|| (code.clone(), fresh.to_owned()))
        });
        Self(pairs.collect())
    }

    fn apply(&self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let found = self
                .0
                .iter()
                .find(|(code, _)| bytes[at..].starts_with(code.as_bytes()));
            if let Some((_, fresh)) = found {
                bytes[at..at + fresh.len()].copy_from_slice(fresh.as_bytes());
                at += fresh.len();
            } else {
                at += 1;
            }
        }
    }

    /// Across the pieces: where one was cut is chance.
    fn in_stream(&self, pieces: &mut [Piece], stream: Stream) {
        let of = |piece: &&mut Piece| piece.stream == stream;
        let mut whole: Vec<u8> = Vec::new();
        for piece in pieces.iter_mut().filter(of) {
            whole.extend_from_slice(&piece.bytes);
        }
        self.apply(&mut whole);
        let mut rest = whole.as_slice();
        for piece in pieces.iter_mut().filter(of) {
            let (mine, after) = rest.split_at(piece.bytes.len());
            piece.bytes.copy_from_slice(mine);
            rest = after;
        }
    }
}
