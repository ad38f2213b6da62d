//! R13: cancelling, in every state.

use synod_consensus::Severity;
use synod_core::{
    decide::Rejection,
    input::Command,
    plan::{Effect, plan},
};
use synod_shared::words::{AttemptState, ExecutionState, Reason, RunState};

use crate::sim::{Sim, finding, states};

/// R13.
#[test]
fn cancelling_what_waits_ends_it_at_once() {
    let mut sim = Sim::with(synod_core::state::Limits {
        max_running: 0,
        ..Default::default()
    });
    let run = sim.exec("local").unwrap();
    sim.command(Command::CancelRun { run }).unwrap();
    assert_eq!(
        states(&sim, run),
        (RunState::Cancelled, vec![ExecutionState::Cancelled], vec![])
    );
    assert_eq!(sim.state.queued(), 0);
}

/// R13.
#[test]
fn cancelling_what_starts_or_runs_is_over_only_when_the_tree_is_gone() {
    for started in [false, true] {
        let mut sim = Sim::new();
        let run = sim.exec("local").unwrap();
        if started {
            sim.start(run, 0);
        }
        sim.command(Command::CancelRun { run }).unwrap();
        assert_eq!(
            states(&sim, run),
            (
                RunState::Executing,
                vec![ExecutionState::Running],
                vec![AttemptState::Stopping]
            )
        );
        let attempt = sim.attempt(run, 0);
        assert!(
            plan(&sim.state, &sim.now)
                .effects
                .contains(&Effect::Stop(attempt))
        );
        sim.end(run, 0, Reason::Cancelled);
        assert_eq!(
            states(&sim, run),
            (
                RunState::Cancelled,
                vec![ExecutionState::Cancelled],
                vec![AttemptState::Exited]
            )
        );
        assert_eq!(sim.terminal_changes(run), 1);
    }
}

/// R13: the agent was faster; its exit code is kept, the wish is too.
#[test]
fn an_agent_that_ends_well_while_it_is_cancelled_is_cancelled_with_its_true_exit_code() {
    let mut sim = Sim::new();
    let run = sim.exec("local").unwrap();
    sim.command(Command::CancelRun { run }).unwrap();
    sim.end(run, 0, Reason::Completed);
    assert_eq!(sim.run(run).state, RunState::Cancelled);
    let attempt = sim.state.attempt(sim.attempt(run, 0)).unwrap();
    assert_eq!(attempt.end.as_ref().unwrap().exit_code, Some(0));
}

/// R13.
#[test]
fn cancelling_while_answers_are_read_weighed_or_questions_wait_ends_at_once() {
    let mut sim = Sim::new();
    let validating = sim.gate(&["x"], 1);
    sim.end(validating, 0, Reason::Completed);
    let deciding = sim.gate(&["x"], 1);
    sim.answer(deciding, 0, vec![]);
    let waiting = sim.gate(&["x"], 1);
    sim.answer(waiting, 0, vec![finding("unclear", Severity::Critical)]);
    sim.weigh(waiting);
    assert_eq!(sim.run(waiting).state, RunState::AwaitingHuman);
    for run in [validating, deciding, waiting] {
        sim.command(Command::CancelRun { run }).unwrap();
        assert_eq!(sim.run(run).state, RunState::Cancelled);
        assert_eq!(sim.run(run).open_questions, 0);
        assert_eq!(sim.terminal_changes(run), 1);
    }
}

/// R13.
#[test]
fn cancelling_twice_or_after_the_end_changes_nothing_more() {
    let mut sim = Sim::new();
    let run = sim.exec("local").unwrap();
    sim.command(Command::CancelRun { run }).unwrap();
    sim.command(Command::CancelRun { run }).unwrap();
    sim.end(run, 0, Reason::Cancelled);
    let written = sim.log.len();
    sim.command(Command::CancelRun { run }).unwrap();
    assert_eq!(sim.log.len(), written);
}

#[test]
fn cancelling_one_agent_of_a_gate_leaves_the_others_to_decide() {
    let mut sim = Sim::new();
    let run = sim.gate(&["x", "y", "z"], 2);
    let execution = sim.run(run).executions[1];
    sim.command(Command::CancelExecution { execution }).unwrap();
    sim.answer(run, 0, vec![]);
    sim.answer(run, 2, vec![]);
    sim.end(run, 1, Reason::Cancelled);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::PassedDegraded);
}

#[test]
fn cancelling_nothing_is_refused() {
    let mut sim = Sim::new();
    let run = synod_shared::ids::RunId::from_bytes([1; 16]);
    assert!(matches!(
        sim.command(Command::CancelRun { run }),
        Err(Rejection::Unknown { .. })
    ));
}
