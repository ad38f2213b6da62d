//! The stand-in for the models: `tests/real-agents/stand_in`, a process of its own for each test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Cli;

/// The models of all CLIs, each under its own label.
pub struct Models {
    child: Child,
    port: u16,
    dir: TempDir,
}

impl Models {
    pub fn start() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("sm")
            .tempdir_in("/tmp")
            .unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("real-agents/stand_in");
        let mut child = Command::new("python3")
            .args(["-B", "-u"])
            .arg(program)
            .arg(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3, which the stand-in needs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().expect("the stand-in's port");
        Self { child, port, dir }
    }

    /// Where a CLI finds its model.
    pub fn url(&self, cli: Cli) -> String {
        format!("http://127.0.0.1:{}/{}", self.port, cli.name())
    }

    /// What the model of a CLI does from now on; keys as in `stand_in/scenario.py`.
    pub fn play(&self, cli: Cli, scenario: &Value) {
        // Renamed into place: a request reads the old one or the new one.
        let path = self.dir.path().join(format!("{}.json", cli.name()));
        let beside = path.with_extension("new");
        fs::write(&beside, scenario.to_string()).unwrap();
        fs::rename(beside, path).unwrap();
    }

    /// An answer to a gate with these findings, and a ballot that says yes to the first of all that were found.
    pub fn find(&self, cli: Cli, findings: &Value) {
        let answer = json!({"receipts": "$RECEIPTS", "findings": findings});
        let votes = json!([{"finding": "F1", "real": "yes"}]);
        let ballot = json!({"receipts": "$RECEIPTS", "votes": votes});
        let scenario = json!({"text": answer.to_string(), "ballot": ballot.to_string()});
        self.play(cli, &scenario);
    }

    /// How many questions the model of a CLI was asked.
    pub fn asked(&self, cli: Cli) -> usize {
        let log = fs::read_to_string(self.dir.path().join("log.jsonl")).unwrap_or_default();
        log.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|entry| entry["event"] == "asked" && entry["label"] == cli.name())
            .count()
    }

    /// Every text within a question, the first being 1.
    pub fn texts(&self, cli: Cli, number: usize) -> Vec<String> {
        let name = format!("bodies/{}-{number}.json", cli.name());
        let body = fs::read(self.dir.path().join(name)).unwrap();
        let mut texts = Vec::new();
        collect(serde_json::from_slice(&body).unwrap(), &mut texts);
        texts
    }
}

fn collect(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, texts)),
        Value::Object(map) => map.into_values().for_each(|item| collect(item, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Drop for Models {
    fn drop(&mut self) {
        // It has nothing to put in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
