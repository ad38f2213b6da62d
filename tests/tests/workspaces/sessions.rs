//! A run that goes on with another's session works where that one worked, and answers for the place from then on.

use std::fs;

use serde_json::Value;
use synod_tests::{World, config};

use crate::{
    assert_gone, id, path, programs,
    repository::{self, Repository},
    restart, run_in, show, state, wait_workspace,
};

/// What a CLI with sessions prints, after it has done its work.
const PRINTS: &str = r#"
printf '%s\n' '{"type":"system","subtype":"init","session_id":"s-1","model":"m","cwd":"/","tools":[]}'
printf '%s\n' '{"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s-1","num_turns":1,"duration_ms":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1}}'
"#;

fn world(work: &str) -> World {
    let script = format!("{work}\n{PRINTS}");
    let argv = ["/bin/sh", "-c", &script].map(|word| serde_json::Value::from(word).to_string());
    let text = format!(
        "{}[agents.alice]\nadapter = \"claude\"\nargv = [{}]\nprofile_flags = true\n[retention]\nworktrees = \"1ms\"\n",
        config::SHORT_GRACE,
        argv.join(", ")
    );
    let world = World::with(programs()).config(text).build();
    repository::set_identity(&world);
    world
}

#[track_caller]
fn go_on(world: &World, run: &Value) -> Value {
    let mut command = world.synod_command(["--json", "run", "--continue", id(run), "more"]);
    // From wherever it is called: the session knows its folder.
    command.current_dir(world.home());
    let next = world.finish(command, None).success().json();
    show(world, id(&next))
}

#[test]
fn a_session_goes_on_in_the_worktree_with_all_its_work() {
    let world = world("echo turn >> turns.txt; wc -l < turns.txt > ../turns");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    assert_eq!(first["state"], "passed", "{first:#}");
    let second = go_on(&world, &first);
    assert_eq!(second["state"], "passed", "{second:#}");
    assert_eq!(path(&second), path(&first));
    let text = fs::read_to_string(path(&second).join("turns.txt")).unwrap();
    assert_eq!(
        text, "turn\nturn\n",
        "the earlier turn's work is still there"
    );
    let first = show(&world, id(&first));
    assert_eq!(state(&first), "continued");
    assert_eq!(first["workspace"]["continuedBy"], id(&second));
    for verb in ["diff", "merge", "discard"] {
        let said = world.synod([verb, id(&first)]).refusal(7);
        assert!(said.contains(&id(&second)[..8]), "{said}");
    }
    let third = go_on(&world, &second);
    world.synod(["merge", id(&third)]).success();
    assert_eq!(repository.read("turns.txt"), "turn\nturn\nturn\n");
    assert_gone(&repository, &third);
    // Nothing is left to go on in.
    let mut command = world.synod_command(["run", "--continue", id(&third), "more"]);
    command.current_dir(&repository.path);
    let said = world.finish(command, None).refusal(7);
    assert!(said.contains("merged"), "{said}");
    world.assert_invariants();
}

#[test]
fn a_session_of_which_nothing_came_can_be_gone_on_with() {
    let world = world("cat a.txt > /dev/null");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    assert_eq!(state(&first), "made", "its agent may be asked more");
    let second = go_on(&world, &first);
    assert_eq!(second["state"], "passed", "{second:#}");
    // Whoever answers for it now is asked when it has become old, though it has the first one's name.
    restart(&world);
    let second = wait_workspace(&world, id(&second), "cleaned");
    assert_gone(&repository, &second);
}

#[test]
fn a_deleted_database_knows_who_answers_for_a_workspace() {
    let world = world("echo turn >> turns.txt");
    let repository = Repository::new(&world, "shop");
    let first = run_in(&world, &repository.path, &[]);
    let second = go_on(&world, &first);
    world.kill_daemon();
    for file in ["synod.db", "synod.db-wal", "synod.db-shm"] {
        // Not all of them are there.
        let _ = fs::remove_file(world.state_dir().join(file));
    }
    world.start_daemon();
    world.wait_end(id(&second));
    assert_eq!(state(&show(&world, id(&first))), "continued");
    world.synod(["discard", id(&first), "--force"]).refusal(7);
    world.synod(["merge", id(&second)]).success();
    assert_eq!(repository.read("turns.txt"), "turn\nturn\n");
}
