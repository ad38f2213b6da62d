//! Cancelling in every state, and what arrives after the end.

use std::path::Path;

use serde_json::json;
use synod_proto::v1::{
    self,
    change::{Entity, Lifecycle},
};
use synod_tests::{World, config, eventually};

use crate::{
    Cast,
    cast::{release, spec, submit},
    finding, programs, world,
};

fn short_grace(more: &str) -> World {
    let world = world();
    world.write_config(&format!("{}{more}", config::SHORT_GRACE));
    world
}

#[track_caller]
fn ends_cancelled(world: &World, id: &str) -> v1::Run {
    world.synod(["cancel", id]).success();
    world.synod(["wait", id]).code(13);
    let run = world.run(id);
    assert_eq!(run.state, "cancelled");
    let states: Vec<&str> = run.executions.iter().map(|e| e.state.as_str()).collect();
    assert!(
        states
            .iter()
            .all(|state| ["cancelled", "completed", "failed"].contains(state)),
        "{states:?}"
    );
    run
}

/// R13
#[test]
fn what_is_cancelled_while_queued_is_never_started() {
    let world = short_grace("max_running = 1\n");
    let (go, started) = (world.at("go"), world.at("started"));
    let first = world.exec_detached(&[], &["wait-file", &go]);
    let second = world.exec_detached(&[], &["touch", &started]);
    world.wait_running(&first);
    let run = ends_cancelled(&world, &second);
    assert!(run.executions[0].attempts.is_empty());
    release(&world, "go");
    world.synod(["wait", &first]).success();
    assert!(!Path::new(&started).exists());
    world.assert_invariants();
}

/// R13: the shim is on its way, but has not claimed the attempt.
#[test]
fn what_is_cancelled_before_its_process_exists_is_never_started() {
    let world = World::with(programs())
        .env("SYNOD_TEST_SHIM_DELAY_MS", "400")
        .config(config::SHORT_GRACE)
        .build();
    let started = world.at("started");
    let id = world.exec_detached(&[], &["touch", &started]);
    world.wait_run(&id, |run| {
        run.executions.iter().any(|e| !e.attempts.is_empty())
    });
    ends_cancelled(&world, &id);
    assert!(!Path::new(&started).exists());
    world.assert_invariants();
}

/// R13
#[test]
fn what_is_cancelled_while_it_runs_leaves_no_process() {
    synod_tests::World::in_each(&programs(), |world| {
        world.write_config(config::SHORT_GRACE);
        let never = world.at("never");
        let script = [
            "setsid-child",
            "[",
            "wait-file",
            &never,
            "]",
            "double-fork-child",
            "[",
            "wait-file",
            &never,
            "]",
            "print",
            "ready",
            "wait-file",
            &never,
        ];
        let id = world.exec_detached(&[], &script);
        world.wait_run(&id, |run| {
            World::has_attempt(run, |a| a.last_line == "ready")
        });
        ends_cancelled(&world, &id);
        assert_eq!(world.agents_alive(), Vec::<i32>::new());
        world.assert_invariants();
    });
}

/// R13
#[test]
fn a_second_cancel_while_the_first_waits_changes_nothing() {
    let world = short_grace("");
    let never = world.at("never");
    let id = world.exec_detached(
        &[],
        &["ignore", "TERM", "print", "deaf", "wait-file", &never],
    );
    world.wait_run(&id, |run| {
        World::has_attempt(run, |a| a.last_line == "deaf")
    });
    world.synod(["cancel", &id]).success();
    world.synod(["cancel", &id]).success();
    world.synod(["wait", &id]).code(13);
    let revision = world.snapshot().1.revision;
    // Nor does a third, once all is over.
    world.synod(["cancel", &id]).success();
    assert_eq!(world.snapshot().1.revision, revision);
    world.assert_invariants();
}

/// R13
#[test]
fn a_gate_cancelled_while_its_agents_run_ends_with_all_of_them() {
    let world = world();
    let never = world.at("never");
    Cast::new(&world)
        .agent("quick", "red", &["answer", "[]"])
        .agent("slow", "blue", &["read-prompt", "wait-file", &never])
        .agent(
            "deaf",
            "green",
            &["ignore", "TERM", "read-prompt", "wait-file", &never],
        )
        .enter();
    let id = submit(&world, &spec(&world), &["quick", "slow", "deaf"], &[]);
    world.wait_run(&id, |run| {
        run.executions[0].state == "completed"
            && run.executions[1..]
                .iter()
                .all(|e| e.attempts.iter().any(|a| a.state == "running"))
    });
    let run = ends_cancelled(&world, &id);
    assert_eq!(
        run.executions[0].state, "completed",
        "what was answered stays"
    );
    assert!(run.findings.is_empty() && run.questions.is_empty());
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
    world.assert_invariants();
}

