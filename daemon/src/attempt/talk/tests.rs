use std::{fs, path::PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::*;

/// A directory with an empty journal and no output yet.
fn stage() -> (TempDir, RunDir) {
    let place = tempfile::tempdir().unwrap();
    let dir = RunDir::at(PathBuf::from(place.path()));
    fs::write(dir.stdin(), b"").unwrap();
    (place, dir)
}

fn setup() -> Setup {
    Setup {
        cwd: "/w".to_owned(),
        prompt: "long ".repeat(10_000),
        ..Setup::default()
    }
}

fn prints(dir: &RunDir, line: &serde_json::Value) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.stdout())
        .unwrap();
    writeln!(file, "{line}").unwrap();
}

fn journal(dir: &RunDir) -> String {
    String::from_utf8(fs::read(dir.stdin()).unwrap()).unwrap()
}

fn goes_on(talk: &mut Talk) {
    talk.hear().unwrap();
    talk.say().unwrap();
}

/// Wherever a journal is cut, another daemon goes on so that the agent reads the same lines.
#[test]
fn a_torn_journal_is_mended_and_gone_on_with() {
    let (_place, dir) = stage();
    let mut talk = Talk::open(&dir, setup()).unwrap();
    goes_on(&mut talk);
    prints(&dir, &json!({"id": 1, "result": {"protocolVersion": 1}}));
    goes_on(&mut talk);
    prints(&dir, &json!({"id": 2, "result": {"sessionId": "s"}}));
    goes_on(&mut talk);
    let whole = journal(&dir);
    assert_eq!(whole.lines().count(), 3);
    let cuts = (0..whole.len()).filter(|cut| *cut < 500 || cut % 997 == 0);
    for cut in cuts {
        fs::write(dir.stdin(), &whole.as_bytes()[..cut]).unwrap();
        // What was said last may be missing; what the agent has answered cannot be.
        let mut talk = Talk::open(&dir, setup()).unwrap();
        goes_on(&mut talk);
        goes_on(&mut talk);
        let mut rest = journal(&dir);
        // With both answers there already, each step needs another look.
        for _ in 0..3 {
            goes_on(&mut talk);
            rest = journal(&dir);
        }
        assert_eq!(rest, whole, "cut at {cut}");
    }
}

#[test]
fn half_a_line_of_the_agent_is_heard_when_it_is_whole() {
    let (_place, dir) = stage();
    let mut talk = Talk::open(&dir, setup()).unwrap();
    goes_on(&mut talk);
    let line = json!({"id": 1, "result": {"protocolVersion": 1}}).to_string();
    let (half, rest) = line.split_at(20);
    fs::write(dir.stdout(), half).unwrap();
    goes_on(&mut talk);
    assert_eq!(journal(&dir).lines().count(), 1);
    fs::write(dir.stdout(), format!("{half}{rest}\n")).unwrap();
    goes_on(&mut talk);
    assert_eq!(journal(&dir).lines().count(), 2);
}

#[test]
fn why_there_was_no_turn_is_known_from_the_files_alone() {
    let (_place, dir) = stage();
    let mut talk = Talk::open(&dir, setup()).unwrap();
    goes_on(&mut talk);
    prints(&dir, &json!({"id": 1, "result": {"protocolVersion": 9}}));
    goes_on(&mut talk);
    assert!(journal(&dir).ends_with("\u{4}\n"));
    let why = Talk::never(&dir, setup()).unwrap().unwrap();
    assert!(why.contains("found version 9"), "{why}");
}
