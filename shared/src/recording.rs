//! A recorded attempt as a file: what an agent printed, when, and how it ended. The client writes it, the daemon's
//! program plays it back.
//!
//! One JSON object a line. The first is the [`Header`]; every further one is a [`Piece`] of output, in the order
//! of time: `{"ms": 120, "stream": "stdout", "text": "…"}`, or `"base64"` instead of `"text"` when the bytes are
//! not UTF-8. Fields that are not known are passed over.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, Write},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The format that is written, and the newest that is read.
pub const FORMAT: u32 = 1;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Always [`FORMAT`]. Its name tells what the file is.
    #[serde(rename = "synod-recording")]
    pub format: u32,
    /// How its output is read: the adapter of the agent that was recorded.
    pub adapter: String,
    /// The agent that was recorded.
    pub agent: String,
    /// When it was recorded, as RFC 3339 has it.
    pub recorded_at: String,
    #[serde(flatten)]
    pub ending: Ending,
    /// How long the agent ran.
    pub duration_ms: u64,
    /// The program that wrote the file.
    pub version: String,
    /// The receipts that the recorded answer carries, by the path of their input.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receipts: BTreeMap<String, String>,
}

/// How the agent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    ExitCode(i32),
    Signal(i32),
}

/// Which output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// Some bytes, printed at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "PieceLine", try_from = "PieceLine")]
pub struct Piece {
    /// Milliseconds since the agent's start.
    pub ms: u64,
    pub stream: Stream,
    pub bytes: Vec<u8>,
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
struct PieceLine {
    ms: u64,
    stream: Stream,
    #[serde(flatten)]
    bytes: Bytes,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Bytes {
    Text(String),
    Base64(String),
}

impl From<Piece> for PieceLine {
    fn from(piece: Piece) -> Self {
        Self {
            ms: piece.ms,
            stream: piece.stream,
            bytes: match String::from_utf8(piece.bytes) {
                Ok(text) => Bytes::Text(text),
                Err(error) => Bytes::Base64(BASE64_STANDARD.encode(error.as_bytes())),
            },
        }
    }
}

impl TryFrom<PieceLine> for Piece {
    type Error = base64::DecodeError;

    fn try_from(line: PieceLine) -> Result<Self, base64::DecodeError> {
        Ok(Self {
            ms: line.ms,
            stream: line.stream,
            bytes: match line.bytes {
                Bytes::Text(text) => text.into_bytes(),
                Bytes::Base64(text) => BASE64_STANDARD.decode(text)?,
            },
        })
    }
}

/// A whole recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub header: Header,
    pub pieces: Vec<Piece>,
}

/// Why a file is no recording.
#[derive(Debug, Error)]
pub enum RecordingError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error(
        "expected a recording as `synod record` writes it, found a first line that is none: {0}"
    )]
    Header(String),
    #[error("expected a recording of format {FORMAT} or older, found format {0}; update Synod")]
    Newer(u32),
    #[error("expected a piece of output in line {line}, found something else: {found}")]
    Piece { line: usize, found: String },
}

impl Header {
    /// The first line of a recording.
    pub fn read(input: &mut impl BufRead) -> Result<Self, RecordingError> {
        let mut line = Vec::new();
        input.read_until(b'\n', &mut line)?;
        let header: Self = serde_json::from_slice(&line)
            .map_err(|error| RecordingError::Header(error.to_string()))?;
        if header.format > FORMAT {
            return Err(RecordingError::Newer(header.format));
        }
        Ok(header)
    }
}

impl Recording {
    /// All of it.
    pub fn read(mut input: impl BufRead) -> Result<Self, RecordingError> {
        let header = Header::read(&mut input)?;
        let mut pieces = Vec::new();
        let mut line = Vec::new();
        for number in 2.. {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let piece = serde_json::from_slice(&line).map_err(|error| RecordingError::Piece {
                line: number,
                found: error.to_string(),
            })?;
            pieces.push(piece);
        }
        Ok(Self { header, pieces })
    }

    /// One line for the header, one for each piece.
    pub fn write(&self, mut output: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut output, &self.header)?;
        output.write_all(b"\n")?;
        for piece in &self.pieces {
            serde_json::to_writer(&mut output, piece)?;
            output.write_all(b"\n")?;
        }
        output.flush()
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExitCode(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// How much was there at a time: what is known of when something was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Milliseconds since the agent's start.
    pub ms: u64,
    pub stdout: u64,
    pub stderr: u64,
}

/// Cuts outputs at the marks: bytes between two of them come at the later one, what no mark covers at `end_ms`.
pub fn cut(stdout: &[u8], stderr: &[u8], mut marks: Vec<Mark>, end_ms: u64) -> Vec<Piece> {
    marks.push(Mark {
        ms: end_ms,
        stdout: stdout.len() as u64,
        stderr: stderr.len() as u64,
    });
    marks.sort_unstable();
    let mut pieces = Vec::new();
    let (mut out, mut err) = (Rest(stdout), Rest(stderr));
    for mark in marks {
        // A mark of before the start, or of after the end, by a clock that was set.
        let ms = mark.ms.min(end_ms);
        pieces.extend(out.up_to(mark.stdout, stdout.len(), ms, Stream::Stdout));
        pieces.extend(err.up_to(mark.stderr, stderr.len(), ms, Stream::Stderr));
    }
    pieces
}

/// What is not cut off yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn up_to(&mut self, offset: u64, of: usize, ms: u64, stream: Stream) -> Option<Piece> {
        let taken = of - self.0.len();
        let end = usize::try_from(offset).unwrap_or(of).min(of);
        let (piece, rest) = self.0.split_at(end.saturating_sub(taken));
        self.0 = rest;
        (!piece.is_empty()).then(|| Piece {
            ms,
            stream,
            bytes: piece.to_vec(),
        })
    }
}

