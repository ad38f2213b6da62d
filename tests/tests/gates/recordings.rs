//! An attempt that is recorded and played back is the same attempt.

use std::{fmt::Write as _, fs::File, io::BufReader};

use serde_json::json;
use synod_shared::recording::{Ending, Recording, Stream};
use synod_tests::World;

use crate::{
    Cast,
    cast::{ask, spec},
    finding, world,
};

/// Records, and reads what was written.
#[track_caller]
fn record(world: &World, id: &str, name: &str) -> (String, Recording) {
    let path = world.at(name);
    world.synod(["record", id, "--output", &path]).success();
    let file = File::open(&path).unwrap();
    (path, Recording::read(BufReader::new(file)).unwrap())
}

fn replay(name: &str, path: &str, speed: &str) -> String {
    format!(
        "[agents.{name}]\nadapter = \"replay\"\nrecording = {}\nspeed = {speed}\nfamily = {name:?}\n\n",
        json!(path)
    )
}

fn bytes(recording: &Recording, stream: Stream) -> Vec<u8> {
    let pieces = recording.pieces.iter();
    pieces
        .filter(|piece| piece.stream == stream)
        .flat_map(|piece| piece.bytes.clone())
        .collect()
}

#[test]
fn a_recorded_run_is_played_back_byte_for_byte_with_its_end() {
    let world = world();
    let script = [
        "print",
        "first",
        "print-raw",
        r"half \xff\0 of it",
        "eprint",
        "aside",
        "print",
        " end",
        "exit",
        "3",
    ];
    let id = world.exec_detached(&[], &script);
    world.wait_end(&id);
    let (path, recording) = record(&world, &id, "one.rec");
    assert_eq!(recording.header.ending, Ending::ExitCode(3));
    assert_eq!(recording.header.adapter, "command");
    assert_eq!(bytes(&recording, Stream::Stdout), world.raw_output(&id));
    assert_eq!(bytes(&recording, Stream::Stderr), b"aside\n");

    world.write_config(&replay("again", &path, "\"max\""));
    let played = world
        .synod(["--json", "run", "--agent", "again", "go"])
        .code(1)
        .json();
    let again = played["id"].as_str().unwrap();
    assert_eq!(world.raw_output(again), world.raw_output(&id));
    let (was, is) = (world.run(&id), world.run(again));
    let (was, is) = (World::only_attempt(&was), World::only_attempt(&is));
    assert_eq!((was.exit_code, &was.reason), (is.exit_code, &is.reason));
    assert_eq!(was.error_bytes, is.error_bytes);
    world.assert_invariants();
}

#[test]
fn a_signal_is_played_back_too() {
    let world = world();
    let id = world.exec_detached(&[], &["print", "x", "kill-self", "KILL"]);
    world.wait_end(&id);
    let (path, recording) = record(&world, &id, "killed.rec");
    assert_eq!(recording.header.ending, Ending::Signal(9));
    world.write_config(&replay("again", &path, "20"));
    let played = world
        .synod(["--json", "run", "--agent", "again", "go"])
        .code(1)
        .json();
    let run = world.run(played["id"].as_str().unwrap());
    assert_eq!(World::only_attempt(&run).signal, Some(9));
}

/// Receipts of the recorded prompt are wrong for another one, and replaced.
#[test]
fn a_recorded_answer_to_a_gate_answers_another_one() {
    let world = world();
    let claim = "FR-1 gives no time for quickly.";
    let findings = json!([finding(claim, "important", "answer a search quickly")]).to_string();
    let claude = world.programs().fake(&[
        "as", "claude", "says", "I read.", "answers", &findings, "done",
    ]);
    Cast::new(&world)
        .agent("ann", "ann", &["answer", &findings])
        .agent("ben", "ben", &["answer", &findings])
        .enter();
    let mut text = std::fs::read_to_string(world.config_dir().join("config.toml")).unwrap();
    writeln!(
        text,
        "[agents.cat]\nadapter = \"claude\"\nfamily = \"cat\"\nargv = {}\n",
        json!(claude)
    )
    .unwrap();
    world.write_config(&text);
    let first = ask(&world, &spec(&world), &["ann", "ben", "cat"], &[]);
    for agent in ["ann", "cat"] {
        assert_eq!(first.of(agent), ("completed", "completed"), "{agent}");
    }
    for agent in ["ann", "cat"] {
        let execution = &first.execution(agent).id;
        let (path, recording) = record(&world, execution, &format!("{agent}.rec"));
        assert_eq!(recording.header.receipts.len(), 1, "{:?}", recording.header);
        text.push_str(&replay(&format!("{agent}-again"), &path, "\"max\""));
    }
    world.write_config(&text);
    let second = ask(
        &world,
        &spec(&world),
        &["ann-again", "cat-again", "ben"],
        &[],
    );
    for agent in ["ann-again", "cat-again"] {
        assert_eq!(second.of(agent), ("completed", "completed"), "{agent}");
    }
    assert_eq!(second.only().text, claim);
    assert_eq!(second.only().voices.len(), 3);
    let adapter = &second.execution("cat-again").adapter;
    assert_eq!(adapter, "claude");
}

#[test]
fn what_cannot_be_recorded_or_played_is_refused_with_a_sentence() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(&[], &["wait-file", &go]);
    let path = world.at("live.rec");
    let said = world
        .synod(["record", &id, "--output", &path])
        .code(2)
        .stderr();
    assert!(said.contains("expected an attempt"), "{said}");
    assert!(!std::path::Path::new(&path).exists());
    std::fs::write(&go, "").unwrap();
    world.wait_end(&id);
    std::fs::write(&path, "mine").unwrap();
    let said = world
        .synod(["record", &id, "--output", &path])
        .code(2)
        .stderr();
    assert!(said.contains("is there already"), "{said}");
    world.write_config(&replay("bad", &path, "1"));
    let said = world
        .synod(["run", "--agent", "bad", "go"])
        .code(2)
        .stderr();
    assert!(said.contains("as `synod record` writes it"), "{said}");
}
