//! Reading what a structured agent prints: lines to the adapter, what it tells to whoever asks, a transcript for people.
//!
//! Nothing of this is state: a daemon that finds an attempt half read gives the adapter the same bytes again. The file
//! `transcript` follows from standard output in the same way, so writing it again writes the same.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom},
    mem,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use synod_adapters::{Adapter, Conclusion, Cumulative, Ending, Event, Reader, Transcript};
use synod_core::entity::{AgentSpec, Told};
use synod_shim::dir::RunDir;

/// Read at a time.
const CHUNK: usize = 256 * 1024;
/// The longest line that is understood; of a longer one only the length is known.
const LONGEST_LINE: usize = 64 * 1024 * 1024;
/// How much transcript is held before it is written.
const RENDERED: usize = 1024 * 1024;
/// How much of the end of standard error is looked at when an agent has ended.
const LAST_WORDS: u64 = 64 * 1024;

/// How far the output of one structured agent has been read.
#[derive(Debug)]
pub struct Reading {
    reader: Reader,
    transcript: Transcript,
    events: Vec<Event>,
    /// Of standard output: read up to here.
    offset: u64,
    /// The beginning of a line that has not ended yet.
    open: Vec<u8>,
    /// That line is too long to be understood.
    overlong: bool,
    /// Transcript that is not in its file yet, and where it belongs.
    rendered: String,
    written: u64,
}

impl Reading {
    /// Nothing is read yet; none for a plain command, whose output is what it is.
    #[must_use]
    pub fn of(adapter: Adapter) -> Option<Self> {
        adapter.is_structured().then(|| Self {
            reader: Reader::new(adapter),
            transcript: Transcript::default(),
            events: Vec::new(),
            offset: 0,
            open: Vec::new(),
            overlong: false,
            rendered: String::new(),
            written: 0,
        })
    }

    /// Reads what stands in the attempt's standard output, at most up to `to`, and writes what it means into the
    /// transcript.
    ///
    /// # Errors
    ///
    /// What was read is not read again; what could not be written is written the next time.
    pub fn read(&mut self, dir: &RunDir, to: u64) -> io::Result<()> {
        let transcript = transcript_of(dir);
        match self.understand(&dir.stdout(), to, |reading| reading.write(&transcript)) {
            // It has printed nothing yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            understood => understood?,
        }
        self.write(&transcript)
    }

