//! Who is asked again is given again what it was given, and no key stays behind.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use synod_tests::{World, config};

use crate::{
    cast::{self, ask_gate, gate, spec},
    programs,
    stage::{agents, in_round, of_part, says, time, vote},
};

const KEY: &str = "key-of-the-rounds-3fa1";

/// Each agent writes down its key in every round it plays, and then plays its script.
fn with_key(world: &World, name: &str, family: &str, script: &[String]) -> String {
    let fake = world.programs().fake_agent.display().to_string();
    let seen = world.at("seen");
    let shell = format!("echo {name} $ROUNDS_KEY >>{seen}; exec {fake} \"$@\"");
    let mut argv = ["sh", "-c", &shell, "sh"].map(str::to_owned).to_vec();
    argv.extend(script.iter().cloned());
    config::agent(name, family, &argv, "env = [\"ROUNDS_KEY\"]\n")
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_path_buf()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        if path.is_dir() {
            let below = fs::read_dir(&path).unwrap();
            found.extend(below.map(|entry| entry.unwrap().path()));
        }
    }
    found.retain(|path| path.is_file());
    found
}

/// Nothing below the daemon's folders holds the key, and no environment is kept.
#[track_caller]
fn assert_no_key_is_left(world: &World) {
    let env = world.state_dir().join("env");
    assert_eq!(files(&env), Vec::<PathBuf>::new());
    for path in files(&world.state_dir()) {
        let bytes = fs::read(&path).unwrap_or_default();
        let holds = bytes.windows(KEY.len()).any(|at| at == KEY.as_bytes());
        assert!(!holds, "{}", path.display());
    }
}

/// K, K2
#[test]
fn each_round_has_its_keys_and_none_is_left_when_people_are_waited_for() {
    let world = World::with(programs()).env("ROUNDS_KEY", KEY).build();
    gate(
        &world,
        "judged",
        "ballot = true\nrepair = 1\narbiter = \"judge\"\n",
    );
    let alice = says(
        &json!([time("important"), time("critical")]),
        &json!([vote("", "yes")]),
    );
    let bob = says(&json!([]), &json!([vote("", "no")]));
    let judge = in_round(
        "arbitration",
        &[
            "rule",
            r#"[{"claim": "", "ruling": "abstain", "reason": "Taste."}]"#,
        ],
    );
    let text = [
        config::SHORT_GRACE.to_owned(),
        with_key(&world, "alice", "red", &alice),
        with_key(&world, "bob", "blue", &bob),
        with_key(&world, "judge", "black", &judge),
    ];
    world.write_config(&text.concat());
    let ended = ask_gate(&world, "judged", &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"), "{}", ended.out);
    assert_eq!(agents(&of_part(&ended.run, "ballot")), ["alice", "bob"]);
    assert_eq!(agents(&of_part(&ended.run, "arbiter")), ["judge"]);
    let seen = fs::read_to_string(world.at("seen")).unwrap();
    let mut seen: Vec<&str> = seen.lines().collect();
    seen.sort_unstable();
    let with = |name: &str| format!("{name} {KEY}");
    let expected = ["alice", "alice", "bob", "bob", "judge"].map(with);
    assert_eq!(seen, expected);
    assert_no_key_is_left(&world);
    world.assert_invariants();
}

/// K2: also where the run ends by itself, and where it is cancelled in the middle of a round.
#[test]
fn no_key_is_left_by_a_run_that_has_ended() {
    let world = World::with(programs()).env("ROUNDS_KEY", KEY).build();
    let waits = ["wait-file", &world.at("go")].map(str::to_owned);
    let alice = [
        in_round("first", &["answer", &json!([time("minor")]).to_string()]),
        in_round("ballot", &waits.each_ref().map(String::as_str)),
        in_round("ballot", &["vote", "[]"]),
    ]
    .concat();
    let bob = says(&json!([]), &json!([]));
    let text = [
        config::SHORT_GRACE.to_owned(),
        with_key(&world, "alice", "red", &alice),
        with_key(&world, "bob", "blue", &bob),
    ];
    world.write_config(&text.concat());
    let subject = spec(&world);
    let roster = ["alice", "bob"];
    let cancelled = cast::submit(&world, &subject, &roster, &[]);
    world.wait_run(&cancelled, |run| {
        let ballots = of_part(run, "ballot");
        ballots
            .iter()
            .any(|one| one.agent == "alice" && one.state == "running")
    });
    assert!(!files(&world.state_dir().join("env")).is_empty());
    world.synod(["cancel", &cancelled]).success();
    assert_eq!(world.wait_end(&cancelled).state, "cancelled");
    assert_no_key_is_left(&world);
    cast::release(&world, "go");
    let ended = cast::ask(&world, &subject, &roster, &[]);
    assert_eq!(ended.end(), (0, "passed"));
    assert_no_key_is_left(&world);
    world.assert_invariants();
}