/// A receipt: three groups of four, in Crockford's base 32.
pub fn is_receipt(text: &str) -> bool {
    text.len() == 14
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 9 => byte == b'-',
            _ => byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !b"ILOU".contains(&byte)),
        })
}

/// The receipts in an agent's output: the last `"receipts": {path: code}` that holds only such. In output whose
/// answers are text within JSON, quotes may be escaped once.
pub fn receipts_in(output: &str) -> BTreeMap<String, String> {
    let plain = output.replace("\\\"", "\"").replace("\\n", "\n");
    for (at, key) in plain.rmatch_indices("\"receipts\"") {
        let after = plain[at + key.len()..].trim_start();
        let Some(object) = after.strip_prefix(':') else {
            continue;
        };
        let mut values =
            serde_json::Deserializer::from_str(object).into_iter::<BTreeMap<String, String>>();
        if let Some(Ok(found)) = values.next()
            && !found.is_empty()
            && found.values().all(|code| is_receipt(code))
        {
            return found;
        }
    }
    BTreeMap::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            format: FORMAT,
            adapter: "codex".to_owned(),
            agent: "c1".to_owned(),
            recorded_at: "2026-01-02T03:04:05Z".to_owned(),
            ending: Ending::ExitCode(3),
            duration_ms: 900,
            version: "0.1.0".to_owned(),
            receipts: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_again_byte_for_byte() {
        let recording = Recording {
            header: header(),
            pieces: vec![
                Piece {
                    ms: 0,
                    stream: Stream::Stdout,
                    bytes: "täxt\n\"\u{0}".into(),
                },
                Piece {
                    ms: 7,
                    stream: Stream::Stderr,
                    bytes: vec![0xff, 0, b'x'],
                },
            ],
        };
        let mut file = Vec::new();
        recording.write(&mut file).unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        assert!(text.starts_with("{\"synod-recording\":1,"), "{text}");
        assert!(text.contains("\"exitCode\":3"), "{text}");
        assert!(
            text.contains("{\"ms\":7,\"stream\":\"stderr\",\"base64\":\"/wB4\"}"),
            "{text}"
        );
        assert_eq!(Recording::read(&file[..]).unwrap(), recording);
    }

    #[test]
    fn what_is_no_recording_is_named() {
        #[track_caller]
        fn check(file: &str, said: &str) {
            let error = Recording::read(file.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        check("", "as `synod record` writes it");
        check("{\"type\":\"init\"}\n", "as `synod record` writes it");
        let line = serde_json::to_string(&header()).unwrap();
        check(
            &line.replace("recording\":1", "recording\":2"),
            "found format 2",
        );
        check(&format!("{line}\n{{\"ms\":1}}\n"), "in line 2");
        check(
            &format!("{line}\n{{\"ms\":1,\"stream\":\"stdout\",\"base64\":\"?\"}}\n"),
            "in line 2",
        );
    }

    #[test]
    fn bytes_between_two_marks_come_at_the_later_one() {
        let mark = |ms, stdout, stderr| Mark { ms, stdout, stderr };
        let pieces = cut(
            b"abcdef",
            b"xy",
            vec![mark(50, 4, 0), mark(10, 2, 1), mark(999, 5, 2)],
            70,
        );
        let seen: Vec<(u64, &str)> = pieces
            .iter()
            .map(|piece| (piece.ms, std::str::from_utf8(&piece.bytes).unwrap()))
            .collect();
        assert_eq!(
            seen,
            [(10, "ab"), (10, "x"), (50, "cd"), (70, "ef"), (70, "y")]
        );
    }

    #[test]
    fn receipts_are_found_in_an_answer_and_in_one_within_json() {
        let expected = BTreeMap::from([("a.md".to_owned(), "K7Q2-9XBM-03TD".to_owned())]);
        let plain = "{\"receipts\": {\"a.md\": \"K7Q2-9XBM-03TD\"}, \"findings\": []}";
        assert_eq!(receipts_in(plain), expected);
        let within = serde_json::json!({"result": plain}).to_string();
        assert_eq!(receipts_in(&within), expected);
        assert!(receipts_in("{\"receipts\": {\"a.md\": \"<the receipt>\"}}").is_empty());
        assert!(receipts_in("\"receipts\"").is_empty());
    }
}
