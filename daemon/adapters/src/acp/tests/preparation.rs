use serde_json::{Value, json};

use super::{
    Load, Machine, Mode, Over, Setup, ended, hear, initialized, never, say, session, setup,
};

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

fn named(mode: &str) -> Mode {
    Mode::Named(mode.to_owned())
}

#[test]
fn an_agent_that_begins_in_a_mode_of_its_own_is_put_into_its_default() {
    let offers = json!({"modes": {"currentModeId": "auto", "availableModes": [
        {"id": "default", "name": "Manual"}, {"id": "plan", "name": "Plan"}, {"id": "auto", "name": "Auto"}]}});
    for (wanted, set) in [
        (Mode::Usual, "default"),
        (named("default"), "default"),
        (named("plan"), "plan"),
        (named("auto"), "auto"),
        (Mode::Unwriting, "plan"),
    ] {
        let mut machine = Machine::new(Setup {
            mode: wanted,
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
        mode: named("plan"),
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
        mode: named("plan"),
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

/// What a session with these modes is answered with, before the prompt: the line that sets the mode, or `Err` with
/// the sentence why there is no turn.
fn answered(mode: Mode, offers: &Value) -> Result<Value, String> {
    let mut machine = Machine::new(Setup { mode, ..setup() });
    say(&mut machine);
    hear(&mut machine, &initialized());
    say(&mut machine);
    hear(&mut machine, &session(offers));
    let said = say(&mut machine);
    match machine.is_over() {
        Some(Over::Never(sentence)) => Err(sentence),
        Some(Over::Answered | Over::Cancelled) | None => Ok(said[0].clone()),
    }
}

fn modes(names: &[&str]) -> Value {
    let modes: Vec<Value> = names.iter().map(|name| json!({"id": name})).collect();
    json!({"modes": {"availableModes": modes}})
}

/// Agents that begin in a mode that never asks are never denied anything: a gate begins in no such mode.
#[test]
fn an_agent_that_judges_is_put_into_the_strictest_mode_it_has() {
    for (offers, set) in [
        (vec!["agent", "read-only", "plan", "default"], "read-only"),
        (vec!["default", "yolo", "plan"], "plan"),
        (vec!["auto", "default"], "default"),
    ] {
        let line = answered(Mode::Unwriting, &modes(&offers)).unwrap();
        assert_eq!(line["params"]["modeId"], set, "{offers:?}");
    }
    let options = json!({"configOptions": [{"id": "mode", "category": "mode", "options": [
        {"value": "build"}, {"value": "plan"}]}]});
    let line = answered(Mode::Unwriting, &options).unwrap();
    assert_eq!(line["params"]["value"], "plan");
}

#[test]
fn an_agent_that_judges_and_has_no_known_mode_does_not_begin() {
    let sentence = answered(Mode::Unwriting, &modes(&["build", "auto"])).unwrap_err();
    assert!(
        sentence.contains("(read-only, plan, default), found build, auto"),
        "{sentence}"
    );
    let sentence = answered(Mode::Unwriting, &json!({})).unwrap_err();
    assert!(
        sentence.contains("without modes") && sentence.contains("mode = \"default\""),
        "{sentence}"
    );
}

#[test]
fn a_mode_default_that_was_named_is_the_agents_own_only_if_it_has_no_modes() {
    let line = answered(named("default"), &json!({})).unwrap();
    assert_eq!(line["method"], "session/prompt");
    let line = answered(Mode::Usual, &modes(&["build"])).unwrap();
    assert_eq!(line["method"], "session/prompt");
    let sentence = answered(named("default"), &modes(&["build"])).unwrap_err();
    assert!(sentence.contains("found build"), "{sentence}");
}

#[test]
fn a_session_is_loaded_or_the_work_does_not_begin() {
    let wants = || Setup {
        load: Some(Load::Must("s0".to_owned())),
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

/// The same work once more: what the agent had come to know is loaded, by an agent that can.
#[test]
fn work_that_is_tried_again_loads_its_session_or_begins_a_new_one() {
    for (capable, method) in [(true, "session/load"), (false, "session/new")] {
        let mut machine = Machine::new(Setup {
            load: Some(Load::IfAble("s0".to_owned())),
            ..setup()
        });
        say(&mut machine);
        hear(
            &mut machine,
            &json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": 1,
                "agentCapabilities": {"loadSession": capable}}}),
        );
        assert_eq!(say(&mut machine)[0]["method"], method);
        hear(&mut machine, &session(&json!({})));
        let prompted = say(&mut machine);
        let wanted = if capable { "s0" } else { "s1" };
        assert_eq!(prompted[0]["params"]["sessionId"], wanted, "{prompted:?}");
    }
}
