use serde_json::json;

use super::{Setup, asks, chosen, hear, in_turn, say, setup, void};
use crate::{Policy, Rule, Ruling, ToolKind};

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

/// codex-acp calls commands that it takes for reading `read`, with a title that does not hold the command.
#[test]
fn a_command_is_shown_and_ruled_as_one_whatever_the_agent_calls_it() {
    let request = |kind: &str| {
        let mut request = asks(&json!(7), "Read notes.txt");
        request["params"]["toolCall"]["kind"] = json!(kind);
        request["params"]["toolCall"]["rawInput"] =
            json!({"command": ["cat", "notes.txt; rm -r ~"]});
        request["params"]["toolCall"]["locations"] = json!([{"path": "notes.txt"}]);
        request
    };
    let allows = |kinds: &[ToolKind], denied: &[ToolKind]| Policy {
        rules: vec![
            Rule {
                kinds: denied.to_vec(),
                paths: Vec::new(),
                ruling: Ruling::Deny,
            },
            Rule {
                kinds: kinds.to_vec(),
                paths: Vec::new(),
                ruling: Ruling::Allow,
            },
        ],
        otherwise: Ruling::Ask,
    };
    let with = |policy, kind: &str| {
        let mut machine = in_turn(Setup { policy, ..setup() });
        hear(&mut machine, &request(kind));
        machine
    };
    let reads = || allows(&[ToolKind::Read], &[ToolKind::Fetch]);
    for kind in ["read", "search", "other", "edit"] {
        let machine = with(reads(), kind);
        let open = machine.open();
        assert_eq!(open.len(), 1, "{kind} is asked for");
        assert_eq!(open[0].kind, ToolKind::Execute);
        assert!(
            open[0].what.starts_with("cat notes.txt; rm -r ~"),
            "{kind}: {}",
            open[0].what
        );
    }
    assert!(
        with(reads(), "read").open()[0]
            .what
            .ends_with("(Read notes.txt)")
    );
    // In a gate it is denied.
    let mut machine = with(Policy::read_only(), "read");
    assert_eq!(say(&mut machine), [chosen(&json!(7), "no")]);
    // The stricter of both rulings holds, the other way round too.
    let mut machine = with(allows(&[ToolKind::Execute], &[ToolKind::Edit]), "edit");
    assert_eq!(say(&mut machine), [chosen(&json!(7), "no")]);
    let mut machine = with(
        allows(&[ToolKind::Execute, ToolKind::Read], &[ToolKind::Edit]),
        "read",
    );
    assert_eq!(say(&mut machine), [chosen(&json!(7), "once")]);
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
