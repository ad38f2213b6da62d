//! Agents of every kind vote: what they say at last is their ballot, in whatever way their CLI prints it.

use serde_json::json;
use synod_tests::config;

use crate::{
    cast::{ask, spec},
    stage::{agents, in_round, of_part, routed, time, votes},
    world,
};

const KINDS: [&str; 6] = ["acp", "claude", "codex", "command", "gemini", "opencode"];

#[test]
fn each_kind_of_cli_votes_in_its_final_message() {
    let world = world();
    let mut text = config::SHORT_GRACE.to_owned();
    for kind in KINDS {
        let raised = if kind == "acp" {
            json!([time("important")])
        } else {
            json!([])
        };
        let yes = r#"[{"claim": "FR-1", "real": "yes", "answer": "200 ms"}]"#;
        let mut script = ["as", kind].map(str::to_owned).to_vec();
        if kind == "acp" {
            // A gate works only with a mode it knows.
            script.extend(["modes", "default"].map(str::to_owned));
        }
        script.extend(in_round("first", &["answers", &raised.to_string()]));
        script.extend(in_round("ballot", &["thinks", "Hm.", "votes", yes]));
        script.push("done".to_owned());
        let words: Vec<&str> = script.iter().map(String::as_str).collect();
        let agent = config::agent(kind, kind, &world.programs().fake(&words), "");
        let adapter = format!("adapter = {kind:?}");
        text.push_str(&agent.replace("adapter = \"command\"", &adapter));
    }
    world.write_config(&text);
    let ended = ask(&world, &spec(&world), &KINDS, &[]);
    // As the program has it, six families are not enough to settle what is important.
    assert_eq!(ended.end(), (10, "awaiting-human"), "{}", ended.out);
    assert_eq!(agents(&of_part(&ended.run, "ballot")), KINDS);
    let found = ended.only();
    assert_eq!(routed(found), ("confirmed", "ask"), "{}", found.rule);
    assert_eq!(votes(found), KINDS.map(|kind| (kind, "yes")));
    world.assert_invariants();
}
