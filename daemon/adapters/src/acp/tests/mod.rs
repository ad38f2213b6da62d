use serde_json::{Value, json};

use super::{END, Load, Machine, Mode, Over, Setup};

fn setup() -> Setup {
    Setup {
        cwd: "/home/dev/work".to_owned(),
        prompt: "do it\nwell".to_owned(),
        ..Setup::default()
    }
}

mod bounds;
mod permissions;
mod preparation;

/// Appends what is due, and gives it back read.
fn say(machine: &mut Machine) -> Vec<Value> {
    let lines = machine.next();
    for line in &lines {
        assert!(!line.contains('\n'), "a line is one line");
        machine.sent(line.as_bytes());
    }
    assert_eq!(
        machine.next(),
        Vec::<String>::new(),
        "nothing is said twice"
    );
    lines
        .iter()
        .map(|line| {
            if line == END {
                json!("END")
            } else {
                serde_json::from_str(line).unwrap()
            }
        })
        .collect()
}

fn hear(machine: &mut Machine, line: &Value) {
    machine.received(line.to_string().as_bytes());
}

fn initialized() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": 1, "agentCapabilities": {"loadSession": true}}})
}

fn session(with: &Value) -> Value {
    let mut result = json!({"sessionId": "s1"});
    for (name, value) in with.as_object().into_iter().flatten() {
        result[name] = value.clone();
    }
    json!({"jsonrpc": "2.0", "id": 2, "result": result})
}

fn ended() -> Value {
    json!({"jsonrpc": "2.0", "id": 3, "result": {"stopReason": "end_turn"}})
}

fn asks(id: &Value, what: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "session/request_permission", "params": {
        "sessionId": "s1",
        "toolCall": {"toolCallId": format!("call-{id}"), "kind": "execute", "title": what},
        "options": [
            {"optionId": "always", "name": "Always", "kind": "allow_always"},
            {"optionId": "once", "name": "Once", "kind": "allow_once"},
            {"optionId": "no", "name": "No", "kind": "reject_once"},
        ],
    }})
}

fn chosen(id: &Value, option: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": {"outcome": {"outcome": "selected", "optionId": option}}})
}

fn void(id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": {"outcome": {"outcome": "cancelled"}}})
}

/// A machine that has just said its prompt.
fn in_turn(setup: Setup) -> Machine {
    let mut machine = Machine::new(setup);
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(&mut machine, &session(&json!({})));
    assert_eq!(say(&mut machine)[0]["method"], "session/prompt");
    machine
}

fn never(machine: &mut Machine) -> String {
    assert_eq!(say(machine), [json!("END")]);
    match machine.is_over() {
        Some(Over::Never(sentence)) => sentence,
        other => panic!("expected that there is no turn, found {other:?}"),
    }
}

#[test]
fn a_turn_that_ends_with_a_permission_open_voids_it() {
    let mut machine = in_turn(setup());
    hear(&mut machine, &asks(&json!(7), "x"));
    hear(&mut machine, &ended());
    assert!(machine.open().is_empty());
    assert_eq!(say(&mut machine), [void(&json!(7)), json!("END")]);
    hear(&mut machine, &asks(&json!(8), "too late"));
    assert!(machine.open().is_empty());
    assert!(say(&mut machine).is_empty());
}

#[test]
fn a_cancelled_turn_is_cancelled_in_the_agent_and_awaits_its_result() {
    let mut machine = in_turn(setup());
    hear(&mut machine, &asks(&json!(7), "x"));
    machine.answer("7", "once");
    machine.cancel();
    assert!(machine.open().is_empty());
    assert_eq!(
        say(&mut machine),
        [
            json!({"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": "s1"}}),
            void(&json!(7))
        ]
    );
    hear(&mut machine, &asks(&json!(8), "y"));
    assert_eq!(
        say(&mut machine),
        [void(&json!(8))],
        "also what comes later"
    );
    assert_eq!(machine.is_over(), None);
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 3, "result": {"stopReason": "cancelled"}}),
    );
    assert_eq!(say(&mut machine), [json!("END")]);
    assert_eq!(machine.is_over(), Some(Over::Answered));
}

#[test]
fn a_cancel_before_the_prompt_only_closes_the_input() {
    for step in 0..4 {
        let mut machine = Machine::new(setup());
        if step > 0 {
            say(&mut machine);
        }
        if step > 1 {
            hear(&mut machine, &initialized());
            say(&mut machine);
        }
        if step > 2 {
            hear(&mut machine, &session(&json!({})));
        }
        machine.cancel();
        assert_eq!(say(&mut machine), [json!("END")], "step {step}");
        assert_eq!(machine.is_over(), Some(Over::Cancelled), "step {step}");
    }
}

#[test]
fn a_journal_that_ends_stays_ended_though_the_wish_is_forgotten() {
    let mut machine = Machine::new(setup());
    let initialize = machine.next().remove(0);
    machine.sent(initialize.as_bytes());
    machine.sent(END.as_bytes());
    assert_eq!(machine.next(), Vec::<String>::new());
    assert_eq!(machine.is_over(), Some(Over::Cancelled));
}

/// Rows O7, O8.
#[test]
fn lines_that_are_no_messages_change_nothing() {
    let mut machine = in_turn(setup());
    let before = format!("{machine:?}");
    let deep = "[".repeat(100_000);
    for line in [
        b"".as_slice(),
        b"npm warn deprecated",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe\x00",
        b"{\"jsonrpc\":\"2.0\"}",
        br#"{"id":99,"result":{}}"#,
        br#"{"id":"3","result":{}}"#,
        br#"{"id":3}"#,
        br#"{"method":"session/update"}"#,
        br#"{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call"}}}"#,
        br#"{"method":"_auth/status_update","params":[]}"#,
        br#"{"method":7,"id":1}"#,
        deep.as_bytes(),
    ] {
        machine.received(line);
        assert_eq!(format!("{machine:?}"), before, "{}", line.escape_ascii());
    }
}
