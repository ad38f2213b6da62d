use serde_json::{Value, json};

use super::{END, Machine, Over, Setup};
use crate::{Policy, Rule, Ruling, ToolKind};

fn setup() -> Setup {
    Setup {
        cwd: "/home/dev/work".to_owned(),
        prompt: "do it\nwell".to_owned(),
        ..Setup::default()
    }
}

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
fn a_conversation_from_its_beginning_to_its_end() {
    let mut machine = Machine::new(setup());
    assert_eq!(
        say(&mut machine),
        [
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                "protocolVersion": 1,
                "clientCapabilities": {"fs": {"readTextFile": false, "writeTextFile": false}, "terminal": false},
                "clientInfo": {"name": "synod", "version": env!("CARGO_PKG_VERSION")},
            }})
        ]
    );
    hear(&mut machine, &initialized());
    assert_eq!(
        say(&mut machine),
        [json!({"jsonrpc": "2.0", "id": 2, "method": "session/new",
            "params": {"cwd": "/home/dev/work", "mcpServers": []}})]
    );
    hear(&mut machine, &session(&json!({})));
    assert_eq!(
        say(&mut machine),
        [
            json!({"jsonrpc": "2.0", "id": 3, "method": "session/prompt",
            "params": {"sessionId": "s1", "prompt": [{"type": "text", "text": "do it\nwell"}]}})
        ]
    );
    assert_eq!(machine.is_over(), None);
    hear(&mut machine, &ended());
    assert_eq!(machine.is_over(), Some(Over::Answered));
    assert_eq!(say(&mut machine), [json!("END")]);
    assert!(machine.has_ended());
}

#[test]
fn an_agent_that_begins_in_a_mode_of_its_own_is_put_into_its_default() {
    let offers = json!({"modes": {"currentModeId": "auto", "availableModes": [
        {"id": "default", "name": "Manual"}, {"id": "plan", "name": "Plan"}, {"id": "auto", "name": "Auto"}]}});
    for (wanted, set) in [
        (None, "default"),
        (Some("default"), "default"),
        (Some("plan"), "plan"),
    ] {
        let mut machine = Machine::new(Setup {
            mode: wanted.map(str::to_owned),
            ..setup()
        });
        say(&mut machine);
        hear(&mut machine, &initialized());
        say(&mut machine);
        hear(&mut machine, &session(&offers));
        assert_eq!(
            say(&mut machine),
            [
                json!({"jsonrpc": "2.0", "id": 4, "method": "session/set_mode",
                "params": {"sessionId": "s1", "modeId": set}})
            ]
        );
        assert_eq!(
            machine.next(),
            Vec::<String>::new(),
            "the prompt waits for the mode"
        );
        hear(
            &mut machine,
            &json!({"jsonrpc": "2.0", "id": 4, "result": {}}),
        );
        assert_eq!(say(&mut machine)[0]["method"], "session/prompt");
    }
}

#[test]
fn a_mode_among_the_options_is_set_as_an_option() {
    let mut machine = Machine::new(Setup {
        mode: Some("plan".to_owned()),
        ..setup()
    });
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(
        &mut machine,
        &session(
            &json!({"configOptions": [{"id": "mode", "category": "mode", "options": [
            {"value": "build"}, {"value": "plan"}]}]}),
        ),
    );
    assert_eq!(
        say(&mut machine),
        [
            json!({"jsonrpc": "2.0", "id": 4, "method": "session/set_config_option",
            "params": {"sessionId": "s1", "configId": "mode", "value": "plan"}})
        ]
    );
}

#[test]
fn a_mode_that_the_agent_lacks_or_refuses_is_never_replaced_by_another() {
    let wants_plan = || Setup {
        mode: Some("plan".to_owned()),
        ..setup()
    };
    let mut machine = Machine::new(wants_plan());
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(
        &mut machine,
        &session(&json!({"modes": {"availableModes": [{"id": "auto"}, {"id": "ask"}]}})),
    );
    let sentence = never(&mut machine);
    assert!(sentence.contains("found auto, ask"), "{sentence}");

    let mut machine = Machine::new(wants_plan());
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(
        &mut machine,
        &session(&json!({"modes": {"availableModes": [{"id": "plan"}]}})),
    );
    say(&mut machine);
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 4, "error": {"code": -32603, "message": "not now"}}),
    );
    let sentence = never(&mut machine);
    assert!(
        sentence.contains("session/set_mode: not now (error -32603)"),
        "{sentence}"
    );
}

