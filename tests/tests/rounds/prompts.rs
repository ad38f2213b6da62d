//! The exact prompt of every round can be had, and holds what its reader may know and nothing else.

use serde_json::json;
use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask_gate, gate, spec},
    finding,
    stage::{TIME, in_round, of_part, says, time, vote},
    world,
};

fn prompt_of(world: &World, id: &str) -> String {
    let request = v1::GetPromptRequest { id: id.to_owned() };
    let answer = world.block_on(world.supervisor().get_prompt(request));
    String::from_utf8(answer.unwrap().into_inner().prompt).unwrap()
}

/// The claims of a sheet, in its order.
fn sheet(prompt: &str) -> Vec<String> {
    let begin = prompt.rfind("<<<SYNOD INPUT").unwrap();
    let rest = &prompt[begin..];
    let list = &rest[rest.find('\n').unwrap()..rest.find("SYNOD INPUT END").unwrap()];
    let items: Vec<serde_json::Value> = serde_json::from_str(list).unwrap();
    let claims = items.iter().map(|item| item["claim"].as_str().unwrap());
    claims.map(str::to_owned).collect()
}

#[test]
fn prompts_of_later_rounds_hold_the_spec_and_the_findings_and_no_names() {
    let world = world();
    gate(&world, "judged", "ballot = true\narbiter = \"solomon\"\n");
    let raised = json!([
        time("important"),
        finding(
            "FR-2 gives no length of inactivity.",
            "critical",
            "after inactivity"
        ),
        finding("FR-4 names no address.", "critical", "by e-mail"),
        finding("FR-3 does not say whose cart.", "critical", "The cart"),
    ]);
    let judge = r#"[{"claim": "", "ruling": "abstain", "reason": "Taste."}]"#;
    Cast::new(&world)
        .played("aspasia", "red", &says(&raised, &json!([vote("", "yes")])))
        .played("biton", "blue", &says(&json!([]), &json!([vote("", "no")])))
        .played(
            "solomon",
            "black",
            &in_round("arbitration", &["rule", judge]),
        )
        .enter();
    let ended = ask_gate(&world, "judged", &spec(&world), &["aspasia", "biton"], &[]);
    let first = prompt_of(&world, &of_part(&ended.run, "")[0].id);
    assert!(first.contains(SPEC) && !first.contains(TIME));
    let ballots: Vec<String> = of_part(&ended.run, "ballot")
        .iter()
        .map(|ballot| prompt_of(&world, &ballot.id))
        .collect();
    let arbiter = of_part(&ended.run, "arbiter");
    let arbitration = prompt_of(&world, &arbiter[0].attempts[0].id);
    for prompt in ballots.iter().chain([&arbitration]) {
        assert!(prompt.contains(SPEC) && prompt.contains(TIME), "{prompt}");
        for name in ["aspasia", "biton", "solomon"] {
            assert!(!prompt.contains(name), "{name} in {prompt}");
        }
    }
    for prompt in &ballots {
        assert!(!prompt.contains("Two readings."), "reasons breed agreement");
        let mut claims = sheet(prompt);
        claims.sort();
        let mut raised: Vec<String> = ended.run.findings.iter().map(|f| f.text.clone()).collect();
        raised.sort();
        assert_eq!(claims, raised, "all findings of all agents");
    }
    assert!(
        arbitration.contains("Two readings."),
        "an arbiter sees them"
    );
    assert_eq!(sheet(&arbitration), [TIME], "and the disputes alone");
    // As it was given, byte for byte.
    let dir = world.attempt_dir(&arbiter[0].id, 1);
    assert_eq!(
        std::fs::read_to_string(dir.join("prompt")).unwrap(),
        arbitration
    );
}

#[test]
fn each_voter_has_an_order_of_its_own_drawn_from_the_run() {
    let world = world();
    let claims: Vec<_> = (1..=8)
        .map(|n| finding(&format!("Matter number {n} is open."), "minor", "The shop"))
        .collect();
    let mut cast = Cast::new(&world);
    let names = ["alice", "bob", "carol", "dora"];
    for name in names {
        let raised = if name == "alice" {
            json!(claims)
        } else {
            json!([])
        };
        cast = cast.played(name, name, &says(&raised, &json!([])));
    }
    cast.enter();
    let ended = crate::cast::ask(&world, &spec(&world), &names, &[]);
    let mut orders: Vec<Vec<String>> = of_part(&ended.run, "ballot")
        .iter()
        .map(|ballot| sheet(&prompt_of(&world, &ballot.id)))
        .collect();
    assert!(orders.iter().all(|order| order.len() == 8));
    orders.sort();
    orders.dedup();
    assert!(orders.len() > 1, "one order for all: {orders:?}");
}