    /// `each` is called now and then, so that what is rendered need not be held as a whole.
    fn understand(
        &mut self,
        path: &Path,
        to: u64,
        mut each: impl FnMut(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = File::open(path)?;
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
            self.offset += got as u64;
            self.take(chunk.get(..got).unwrap_or_default());
            if self.rendered.len() > RENDERED {
                each(self)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            self.keep(line);
            self.line();
            rest = after.get(1..).unwrap_or_default();
        }
        self.keep(rest);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.open.len() + bytes.len() > LONGEST_LINE {
            self.overlong = true;
            self.open = Vec::new();
        }
        if !self.overlong {
            self.open.extend_from_slice(bytes);
        }
    }

    fn line(&mut self) {
        if mem::take(&mut self.overlong) {
            self.events.push(Event::Notes {
                text: format!(
                    "a line of more than {} MiB was not understood; it is kept in the output",
                    LONGEST_LINE / 1024 / 1024
                ),
            });
        } else {
            self.reader.line(&self.open, &mut self.events);
        }
        self.open.clear();
        for event in self.events.drain(..) {
            self.transcript.event(&event, &mut self.rendered);
        }
    }

    /// The output is complete: whatever stands there without a newline is the last line.
    ///
    /// # Errors
    ///
    /// When the rest of the transcript cannot be written.
    pub fn finish(&mut self, dir: &RunDir) -> io::Result<()> {
        self.end();
        let transcript = transcript_of(dir);
        self.write(&transcript)?;
        // Another version may have rendered more.
        match OpenOptions::new().write(true).open(&transcript) {
            Ok(file) => file.set_len(self.written),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn end(&mut self) {
        if !self.open.is_empty() || self.overlong {
            self.line();
        }
        self.transcript.finish(&mut self.rendered);
    }

    fn write(&mut self, path: &Path) -> io::Result<()> {
        if self.rendered.is_empty() {
            return Ok(());
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        file.write_all_at(self.rendered.as_bytes(), self.written)?;
        self.written += self.rendered.len() as u64;
        self.rendered.clear();
        Ok(())
    }

    /// How much of the transcript is there.
    #[must_use]
    pub const fn transcript_bytes(&self) -> u64 {
        self.written
    }

    /// What the agent told up to here.
    #[must_use]
    pub fn told(&self, agent: &AgentSpec) -> Told {
        let record = self.reader.record().clone();
        let mut usage = record.usage;
        if let Some(resume) = &agent.resume {
            usage = usage.since(resume.before, Cumulative::of(agent.adapter));
        }
        // The model that answered; the one that was asked for may be an alias of it, or not be told.
        let models = [record.model.as_deref(), agent.model.as_deref()];
        let price = models
            .into_iter()
            .flatten()
            .find_map(|model| agent.prices.of(model));
        if let (None, Some(price)) = (usage.cost, price) {
            usage = usage.estimated(agent.adapter, price);
        }
        Told { record, usage }
    }

    /// What it means that the agent ended so.
    #[must_use]
    pub fn conclude(&self, dir: &RunDir, ending: Ending, at_us: i64) -> Conclusion {
        let last_words = last_words(&dir.stderr()).unwrap_or_default();
        self.reader.conclude(ending, &last_words, at_us)
    }

    /// The final message of an attempt that has ended, read from its kept output.
    ///
    /// # Errors
    ///
    /// When the output cannot be read, or is not there (any more): that is not the same as saying nothing.
    pub fn final_text(dir: &RunDir, adapter: Adapter, length: u64) -> io::Result<Option<String>> {
        let Some(mut reading) = Self::of(adapter) else {
            return Ok(None);
        };
        reading.understand(&dir.stdout(), length, |reading| {
            reading.rendered.clear();
            Ok(())
        })?;
        reading.end();
        Ok(reading.reader.final_text().map(str::to_owned))
    }
}

/// Where the readable transcript of an attempt stands.
#[must_use]
pub fn transcript_of(dir: &RunDir) -> std::path::PathBuf {
    dir.path().join("transcript")
}

fn last_words(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)))?;
    let mut bytes = Vec::new();
    file.take(LAST_WORDS).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const SAID: &str = concat!(
        r#"{"type":"system","subtype":"init","session_id":"s-1","model":"m"}"#,
        "\n",
        r#"{"type":"assistant","message":{"content":[{"type":"text","text":"größer"}]},"session_id":"s-1"}"#,
        "\n",
        r#"{"type":"result","subtype":"success","is_error":false,"terminal_reason":"completed","result":"größer","session_id":"s-1","usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":3},"total_cost_usd":0.01}"#,
    );

    fn read_in_steps(steps: &[usize]) -> (Reading, Vec<u8>) {
        let at = tempfile::tempdir().unwrap();
        let dir = RunDir::at(at.path().to_path_buf());
        let mut file = File::create(dir.stdout()).unwrap();
        let mut reading = Reading::of(Adapter::Claude).unwrap();
        let mut rest = SAID.as_bytes();
        for step in steps.iter().copied().chain([usize::MAX]) {
            let (now, later) = rest.split_at(step.min(rest.len()));
            file.write_all(now).unwrap();
            rest = later;
            reading.read(&dir, u64::MAX).unwrap();
        }
        reading.finish(&dir).unwrap();
        let transcript = std::fs::read(transcript_of(&dir)).unwrap();
        (reading, transcript)
    }

    /// O8, P10: half a line, half a character, the rest.
    #[test]
    fn output_read_in_any_pieces_means_the_same() {
        let (whole, transcript) = read_in_steps(&[]);
        assert_eq!(whole.reader.final_text(), Some("größer"));
        assert_eq!(whole.transcript_bytes(), transcript.len() as u64);
        for cut in 1..SAID.len() {
            let (cut_up, same) = read_in_steps(&[cut]);
            assert_eq!(
                cut_up.reader.record(),
                whole.reader.record(),
                "cut at {cut}"
            );
            assert_eq!(same, transcript, "cut at {cut}");
        }
    }

    /// C1: a daemon that takes an attempt over half way.
    #[test]
    fn whoever_takes_over_writes_the_same_transcript_from_its_beginning() {
        let at = tempfile::tempdir().unwrap();
        let dir = RunDir::at(at.path().to_path_buf());
        let half = SAID.find("größer").unwrap() as u64;
        std::fs::write(dir.stdout(), SAID).unwrap();
        Reading::of(Adapter::Claude)
            .unwrap()
            .read(&dir, half)
            .unwrap();
        let mut next = Reading::of(Adapter::Claude).unwrap();
        next.read(&dir, half).unwrap();
        next.read(&dir, u64::MAX).unwrap();
        next.finish(&dir).unwrap();
        assert_eq!(
            std::fs::read(transcript_of(&dir)).unwrap(),
            read_in_steps(&[]).1
        );
    }

    /// A directory may move into the archive between two looks: whoever looks must learn of it.
    #[test]
    fn output_that_is_not_there_is_not_taken_for_an_agent_that_said_nothing() {
        let at = tempfile::tempdir().unwrap();
        let dir = RunDir::at(at.path().join("gone"));
        let error = Reading::final_text(&dir, Adapter::Claude, 10).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    /// O7: one line of any length.
    #[test]
    fn a_line_too_long_to_understand_is_told_of_and_the_next_one_is_read() {
        let mut reading = Reading::of(Adapter::Claude).unwrap();
        let piece = vec![b'x'; 1024 * 1024];
        for _ in 0..=LONGEST_LINE / piece.len() {
            reading.take(&piece);
            assert!(reading.open.capacity() <= 2 * LONGEST_LINE);
        }
        reading.take(b"\n");
        reading.take(SAID.as_bytes());
        reading.end();
        assert!(reading.rendered.contains("MiB"), "{}", reading.rendered);
        assert_eq!(reading.reader.final_text(), Some("größer"));
    }

    #[test]
    fn what_a_session_used_before_is_not_counted_again() {
        use synod_adapters::{Money, Usage};
        use synod_core::entity::{OrAnew, Resume};
        let (reading, _) = read_in_steps(&[]);
        let mut agent = AgentSpec::program("a", vec!["claude".to_owned()], "/".into());
        agent.adapter = Adapter::Claude;
        agent.resume = Some(Resume {
            run: synod_shared::ids::RunId::mint(),
            session_id: "s-1".to_owned(),
            before: Usage {
                cost: Some(Money(4_000)),
                ..Usage::default()
            },
            or_anew: OrAnew::Never,
        });
        let told = reading.told(&agent);
        assert_eq!(told.usage.cost, Some(Money(6_000)));
        assert_eq!(told.usage.input_tokens, 15);
        assert_eq!(told.record.usage.cost, Some(Money(10_000)));
    }
}
