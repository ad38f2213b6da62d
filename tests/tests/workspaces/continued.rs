//! Going on with a session: in the place it began, which passes to the run that continues it.

use serde_json::Value;
use synod_tests::World;

use crate::{
    agent, id, path, programs,
    repository::{self, Repository},
    run_in, show, state,
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
fn the_next_turn_works_where_the_first_one_did_and_answers_for_its_work() {
    let world = world("echo $turns >turn-$turns.txt");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    assert_eq!(attempt(&first)["sessionId"], "s-1", "{first:#}");
    let second = go_on(&world, &first);
    assert_eq!(path(&second), path(&first));
    assert_eq!(state(&show(&world, id(&first))), "continued");
    let flags = std::fs::read_to_string(world.home().join("flags")).unwrap();
    let turns: Vec<&str> = flags.lines().collect();
    assert!(!turns[0].contains("--resume"), "{flags}");
    assert!(turns[1].contains("--resume s-1"), "{flags}");
    // The CLI counts the whole session; what was used before is not counted again.
    assert_eq!(attempt(&second)["usage"]["costUsd"], 1.0, "{second:#}");
    let refused = world.synod(["merge", id(&first)]).refusal(7);
    assert!(refused.contains("goes on in this workspace"), "{refused}");
    world.synod(["merge", id(&second)]).success();
    let files = repository.git(&["ls-files"]);
    assert!(
        files.contains("turn-1.txt") && files.contains("turn-2.txt"),
        "{files}"
    );
    assert_eq!(repository.worktrees(), 1);
    // Its place is gone: a session in another folder would be another one.
    let refused = world
        .synod(["run", "--continue", id(&second), "once more"])
        .refusal(7);
    assert!(refused.contains("merged"), "{refused}");
    world.assert_invariants();
}

#[test]
fn a_turn_that_changed_nothing_leaves_its_place_for_the_next_one() {
    let world = world("[ $turns = 1 ] || echo done >work.txt");
    let repository = Repository::new(&world, "shop");
    let asked = run_in(&world, &repository.path, &[]);
    let worked = go_on(&world, &asked);
    assert_eq!(path(&worked), path(&asked));
    world.synod(["merge", id(&worked)]).success();
    assert_eq!(repository.read("work.txt"), "done\n");
    world.assert_invariants();
}

#[test]
fn a_continued_run_is_not_continued_twice() {
    let world = world("echo $turns >turn-$turns.txt");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    let second = go_on(&world, &first);
    let refused = world
        .synod(["run", "--continue", id(&first), "again"])
        .refusal(7);
    assert!(refused.contains("continued"), "{refused}");
    let third = go_on(&world, &second);
    assert_eq!(path(&third), path(&first));
    assert_eq!(attempt(&third)["usage"]["costUsd"], 1.0, "{third:#}");
}