#[test]
fn a_session_is_loaded_or_the_work_does_not_begin() {
    let wants = || Setup {
        load: Some("s0".to_owned()),
        ..setup()
    };
    let mut machine = Machine::new(wants());
    say(&mut machine);
    hear(&mut machine, &initialized());
    assert_eq!(
        say(&mut machine),
        [json!({"jsonrpc": "2.0", "id": 2, "method": "session/load",
            "params": {"sessionId": "s0", "cwd": "/home/dev/work", "mcpServers": []}})]
    );
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 2, "result": null}),
    );
    assert_eq!(say(&mut machine)[0]["params"]["sessionId"], "s0");

    let mut machine = Machine::new(wants());
    say(&mut machine);
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": 1}}),
    );
    assert!(never(&mut machine).contains("s0"));

    let mut machine = Machine::new(wants());
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 2, "error": {"code": -32002, "message": "no such session"}}),
    );
    assert!(never(&mut machine).contains("session/load: no such session"));
}

#[test]
fn an_agent_that_will_not_work_ends_the_conversation_with_its_own_words() {
    for (replies, words) in [
        (
            vec![json!({"id": 1, "result": {"protocolVersion": 2}})],
            "found version 2",
        ),
        (vec![json!({"id": 1, "result": {}})], "found version null"),
        (
            vec![json!({"id": 1, "error": {"code": 7, "message": "no"}})],
            "initialize: no (error 7)",
        ),
        (
            vec![
                initialized(),
                json!({"id": 2, "error": {"code": -32000, "message": "Authentication required"}}),
            ],
            "session/new: Authentication required",
        ),
        (
            vec![initialized(), json!({"id": 2, "result": {}})],
            "found none",
        ),
    ] {
        let mut machine = Machine::new(setup());
        for reply in &replies {
            say(&mut machine);
            hear(&mut machine, reply);
        }
        let sentence = never(&mut machine);
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[test]
fn a_human_is_asked_once_and_the_first_answer_that_fits_is_given_once() {
    let mut machine = in_turn(setup());
    let request = asks(&json!(7), "touch made.txt");
    hear(&mut machine, &request);
    hear(&mut machine, &request);
    let open = machine.open();
    assert_eq!(open.len(), 1, "sent twice, it is one request");
    assert_eq!(open[0].request, "7");
    assert_eq!(open[0].what, "touch made.txt");
    assert_eq!(open[0].kind, ToolKind::Execute);
    assert!(say(&mut machine).is_empty());

    machine.answer("8", "once");
    machine.answer("7", "whatever");
    assert_eq!(machine.open().len(), 1);
    machine.answer("7", "once");
    machine.answer("7", "no");
    assert!(machine.open().is_empty());
    assert_eq!(say(&mut machine), [chosen(&json!(7), "once")]);

    machine.answer("7", "no");
    hear(&mut machine, &request);
    assert!(say(&mut machine).is_empty());
    assert!(machine.open().is_empty());
}

#[test]
fn ids_are_given_back_as_the_json_they_were() {
    for id in [
        json!("a\"b"),
        json!("7"),
        json!(7),
        json!(0),
        json!(-3),
        json!(u64::MAX),
    ] {
        let mut machine = in_turn(setup());
        hear(&mut machine, &asks(&id, "x"));
        machine.answer(&id.to_string(), "once");
        assert_eq!(say(&mut machine), [chosen(&id, "once")]);
    }
}

#[test]
fn an_id_that_is_used_again_is_another_request_and_waits_for_the_first() {
    let mut machine = in_turn(setup());
    hear(&mut machine, &asks(&json!(1), "first"));
    hear(&mut machine, &asks(&json!(1), "second"));
    let names: Vec<_> = machine
        .open()
        .into_iter()
        .map(|open| (open.request, open.what))
        .collect();
    assert_eq!(
        names,
        [
            ("1".to_owned(), "first".to_owned()),
            ("1#2".to_owned(), "second".to_owned())
        ]
    );
    machine.answer("1#2", "no");
    assert!(
        say(&mut machine).is_empty(),
        "the first answer belongs to the first request"
    );
    machine.answer("1", "once");
    assert_eq!(
        say(&mut machine),
        [chosen(&json!(1), "once"), chosen(&json!(1), "no")]
    );
}

#[test]
fn a_policy_allows_once_denies_once_and_never_for_good() {
    let ruled = |ruling| Setup {
        policy: Policy {
            rules: vec![Rule {
                kinds: vec![ToolKind::Execute],
                paths: Vec::new(),
                ruling,
            }],
            otherwise: Ruling::Ask,
        },
        ..setup()
    };
    for (ruling, option) in [(Ruling::Allow, "once"), (Ruling::Deny, "no")] {
        let mut machine = in_turn(ruled(ruling));
        hear(&mut machine, &asks(&json!(7), "x"));
        assert!(machine.open().is_empty());
        assert_eq!(say(&mut machine), [chosen(&json!(7), option)]);

        let mut only_for_good = asks(&json!(8), "x");
        only_for_good["params"]["options"] = json!([
            {"optionId": "a", "name": "Always", "kind": "allow_always"},
            {"optionId": "n", "name": "Never", "kind": "reject_always"}]);
        hear(&mut machine, &only_for_good);
        assert_eq!(say(&mut machine), [void(&json!(8))]);
    }
}

#[test]
fn what_a_request_leaves_out_was_said_of_its_tool_call_before() {
    let mut machine = in_turn(setup());
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s1", "update": {
            "sessionUpdate": "tool_call", "toolCallId": "c1", "kind": "edit", "title": "Edit a.rs",
            "locations": [{"path": "/home/dev/work/a.rs"}]}}}),
    );
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s1", "update": {
            "sessionUpdate": "tool_call_update", "toolCallId": "c1",
            "content": [{"type": "diff", "path": "b.rs", "newText": "x"}]}}}),
    );
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 1, "method": "session/request_permission", "params": {
            "toolCall": {"toolCallId": "c1", "rawInput": {"file_path": "c.rs"}},
            "options": [{"optionId": "y", "name": "Yes", "kind": "allow_once"}]}}),
    );
    let open = machine.open();
    assert_eq!(open[0].kind, ToolKind::Edit);
    assert_eq!(open[0].what, "Edit a.rs");
    assert_eq!(open[0].paths, ["/home/dev/work/a.rs", "b.rs", "c.rs"]);
}

