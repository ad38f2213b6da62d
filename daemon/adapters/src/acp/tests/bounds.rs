use serde_json::{Value, json};

use super::{Setup, asks, chosen, ended, hear, in_turn, say, setup, void};
use crate::{
    Permission, Policy, Rule, Ruling, ToolKind,
    acp::{END, Machine, Over},
};

/// What a question may hold beside one of the longest commands, in bytes.
const LARGEST: usize = 64 * 1024;

fn size(open: &Permission) -> usize {
    serde_json::to_string(open).unwrap().len()
}

fn edits(id: u64, paths: &[String]) -> Value {
    let mut request = asks(&json!(id), "Edit");
    request["params"]["toolCall"]["kind"] = json!("edit");
    let locations: Vec<_> = paths.iter().map(|path| json!({ "path": path })).collect();
    request["params"]["toolCall"]["locations"] = json!(locations);
    request
}

/// O7: one large request was a question that no message could hold.
#[test]
fn a_request_of_any_size_is_a_small_question_or_refused() {
    let long = "long ".repeat(200_000);
    for place in [
        "/params/toolCall/title",
        "/params/toolCall/rawInput/command",
        "/params/options/1/name",
        "/params/options/1/optionId",
        "/params/toolCall/locations/0/path",
        "/params/toolCall/toolCallId",
        "/id",
    ] {
        let mut machine = in_turn(setup());
        let mut request = edits(7, &["a".to_owned()]);
        request["params"]["toolCall"]["kind"] = json!("execute");
        request["params"]["toolCall"]["rawInput"] = json!({"command": "ls"});
        *request.pointer_mut(place).unwrap() = json!(long);
        hear(&mut machine, &request);
        let open = machine.open();
        if let [open] = open.as_slice() {
            assert!(size(open) < LARGEST, "{place}: {}", size(open));
            machine.answer("7", "no");
            assert_eq!(say(&mut machine), [chosen(&json!(7), "no")], "{place}");
        } else {
            let said = say(&mut machine);
            assert_eq!(said[0]["error"]["code"], -32602, "{place}");
            assert_eq!(said[0]["id"], request["id"], "{place}");
        }
    }
}

#[test]
fn a_request_with_more_options_than_anybody_reads_is_refused() {
    let mut machine = in_turn(setup());
    for (id, options) in [(7, 16), (8, 17)] {
        let mut request = asks(&json!(id), "x");
        let option = |n| json!({"optionId": format!("o{n}"), "name": "x", "kind": "allow_once"});
        request["params"]["options"] = (0..options).map(option).collect();
        hear(&mut machine, &request);
    }
    assert_eq!(machine.open().len(), 1);
    assert_eq!(machine.open()[0].choices.len(), 16);
    assert_eq!(say(&mut machine)[0]["error"]["code"], -32602);
}

/// What is not shown is ruled on: a file that must not be touched may be the last of many.
#[test]
fn a_policy_rules_on_all_paths_also_on_those_that_are_not_shown() {
    let rule = |pattern: &str, ruling| Rule {
        kinds: vec![ToolKind::Edit],
        paths: vec![pattern.to_owned()],
        ruling,
    };
    let policy = Policy {
        rules: vec![
            rule("secret/**", Ruling::Deny),
            rule("src/**", Ruling::Allow),
        ],
        otherwise: Ruling::Ask,
    };
    let mut paths: Vec<String> = (0..998).map(|n| format!("src/{n}.rs")).collect();
    let mut outcome = |last: &str| {
        let mut machine = in_turn(Setup {
            policy: policy.clone(),
            ..setup()
        });
        paths.push(last.to_owned());
        hear(&mut machine, &edits(7, &paths));
        paths.pop();
        let shown = machine.open().pop().map(|open| open.paths);
        (say(&mut machine), shown)
    };
    assert_eq!(outcome("src/z.rs"), (vec![chosen(&json!(7), "once")], None));
    assert_eq!(outcome("secret/z"), (vec![chosen(&json!(7), "no")], None));
    let (said, shown) = outcome("docs/z.md");
    assert!(said.is_empty(), "{said:?}");
    let shown = shown.unwrap();
    assert_eq!(shown.len(), 101);
    assert_eq!(shown[99], "src/99.rs");
    assert_eq!(shown[100], "… and 899 more");
}

#[test]
fn what_is_about_more_files_than_can_be_judged_is_refused_whatever_the_policy() {
    for paths in [
        (0..1001).map(|n| format!("src/{n}")).collect(),
        vec![format!("src/{}", "x".repeat(5000))],
    ] {
        let mut machine = in_turn(Setup {
            policy: Policy {
                rules: Vec::new(),
                otherwise: Ruling::Allow,
            },
            ..setup()
        });
        hear(&mut machine, &edits(7, &paths));
        // What was said of the call before counts too.
        hear(
            &mut machine,
            &json!({"method": "session/update", "params": {"update": {
                "sessionUpdate": "tool_call", "toolCallId": "call-8", "kind": "edit",
                "locations": edits(8, &paths)["params"]["toolCall"]["locations"]}}}),
        );
        hear(&mut machine, &edits(8, &["a".to_owned()]));
        let said = say(&mut machine);
        assert_eq!(said.len(), 2);
        for answer in said {
            assert_eq!(answer["error"]["code"], -32602, "{answer}");
        }
    }
}

