//! The turns of a session: how each is started, and what it counts. Where they work is in `sessions`.

use serde_json::Value;
use synod_tests::World;

use crate::{
    agent, id, programs,
    repository::{self, Repository},
    run_in, show,
};

/// An agent in Claude's voice: it leaves the session `s-1`, writes what its flags were, and works as `work` says. Its
/// cost is of the whole session: a dollar for each turn so far.
fn world(work: &str) -> World {
    let script = format!(
        r#"
        turns=$(($(cat "$HOME/turns" 2>/dev/null || echo 0) + 1)); echo $turns >"$HOME/turns"
        echo "$@" >>"$HOME/flags"; cat >/dev/null
        {work}
        printf '%s\n' '{{"type":"system","subtype":"init","session_id":"s-1","model":"m"}}'
        printf '{{"type":"result","subtype":"success","is_error":false,"terminal_reason":"completed","result":"turn %s","session_id":"s-1","usage":{{"input_tokens":10,"output_tokens":1}},"total_cost_usd":%s}}\n' $turns $turns
        "#
    );
    let config = agent(&script, "profile_flags = true\n")
        .replace("adapter = \"command\"", "adapter = \"claude\"");
    // The word after the script is its name; the profile's flags follow.
    let config = config.replace("\"]\nprofile_flags", "\", \"sh\"]\nprofile_flags");
    let world = World::with(programs()).config(config).build();
    repository::set_identity(&world);
    world
}

fn go_on(world: &World, run: &Value) -> Value {
    let next = world.json(["run", "--continue", id(run), "and now"]);
    show(world, next["id"].as_str().unwrap())
}

fn attempt(run: &Value) -> &Value {
    &run["executions"][0]["attempts"][0]
}

#[test]
fn each_turn_resumes_its_session_and_counts_only_what_it_used_itself() {
    let world = world("");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    let second = go_on(&world, &first);
    let refused = world
        .synod(["run", "--continue", id(&first), "again"])
        .refusal(7);
    assert!(refused.contains("continued"), "{refused}");
    let third = go_on(&world, &second);
    for run in [&first, &second, &third] {
        assert_eq!(attempt(run)["sessionId"], "s-1", "{run:#}");
        assert_eq!(attempt(run)["usage"]["costUsd"], 1.0, "{run:#}");
    }
    let flags = std::fs::read_to_string(world.home().join("flags")).unwrap();
    let resumed: Vec<bool> = flags
        .lines()
        .map(|turn| turn.contains("--resume s-1"))
        .collect();
    assert_eq!(resumed, [false, true, true], "{flags}");
}