#[test]
fn a_command_is_shown_as_it_is_run_not_as_it_is_called() {
    let mut machine = in_turn(setup());
    let mut request = asks(&json!(1), "Tidy up a little");
    request["params"]["toolCall"]["rawInput"] = json!({"command": ["rm", "-rf", "/"]});
    hear(&mut machine, &request);
    assert_eq!(machine.open()[0].what, "rm -rf /");
}

#[test]
fn everything_but_permissions_is_refused_at_once() {
    let mut machine = in_turn(setup());
    for method in [
        "fs/read_text_file",
        "fs/write_text_file",
        "terminal/create",
        "_x/y",
    ] {
        hear(
            &mut machine,
            &json!({"jsonrpc": "2.0", "id": method, "method": method, "params": {}}),
        );
        assert_eq!(
            say(&mut machine),
            [json!({"jsonrpc": "2.0", "id": method, "error": {
                "code": -32601, "message": format!("method not found: {method}")}})]
        );
    }
}

#[test]
fn a_permission_that_cannot_be_read_is_refused_and_one_without_known_options_is_void() {
    let mut machine = in_turn(setup());
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "id": 1, "method": "session/request_permission", "params": 7}),
    );
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    machine.received(
        format!(r#"{{"id":2,"method":"session/request_permission","params":{deep}}}"#).as_bytes(),
    );
    let mut unknown = asks(&json!(3), "x");
    unknown["params"]["options"] =
        json!([{"optionId": "a", "name": "Maybe", "kind": "allow_maybe"}]);
    hear(&mut machine, &unknown);
    let said = say(&mut machine);
    assert_eq!(said[0]["error"]["code"], -32602);
    assert_eq!(said[1]["error"]["code"], -32602);
    assert_eq!(said[2], void(&json!(3)));
}

#[test]
fn a_request_that_is_taken_back_needs_nobody() {
    let mut machine = in_turn(setup());
    hear(&mut machine, &asks(&json!(7), "x"));
    hear(
        &mut machine,
        &json!({"jsonrpc": "2.0", "method": "$/cancel_request", "params": {"requestId": 7}}),
    );
    assert!(machine.open().is_empty());
    assert_eq!(say(&mut machine)[0]["error"]["code"], -32800);
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