#[test]
fn beyond_a_hundred_open_requests_the_rest_is_cancelled() {
    let mut machine = in_turn(setup());
    for id in 0..150 {
        hear(&mut machine, &asks(&json!(id), "x"));
    }
    let open: Vec<_> = machine.open().into_iter().map(|one| one.request).collect();
    assert_eq!(open.len(), 100);
    assert_eq!((open[0].as_str(), open[99].as_str()), ("0", "99"));
    let surplus: Vec<_> = (100..150).map(|id| void(&json!(id))).collect();
    assert_eq!(say(&mut machine), surplus);

    machine.answer("3", "once");
    assert_eq!(say(&mut machine), [chosen(&json!(3), "once")]);
    hear(&mut machine, &asks(&json!(200), "there is room again"));
    assert!(say(&mut machine).is_empty());
    assert_eq!(machine.open().pop().unwrap().request, "200");
}

/// C1: what was open is open for the next daemon too, also if an answer was not yet handed over.
#[test]
fn who_begins_anew_finds_the_same_requests_open() {
    let mut journal = Vec::new();
    let mut output = Vec::new();
    let mut machine = Machine::new(setup());
    let step = |machine: &mut Machine, journal: &mut Vec<String>| {
        for line in machine.next() {
            machine.sent(line.as_bytes());
            journal.push(line);
        }
    };
    let mut known = Vec::new();
    for line in [super::initialized(), super::session(&json!({}))]
        .into_iter()
        .chain((0..160).map(|id| asks(&json!(id), "x")))
    {
        step(&mut machine, &mut journal);
        hear(&mut machine, &line);
        output.push(line);
        let open = machine.open();
        if let Some(one) = open.get(7).filter(|_| open.len().is_multiple_of(3)) {
            machine.answer(&one.request, "once");
        }
        let mut anew = Machine::new(setup());
        for line in &journal {
            anew.sent(line.as_bytes());
        }
        for line in &output {
            hear(&mut anew, line);
        }
        let again: Vec<_> = anew.open().into_iter().map(|one| one.request).collect();
        for one in machine.open() {
            assert!(again.contains(&one.request), "{}", one.request);
        }
        known.extend(again);
    }
    assert!(known.len() > 1000);
}

/// O7: together they must fit into a message, as many as there may be.
#[test]
fn all_that_an_attempt_asks_is_bounded_in_size() {
    let mut machine = in_turn(setup());
    let what = "w".repeat(16 * 1024);
    let (mut asked, mut cancelled, mut largest) = (0, 0, 0);
    for id in 0..1000 {
        hear(&mut machine, &asks(&json!(id), &what));
        let open = machine.open();
        largest = largest.max(open.iter().map(size).sum());
        cancelled += say(&mut machine).len();
        // Those that people answer make room, until there were too many in all.
        if id > 100
            && let Some(first) = open.first()
        {
            asked += size(first);
            machine.answer(&first.request, "no");
            assert_eq!(say(&mut machine).len(), 1);
        }
    }
    assert!(largest < 1024 * 1024, "{largest}");
    assert!(
        (2 * 1024 * 1024..5 * 1024 * 1024).contains(&asked),
        "{asked}"
    );
    assert!(cancelled > 600, "{cancelled}");
    assert!(machine.open().is_empty());
    hear(&mut machine, &ended());
    assert_eq!(say(&mut machine), [json!("END")]);
}

/// The sentence becomes the run's, and is stored.
#[test]
fn why_there_can_be_no_turn_is_a_short_sentence() {
    let long = "long\n\u{1b}[2J".repeat(20_000);
    for reply in [
        json!({"id": 1, "error": {"code": -32000, "message": long}}),
        json!({"id": 1, "error": {"code": -32000, "message": {"deep": long}}}),
        json!({"id": 1, "result": {"protocolVersion": long}}),
    ] {
        let mut machine = Machine::new(setup());
        say(&mut machine);
        hear(&mut machine, &reply);
        assert_eq!(machine.next(), [END]);
        let Some(Over::Never(sentence)) = machine.is_over() else {
            panic!("expected that there is no turn");
        };
        assert!(sentence.chars().count() <= 1000, "{}", sentence.len());
        assert!(!sentence.contains('\u{1b}'));
    }
    let mut machine = in_turn(setup());
    hear(
        &mut machine,
        &json!({"id": 1, "method": format!("x/{long}"), "params": {}}),
    );
    assert!(say(&mut machine)[0].to_string().len() < 1000);
}
