//! The recorded transcripts: `NAME.stdout.*`, `NAME.stderr`, `NAME.exit`.

#![allow(clippy::disallowed_methods)] // the transcripts are files
#![allow(dead_code)] // each test uses its part

use std::{fs, path::PathBuf};

use synod_adapters::{Adapter, Conclusion, Ending, Event, Reader};

/// One run of a real CLI.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub name: String,
    pub adapter: Adapter,
    pub ending: Ending,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

impl Recorded {
    pub fn named(name: &str) -> Self {
        let file = |ending: &str| fs::read(folder().join(format!("{name}.{ending}")));
        let exit = String::from_utf8(file("exit").unwrap()).unwrap();
        let stdout = ["stdout.jsonl", "stdout.json", "stdout.txt"]
            .iter()
            .find_map(|ending| file(ending).ok());
        Self {
            name: name.to_owned(),
            adapter: name.split('-').next().unwrap().parse().unwrap(),
            ending: match exit.trim().strip_prefix("signal ") {
                Some(signal) => Ending::Signalled(signal.parse().unwrap()),
                None => Ending::Exited(exit.trim().parse().unwrap()),
            },
            stdout: stdout.unwrap(),
            stderr: file("stderr").unwrap_or_default(),
        }
    }

    pub fn lines(&self) -> Vec<&[u8]> {
        let mut lines: Vec<&[u8]> = self.stdout.split(|byte| *byte == b'\n').collect();
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        lines
    }

    pub fn conclude(&self, reader: &Reader) -> Conclusion {
        reader.conclude(self.ending, &self.stderr, 1_000_000)
    }
}

/// All of them, by name.
pub fn all() -> Vec<Recorded> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".exit").map(str::to_owned)
        })
        .collect();
    names.sort();
    names.iter().map(|name| Recorded::named(name)).collect()
}

/// Reads one to its end.
pub fn read(recorded: &Recorded) -> (Reader, Vec<Event>) {
    read_lines(recorded.adapter, &recorded.lines())
}

pub fn read_lines(adapter: Adapter, lines: &[impl AsRef<[u8]>]) -> (Reader, Vec<Event>) {
    let mut reader = Reader::new(adapter);
    let mut events = Vec::new();
    for line in lines {
        reader.line(line.as_ref(), &mut events);
    }
    (reader, events)
}

/// The lines that the agent of an ACP recording printed.
pub fn agent_lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder().join(format!("{name}.stdout.jsonl"))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["dir"] == "<-")
        .map(|line| line["msg"].to_string())
        .collect()
}