/// R13
#[test]
fn one_agent_of_a_gate_is_cancelled_alone() {
    let world = world();
    let (never, go) = (world.at("never"), world.at("go"));
    Cast::new(&world)
        .agent(
            "alice",
            "red",
            &["read-prompt", "wait-file", &go, "answer", "[]"],
        )
        .agent(
            "bob",
            "blue",
            &["read-prompt", "wait-file", &go, "answer", "[]"],
        )
        .agent("slow", "green", &["read-prompt", "wait-file", &never])
        .enter();
    let id = submit(&world, &spec(&world), &["alice", "bob", "slow"], &[]);
    let run = world.wait_running(&id);
    world.synod(["cancel", &run.executions[2].id]).success();
    release(&world, "go");
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed-degraded");
    let missing = &run.verdict.as_ref().unwrap().missing[0];
    assert_eq!(
        (missing.agent.as_str(), missing.reason.as_str()),
        ("slow", "cancelled")
    );
    world.assert_invariants();
}

/// R13: a seat whose agent was cancelled is taken anew, while the gate still waits for others.
#[test]
fn a_seat_is_taken_anew_and_stands_where_it_stood() {
    let world = world();
    let (slow, go) = (world.at("slow"), world.at("go"));
    Cast::new(&world)
        .agent(
            "first",
            "red",
            &["read-prompt", "wait-file", &go, "answer", "[]"],
        )
        .agent(
            "second",
            "blue",
            &["read-prompt", "wait-file", &slow, "answer", "[]"],
        )
        .enter();
    let id = submit(&world, &spec(&world), &["first", "second"], &[]);
    let seat = world.wait_running(&id).executions[1].id.clone();
    world.synod(["cancel", &seat]).success();
    world.wait_run(&id, |run| run.executions[1].state == "cancelled");
    for _ in 0..3 {
        let last = world.run(&id).executions.last().unwrap().id.clone();
        world.synod(["retry", &last]).success();
        let run = world.run(&id);
        let fresh = run.executions.last().unwrap();
        assert_eq!((fresh.agent.as_str(), fresh.position), ("second", Some(1)));
        world.assert_feed_is_gapless_and_folds_to_the_tables();
        world.synod(["cancel", &fresh.id]).success();
        world.wait_run(&id, |run| {
            run.executions.last().unwrap().state == "cancelled"
        });
    }
    let last = world.run(&id).executions.last().unwrap().id.clone();
    world.synod(["retry", &last]).success();
    release(&world, "slow");
    release(&world, "go");
    let run = world.wait_end(&id);
    assert_eq!(
        run.state, "passed",
        "only the last one counts: {:?}",
        run.verdict
    );
    assert_eq!(run.executions.len(), 6);
    world.assert_invariants();
}

/// R5
#[test]
fn an_answer_after_the_end_is_kept_and_changes_nothing() {
    let world = world();
    let (go, ready) = (world.at("go"), world.at("ready"));
    let found = json!([finding("FR-1 gives no time.", "critical", "quickly")]).to_string();
    let script = [
        "ignore",
        "TERM",
        "read-prompt",
        "touch",
        &ready,
        "wait-file",
        &go,
        "answer",
        &found,
    ];
    Cast::with_limits(&world, "[limits]\ngrace = \"20s\"\n")
        .agent("late", "red", &script)
        .enter();
    let id = submit(&world, &spec(&world), &["late"], &[]);
    eventually("the agent at work", || {
        Path::new(&ready).exists().then_some(())
    });
    world.synod(["cancel", &id]).success();
    world.wait_run(&id, |run| {
        World::has_attempt(run, |a| a.state == "stopping")
    });
    release(&world, "go");
    world.synod(["wait", &id]).code(13);
    let run = world.run(&id);
    assert_eq!(
        (run.state.as_str(), run.executions[0].state.as_str()),
        ("cancelled", "cancelled")
    );
    assert!(run.findings.is_empty() && run.questions.is_empty());
    let kept = String::from_utf8(world.raw_output(&id)).unwrap();
    assert!(kept.contains("FR-1 gives no time."), "{kept}");
    let attempt = World::only_attempt(&run);
    assert_eq!(
        attempt.exit_code,
        Some(0),
        "how it ended is recorded: {attempt:?}"
    );
    world.assert_invariants();
}

/// R7
#[test]
fn a_process_that_ends_at_once_is_told_as_started_and_then_as_ended_each_once() {
    let world = world();
    let ids: Vec<String> = (0..20)
        .map(|_| world.exec_detached(&[], &["marker"]))
        .collect();
    for id in &ids {
        world.wait_end(id);
    }
    let mut told: Vec<(String, &str)> = Vec::new();
    let mut ends = 0;
    for change in world.feed() {
        match (change.lifecycle, change.entity) {
            (Some(Lifecycle::AgentStarted(event)), _) => told.push((event.attempt_id, "started")),
            (Some(Lifecycle::AgentCompleted(event)), _) => told.push((event.attempt_id, "ended")),
            (_, Some(Entity::Run(run))) if run.ended_at.is_some() => ends += 1,
            _ => {}
        }
    }
    assert_eq!(ends, 20, "each run ends once");
    for id in &ids {
        let attempt = &World::only_attempt(&world.run(id)).id.clone();
        let of: Vec<&str> = told
            .iter()
            .filter(|(a, _)| a == attempt)
            .map(|(_, what)| *what)
            .collect();
        assert_eq!(of, ["started", "ended"]);
    }
    world.assert_invariants();
}
