//! Ingesting output: how many lines, how many bytes, the last line. The bytes themselves stay in the file.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    time::UNIX_EPOCH,
};

use synod_shared::sanitize;
use synod_shim::dir::RunDir;

/// Read at a time.
const CHUNK: usize = 256 * 1024;
/// Bytes of the last line that are kept; a longer line is shown by its beginning.
const TAIL: usize = 1_024;
/// Characters of the last line that are shown.
const SHOWN: usize = 200;

/// How far standard output has been ingested, and what was learnt.
///
/// The offset and the lines before it are one value: committed together, each line counts exactly once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingest {
    pub offset: u64,
    pub lines: u64,
    pub last_line: String,
    /// The beginning of a line that has not ended yet.
    open: Vec<u8>,
}

impl Ingest {
    /// Goes on from what was committed.
    #[must_use]
    pub fn resume(offset: u64, lines: u64, last_line: String) -> Self {
        Self {
            offset,
            lines,
            last_line,
            open: Vec::new(),
        }
    }

    /// Ingests what stands in the file after the offset, at most up to `to`. Memory does not grow with the
    /// length of a line. True if there was anything new.
    pub fn read(&mut self, path: &Path, to: u64) -> io::Result<bool> {
        let before = self.offset;
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(self.offset))?;
        let mut chunk = vec![0; CHUNK];
        while self.offset < to {
            let want = usize::try_from(to - self.offset)
                .unwrap_or(CHUNK)
                .min(CHUNK);
            let got = file.read(chunk.get_mut(..want).unwrap_or_default())?;
            if got == 0 {
                break;
            }
            self.take(chunk.get(..got).unwrap_or_default());
        }
        Ok(self.offset > before)
    }

    fn take(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        self.lines += newlines(bytes);
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            None => self.keep(bytes),
            Some(end) => {
                self.end_lines(bytes.get(..end).unwrap_or_default());
                self.keep(bytes.get(end + 1..).unwrap_or_default());
            }
        }
        self.show();
    }

    /// Takes in whole lines, the first of which may have begun before: only the last one that says something
    /// matters.
    fn end_lines(&mut self, whole: &[u8]) {
        let (first, rest) = match whole.iter().position(|byte| *byte == b'\n') {
            None => (whole, &[][..]),
            Some(end) => whole.split_at(end),
        };
        self.keep(first);
        self.show();
        self.open.clear();
        let says_something = |line: &&[u8]| line.iter().any(|byte| !byte.is_ascii_whitespace());
        if let Some(line) = rest.rsplit(|byte| *byte == b'\n').find(says_something) {
            self.keep(line);
            self.show();
            self.open.clear();
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = TAIL.saturating_sub(self.open.len());
        self.open
            .extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
    }

    fn show(&mut self) {
        let line = sanitize::line(&String::from_utf8_lossy(&self.open), SHOWN);
        if !line.trim().is_empty() {
            self.last_line = line;
        }
    }
}

/// How many lines end in these bytes. The compiler makes a vector loop of it; a crate would not be faster.
#[allow(clippy::naive_bytecount, reason = "vectorised as it stands")]
fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// When an attempt last printed something, as the file system tells.
pub fn last_written(dir: &RunDir) -> Option<i64> {
    let written = |path: &Path| {
        let meta = std::fs::metadata(path).ok().filter(|meta| meta.len() > 0)?;
        let since = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_micros()).ok()
    };
    written(&dir.stdout()).max(written(&dir.stderr()))
}

/// The length of a file; 0 while there is none.
pub fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn ingest_in_steps(bytes: &[u8], steps: &[usize]) -> Ingest {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        let mut file = File::create(&path).unwrap();
        let mut ingest = Ingest::default();
        let mut rest = bytes;
        for step in steps {
            let (now, later) = rest.split_at((*step).min(rest.len()));
            file.write_all(now).unwrap();
            rest = later;
            ingest.read(&path, u64::MAX).unwrap();
        }
        file.write_all(rest).unwrap();
        ingest.read(&path, u64::MAX).unwrap();
        ingest
    }

    /// P10, O8.
    #[test]
    fn half_a_line_now_and_the_rest_later_is_one_line() {
        let whole = "eins\nzwei ä\ndrei".as_bytes();
        for cut in 0..whole.len() {
            let seen = ingest_in_steps(whole, &[cut]);
            assert_eq!(
                (seen.lines, seen.offset),
                (2, whole.len() as u64),
                "cut at {cut}"
            );
            assert_eq!(seen.last_line, "drei", "cut at {cut}");
        }
    }

    #[test]
    fn an_empty_last_line_leaves_the_one_before_it_shown() {
        assert_eq!(ingest_in_steps(b"done\n\n", &[]).last_line, "done");
    }

    /// O7.
    #[test]
    fn a_line_of_any_length_is_kept_by_its_beginning_only() {
        let seen = ingest_in_steps(&vec![b'x'; 3 * CHUNK], &[]);
        assert_eq!(seen.offset, 3 * CHUNK as u64);
        assert!(seen.open.len() <= TAIL);
    }

    #[test]
    fn nothing_beyond_the_recorded_length_is_ingested() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stdout");
        std::fs::write(&path, b"a\nb\nc\n").unwrap();
        let mut ingest = Ingest::default();
        ingest.read(&path, 4).unwrap();
        assert_eq!((ingest.offset, ingest.lines), (4, 2));
    }
}
