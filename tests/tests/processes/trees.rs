//! The whole tree goes, however it tries to stay.

use std::time::Duration;

use synod_proto::v1::{Run, change::Entity};
use synod_shim::dir::RunDir;
use synod_tests::{World, eventually, processes};

use crate::{short_grace, short_grace_in_each};

const GRACE: Duration = Duration::from_millis(300);
/// What the catalogue allows beyond the grace.
const SLACK: Duration = Duration::from_secs(1);

/// When nothing of the tree was left, as its shim measured it. How long the records then take is the disk's
/// affair.
fn tree_gone_us(world: &World, run: &Run) -> i64 {
    let dir = RunDir::at(world.attempt_dir(&run.executions[0].id, 1));
    let exit = dir.exit().unwrap().expect("a recorded end");
    exit.started_at_us.expect("it was started") + exit.tree_us as i64
}

fn stopping_us(world: &World, run: &Run) -> i64 {
    let change = world
        .feed()
        .into_iter()
        .find(|change| match &change.entity {
            Some(Entity::Attempt(attempt)) => {
                attempt.run_id == run.id && attempt.state == "stopping"
            }
            _ => false,
        });
    let at = change.expect("a stopping attempt").at.expect("a time");
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1000
}

#[track_caller]
fn cancelled_in_time(world: &World, id: &str) {
    world.synod(["cancel", id]).success();
    let run = world.wait_end(id);
    assert_eq!(
        (
            run.state.as_str(),
            World::only_attempt(&run).reason.as_str()
        ),
        ("cancelled", "cancelled")
    );
    let took = tree_gone_us(world, &run) - stopping_us(world, &run);
    let took = Duration::from_micros(took.max(0) as u64);
    assert!(took < GRACE + SLACK, "the tree was gone after {took:?}");
    assert!(world.agents_alive().is_empty(), "cancelled means gone");
}

/// P5
#[test]
fn a_grandchild_that_holds_the_output_is_killed_after_the_grace_and_the_run_ends() {
    short_grace_in_each(|world| {
        for start in ["fork-child", "setsid-child", "double-fork-child"] {
            let out = world.exec(
                &[],
                &[
                    "print", "done", start, "[", "ignore", "TERM", "sleep", "600000", "]", "exit",
                    "5",
                ],
            );
            assert_eq!(out.stdout(), "done\n", "{start}");
            out.code(5);
            assert!(world.agents_alive().is_empty(), "{start}");
        }
        world.assert_invariants();
    });
}

/// P5
#[test]
fn what_a_grandchild_prints_within_the_grace_is_kept() {
    let world = short_grace();
    let gate = world.at("gone");
    let script = [
        "fork-child",
        "[",
        "wait-file",
        &gate,
        "print",
        "late",
        "]",
        "print",
        "early",
        "touch",
        &gate,
    ];
    world.write_config("[limits]\ngrace = \"20s\"\n");
    let out = world.exec(&[], &script).success();
    assert_eq!(out.stdout(), "early\nlate\n");
    world.assert_invariants();
}

/// P8
#[test]
fn an_agent_that_ignores_term_is_gone_within_the_grace_and_a_second() {
    short_grace_in_each(|world| {
        let id = world.exec_detached(
            &[],
            &["ignore", "TERM", "print", "ready", "sleep", "600000"],
        );
        world.wait_run(&id, |run| World::only_attempt(run).last_line == "ready");
        cancelled_in_time(&world, &id);
        world.assert_invariants();
    });
}

/// P8
#[test]
fn an_agent_that_heeds_term_is_told_with_the_signal_that_ended_it() {
    let world = short_grace();
    let id = world.exec_detached(&[], &["print", "ready", "sleep", "600000"]);
    world.wait_run(&id, |run| World::only_attempt(run).last_line == "ready");
    cancelled_in_time(&world, &id);
    assert_eq!(World::only_attempt(&world.run(&id)).signal, Some(15));
    world.assert_invariants();
}

/// P8
#[test]
fn children_in_other_sessions_orphans_and_stopped_ones_are_gone_too() {
    short_grace_in_each(|world| {
        let stubborn = ["[", "ignore", "TERM", "sleep", "600000", "]"];
        let mut script = vec!["fork-child", "[", "stop-self", "]"];
        for start in ["fork-child", "setsid-child", "double-fork-child"] {
            script.push(start);
            script.extend(stubborn);
        }
        script.extend(["double-fork-child", "[", "setsid"]);
        script.extend(["fork-child"].iter().chain(&stubborn));
        script.extend(["sleep", "600000", "]", "print", "ready", "stop-self"]);
        let id = world.exec_detached(&[], &script);
        world.wait_run(&id, |run| World::only_attempt(run).last_line == "ready");
        cancelled_in_time(&world, &id);
        world.assert_invariants();
    });
}

/// P8
#[test]
fn two_thousand_children_are_gone_within_the_grace_and_a_second() {
    short_grace_in_each(|world| {
        let script = [
            "children", "2000", "[", "sleep", "600000", "]", "print", "ready", "sleep", "600000",
        ];
        let id = world.exec_detached(&[], &script);
        world.wait_run(&id, |run| World::only_attempt(run).last_line == "ready");
        cancelled_in_time(&world, &id);
        world.assert_invariants();
    });
}

/// P8
#[test]
fn a_child_that_shed_its_environment_and_its_session_is_gone_too() {
    short_grace_in_each(|world| {
        let length = format!("600000.{}", std::process::id());
        let script = format!(
            "env -i setsid sh -c 'trap \"\" TERM; sleep {length} & sleep {length}' & \
             (env -i setsid sleep {length} &) ; sleep {length} & echo ready; wait"
        );
        let run = world.json(["exec", "--detach", "--", "sh", "-c", &script]);
        let id = run["id"].as_str().unwrap();
        let sleepers = || processes::with_words(&["sleep", &length]);
        eventually("all four", || (sleepers().len() == 4).then_some(()));
        cancelled_in_time(&world, id);
        assert_eq!(sleepers(), Vec::<i32>::new(), "nothing of the tree is left");
        world.assert_invariants();
    });
}
