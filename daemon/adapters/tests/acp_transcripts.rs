//! What real agents said when they were driven by another client, and what our machine would have said to them.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

use std::fmt::Write as _;

use serde_json::Value;
use synod_adapters::{
    Adapter, Policy, Reader,
    acp::{END, Machine, Over, Setup},
};

macro_rules! transcripts {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("transcripts/acp-", $name, ".stdout.jsonl")))),+]
    };
}

const ALL: &[(&str, &str)] = transcripts![
    "claude-cancel",
    "claude-err400",
    "claude-ok",
    "claude-reject",
    "claude-tool",
    "codex-cancel",
    "codex-err400",
    "codex-ok",
    "codex-reject",
    "codex-tool",
    "gemini-cancel",
    "gemini-err400",
    "gemini-ok",
    "gemini-reject",
    "gemini-tool",
    "opencode-cancel",
    "opencode-err400",
    "opencode-ok",
    "opencode-reject",
    "opencode-tool",
];

struct Played {
    said: Vec<String>,
    asked: Vec<String>,
    over: Option<Over>,
}

/// Feeds the agent's lines. Its reply to a mode we set is not in the transcript: it agrees.
fn play(transcript: &str, policy: Policy, cancel: bool) -> Played {
    let mut machine = Machine::new(Setup {
        cwd: "/home/dev/work".to_owned(),
        prompt: "Reply with the JSON object only.".to_owned(),
        policy,
        ..Setup::default()
    });
    let mut played = Played {
        said: Vec::new(),
        asked: Vec::new(),
        over: None,
    };
    drain(&mut machine, &mut played);
    for line in transcript.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["dir"] == "->" {
            if cancel && line["msg"]["method"] == "session/cancel" {
                machine.cancel();
                drain(&mut machine, &mut played);
            }
            continue;
        }
        machine.received(line["msg"].to_string().as_bytes());
        for open in machine.open() {
            played.asked.push(format!("{open:?}"));
            let reject = open.choices.iter().find(|choice| !choice.kind.allows());
            machine.answer(&open.request, &reject.unwrap().id);
        }
        drain(&mut machine, &mut played);
        // Some transcripts go on with calls that are not ours.
        if machine.is_over().is_some() {
            break;
        }
    }
    played.over = machine.is_over();
    played
}

fn drain(machine: &mut Machine, played: &mut Played) {
    loop {
        let lines = machine.next();
        if lines.is_empty() {
            return;
        }
        for line in lines {
            machine.sent(line.as_bytes());
            if line.contains(r#""session/set_mode""#) {
                machine.received(br#"{"jsonrpc":"2.0","id":4,"result":{}}"#);
            }
            played
                .said
                .push(if line == END { "END".to_owned() } else { line });
        }
    }
}

#[test]
fn what_is_said_to_each_real_agent() {
    for (name, transcript) in ALL {
        let played = play(transcript, Policy::default(), true);
        let mut shown = String::new();
        for line in &played.said {
            writeln!(shown, "said  {line}").unwrap();
        }
        for line in &played.asked {
            writeln!(shown, "asked {line}").unwrap();
        }
        writeln!(shown, "over  {:?}", played.over).unwrap();
        let shown = shown.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(format!("acp-{name}"), shown);
    }
}

#[test]
fn every_conversation_comes_to_its_end() {
    for (name, transcript) in ALL {
        let played = play(transcript, Policy::default(), true);
        assert_eq!(played.over, Some(Over::Answered), "{name}");
        assert_eq!(played.said.last().unwrap(), "END", "{name}");
        assert_eq!(
            played
                .said
                .iter()
                .any(|line| line.contains("session/cancel")),
            name.ends_with("-cancel"),
            "{name}"
        );
    }
}

/// claude-agent-acp begins in a mode that runs commands unasked.
#[test]
fn agents_that_offer_a_default_mode_are_put_into_it_before_the_prompt() {
    for (name, transcript) in ALL {
        let played = play(transcript, Policy::default(), true);
        let at = |what: &str| played.said.iter().position(|line| line.contains(what));
        let mode = at(r#""modeId":"default""#);
        let has_default = name.starts_with("claude") || name.starts_with("gemini");
        assert_eq!(mode.is_some(), has_default, "{name}");
        assert!(mode < at("session/prompt"), "{name}");
    }
}

#[test]
fn a_read_only_policy_refuses_a_command_without_asking_anybody() {
    for (name, transcript) in ALL {
        let played = play(transcript, Policy::read_only(), true);
        assert!(played.asked.is_empty(), "{name}");
        if matches!(*name, "gemini-reject" | "gemini-tool") {
            let refusal = r#"{"jsonrpc":"2.0","id":0,"result":{"outcome":{"outcome":"selected","optionId":"cancel"}}}"#;
            assert!(played.said.iter().any(|line| line == refusal), "{name}");
        }
    }
}

/// An agent that loads a session tells its history first: that is no answer of this run.
#[test]
fn what_is_told_while_a_session_is_loaded_is_not_said_again() {
    let says = |text: &str| {
        format!(
            r#"{{"method":"session/update","params":{{"sessionId":"s0","update":{{"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":"{text}"}}}}}}}}"#
        )
    };
    let mut reader = Reader::new(Adapter::Acp);
    let mut events = Vec::new();
    for line in [
        r#"{"id":1,"result":{"protocolVersion":1}}"#.to_owned(),
        says("the old answer"),
        r#"{"id":2,"result":null}"#.to_owned(),
    ] {
        reader.line(line.as_bytes(), &mut events);
    }
    assert_eq!(reader.final_text(), None);
    assert_eq!(reader.record().session_id.as_deref(), Some("s0"));
    assert_eq!(events.len(), 1, "{events:?}");
    reader.line(says("the new one").as_bytes(), &mut events);
    reader.line(
        br#"{"id":3,"result":{"stopReason":"end_turn"}}"#,
        &mut events,
    );
    assert_eq!(reader.final_text(), Some("the new one"));
}
