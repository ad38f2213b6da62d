//! The conversation with an agent that is spoken to, as far as two files tell it: the journal `stdin`, to which only
//! the daemon appends, and the agent's standard output. What is to be said next is the adapter's to decide.
//!
//! Nothing of it is state. Whoever begins to attend the attempt reads both files from their beginning and goes on;
//! so does this one after any error.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use synod_adapters::{
    Permission,
    acp::{Load, Machine, Mode, Over, Setup},
};
use synod_core::{
    entity::{AgentSpec, OrAnew, Work},
    input::Found,
};
use synod_shim::dir::RunDir;

use super::lines::{Line, Lines};

/// Read at a time.
const CHUNK: usize = 256 * 1024;

/// One conversation.
#[derive(Debug)]
pub(super) struct Talk {
    machine: Machine,
    journal: File,
    output: Output,
}

/// How far the agent's output has been heard.
#[derive(Debug)]
struct Output {
    path: PathBuf,
    /// Nothing as long as the agent has not been started.
    file: Option<File>,
    lines: Lines,
    chunk: Vec<u8>,
}

impl Talk {
    /// Reads what was said. A line that was torn when a daemon died is cut off: it was never forwarded.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be read, or the torn line cannot be cut off.
    pub(super) fn open(dir: &RunDir, setup: Setup) -> io::Result<Self> {
        let mut journal = OpenOptions::new()
            .read(true)
            .append(true)
            .open(dir.stdin())?;
        let mut machine = Machine::new(setup);
        let whole = sent(&mut journal, &mut machine)?;
        if journal.metadata()?.len() > whole {
            journal.set_len(whole)?;
        }
        Ok(Self {
            machine,
            journal,
            output: Output::of(dir.stdout()),
        })
    }

    /// Hears what the agent said meanwhile.
    ///
    /// # Errors
    ///
    /// When its output cannot be read.
    pub(super) fn hear(&mut self) -> io::Result<()> {
        self.output.read(&mut self.machine)
    }

    /// Hands the answers of people over; those that were given before change nothing.
    pub(super) fn answer(&mut self, choices: &[(String, String)]) {
        for (request, choice) in choices {
            self.machine.answer(request, choice);
        }
    }

    /// The work is no longer wanted.
    pub(super) fn cancel(&mut self) {
        self.machine.cancel();
    }

    /// Says what is to be said now.
    ///
    /// # Errors
    ///
    /// When a line cannot be written whole. The conversation must then be opened anew, which cuts the line off.
    pub(super) fn say(&mut self) -> io::Result<()> {
        for line in self.machine.next() {
            let mut bytes = line.into_bytes();
            bytes.push(b'\n');
            self.journal.write_all(&bytes)?;
            bytes.pop();
            self.machine.sent(&bytes);
        }
        Ok(())
    }

    /// The permissions that wait for a human.
    pub(super) fn open_permissions(&self) -> Vec<Permission> {
        self.machine.open()
    }

    /// Whether nothing more will be said, and why.
    pub(super) fn is_over(&self) -> Option<Over> {
        self.machine.is_over()
    }

    /// Why there was no turn, of an attempt that has ended; nothing if there was one, or nobody knows.
    pub(super) fn never(dir: &RunDir, setup: Setup) -> io::Result<Option<String>> {
        let mut journal = File::open(dir.stdin())?;
        let mut machine = Machine::new(setup);
        sent(&mut journal, &mut machine)?;
        Output::of(dir.stdout()).read(&mut machine)?;
        Ok(match machine.is_over() {
            Some(Over::Never(sentence)) => Some(sentence),
            Some(Over::Answered | Over::Cancelled) | None => None,
        })
    }
}

impl Output {
    fn of(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            lines: Lines::default(),
            chunk: vec![0; CHUNK],
        }
    }

    fn read(&mut self, machine: &mut Machine) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => match File::open(&self.path) {
                Ok(file) => self.file.insert(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        loop {
            let got = file.read(&mut self.chunk)?;
            if got == 0 {
                return Ok(());
            }
            let bytes = self.chunk.get(..got).unwrap_or_default();
            self.lines.add(bytes, |line| match line {
                Line::Whole(line) => machine.received(line),
                // No message of the protocol is of this size; what it was stays in the output.
                Line::Overlong => {}
            });
        }
    }
}

/// Reads the whole lines of a journal; gives where the last one ends.
fn sent(journal: &mut File, machine: &mut Machine) -> io::Result<u64> {
    journal.seek(SeekFrom::Start(0))?;
    let mut text = Vec::new();
    journal.read_to_end(&mut text)?;
    let whole = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |last| last + 1);
    for line in text
        .get(..whole)
        .unwrap_or_default()
        .split(|byte| *byte == b'\n')
    {
        machine.sent(line);
    }
    Ok(whole as u64)
}

/// What the attempt's agent is to do, and what it may.
///
/// # Errors
///
/// When the prompt cannot be read.
pub(super) fn setup(dir: &RunDir, agent: &AgentSpec, found: &Found) -> io::Result<Setup> {
    let prompt = std::fs::read(dir.prompt())?;
    Ok(Setup {
        cwd: found.run.cwd_of(agent).to_string_lossy().into_owned(),
        prompt: String::from_utf8_lossy(&prompt).into_owned(),
        mode: match (&agent.mode, &found.run.work) {
            (Some(name), _) => Mode::Named(name.clone()),
            // A policy can only deny what is asked for.
            (None, Work::Gate(_)) => Mode::Unwriting,
            (None, Work::Agent | Work::Command) => Mode::Usual,
        },
        load: agent.resume.as_ref().map(|resume| {
            let session = resume.session_id.clone();
            match resume.or_anew {
                OrAnew::Never => Load::Must(session),
                OrAnew::IfItMust => Load::IfAble(session),
            }
        }),
        policy: match found.run.work {
            Work::Gate(_) => agent.permits.read_only_beside(),
            Work::Agent | Work::Command => agent.permits.clone(),
        },
    })
}

#[cfg(test)]
mod tests;
