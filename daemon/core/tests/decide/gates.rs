//! Gates from submission to verdict.

use std::{collections::BTreeMap, time::Duration};

use synod_consensus::Severity;
use synod_core::{
    decide::Rejection,
    input::{Command, Equal, Observation},
};
use synod_shared::{
    ids::ExecutionId,
    words::{ExecutionState, Reason, RunState},
};

use crate::sim::{FAIL, PARTIAL, Sim, end, finding, nothing_found, started};

const FAMILIES: [&str; 3] = ["x", "y", "z"];

#[test]
fn three_answers_without_findings_pass() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    for seat in 0..3 {
        sim.start(run, seat);
        sim.answer(run, seat, vec![]);
    }
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.terminal_changes(run), 1);
}

/// R1.
#[test]
fn no_valid_answer_is_no_quorum_and_never_a_pass() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 1);
    for seat in 0..3 {
        sim.babble(run, seat);
    }
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::NoQuorum);
    let verdict = sim.state.verdict(run).unwrap();
    assert_eq!(
        verdict
            .missing
            .iter()
            .map(|m| m.reason.as_str())
            .collect::<Vec<_>>(),
        ["no-json"; 3]
    );
}

/// R2.
#[test]
fn with_a_quorum_at_the_first_deadline_the_gate_goes_ahead_and_names_who_is_missing() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    sim.answer(run, 0, vec![]);
    sim.answer(run, 1, vec![]);
    sim.start(run, 2);
    sim.pass(PARTIAL.checked_sub(Duration::from_secs(1)).unwrap());
    assert_eq!(
        sim.run(run).state,
        RunState::Executing,
        "until then all are waited for"
    );
    sim.pass(Duration::from_secs(1));
    assert_eq!(
        sim.run(run).state,
        RunState::Executing,
        "its tree is not gone yet"
    );
    sim.end(run, 2, Reason::Cancelled);
    assert_eq!(sim.execution(run, 2).state, ExecutionState::Failed);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::PassedDegraded);
    let missing = &sim.state.verdict(run).unwrap().missing;
    assert_eq!(
        (
            missing.len(),
            missing[0].agent.as_str(),
            missing[0].reason.as_str()
        ),
        (1, "c", "timeout")
    );
}

#[test]
fn a_quorum_reached_after_the_first_deadline_is_enough_at_once() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    sim.answer(run, 0, vec![]);
    sim.pass(PARTIAL);
    assert!(sim.run(run).stop.is_none());
    sim.answer(run, 1, vec![]);
    assert!(
        sim.run(run).stop.is_some(),
        "nobody waits for the third any more"
    );
    sim.end(run, 2, Reason::Cancelled);
    assert_eq!(sim.run(run).state, RunState::Deciding);
}

/// R3.
#[test]
fn the_last_deadline_ends_the_run_and_keeps_the_good_answers() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    sim.answer(run, 0, vec![finding("it is unclear", Severity::Critical)]);
    sim.pass(FAIL);
    sim.end(run, 1, Reason::Cancelled);
    assert_eq!(sim.run(run).state, RunState::Executing);
    sim.end(run, 2, Reason::Cancelled);
    assert_eq!(sim.run(run).state, RunState::DeadlineExceeded);
    assert_eq!(sim.run(run).reason, Some(Reason::Timeout));
    let answered = sim.run(run).executions[0];
    assert!(sim.state.answer(answered).is_some());
    let verdict = sim.state.verdict(run).unwrap();
    assert_eq!((verdict.answered.len(), verdict.missing.len()), (1, 2));
}

/// R3: nobody of the roster was ever started.
#[test]
fn the_last_deadline_ends_a_run_that_still_waits_in_the_queue() {
    let mut sim = Sim::with(synod_core::state::Limits {
        max_running: 0,
        ..Default::default()
    });
    let run = sim.gate(&FAMILIES, 2);
    sim.pass(FAIL);
    assert_eq!(sim.run(run).state, RunState::DeadlineExceeded);
}

/// R4.
#[test]
fn an_agent_that_cannot_be_started_does_not_stop_the_others() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    let second = sim.attempt(run, 1);
    sim.see(Observation::Lost {
        attempt: second,
        end: end(Reason::SpawnFailed),
    });
    assert_eq!(sim.execution(run, 1).reason, Some(Reason::SpawnFailed));
    sim.answer(run, 0, vec![]);
    sim.answer(run, 2, vec![]);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::PassedDegraded);
}

/// R5.
#[test]
fn what_comes_after_the_end_changes_nothing() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    for seat in 0..3 {
        sim.answer(run, seat, vec![]);
    }
    let outcome = sim.outcome(run);
    sim.weigh(run);
    let written = sim.log.len();
    for seat in 0..3 {
        let attempt = sim.attempt(run, seat);
        sim.see(started(attempt));
        sim.end(run, seat, Reason::ExitNonzero);
        sim.babble(run, seat);
    }
    sim.see(Observation::Weighed(Box::new(
        synod_core::input::Weighing {
            run,
            outcome,
            sections: BTreeMap::default(),
            ledger: Vec::new(),
            outcome_hash: String::new(),
            open: None,
        },
    )));
    sim.pass(FAIL);
    assert_eq!(sim.log.len(), written);
}

/// R6.
#[test]
fn the_same_submission_twice_is_one_run_and_another_subject_is_another() {
    let mut sim = Sim::new();
    let first = sim
        .gate_keyed(&FAMILIES, 2, "spec one", Equal::Attach)
        .unwrap();
    let second = sim
        .gate_keyed(&FAMILIES, 2, "spec one", Equal::Attach)
        .unwrap();
    let third = sim
        .gate_keyed(&FAMILIES, 2, "spec two", Equal::Attach)
        .unwrap();
    let forced = sim
        .gate_keyed(&FAMILIES, 2, "spec one", Equal::StartAnother)
        .unwrap();
    assert!(second.attached && second.run == first.run);
    assert!(!third.attached && third.run != first.run);
    assert!(!forced.attached && forced.run != first.run);
}

#[test]
fn a_run_that_has_ended_is_not_attached_to() {
    let mut sim = Sim::new();
    let first = sim.gate_keyed(&["x"], 1, "spec", Equal::Attach).unwrap();
    sim.answer(first.run, 0, vec![]);
    sim.weigh(first.run);
    let second = sim.gate_keyed(&["x"], 1, "spec", Equal::Attach).unwrap();
    assert!(!second.attached);
}

/// R7.
#[test]
fn an_end_reported_twice_or_before_the_start_is_one_end() {
    let mut sim = Sim::new();
    let run = sim.exec("local").unwrap();
    sim.end(run, 0, Reason::Completed);
    sim.start(run, 0);
    sim.end(run, 0, Reason::ExitNonzero);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.terminal_changes(run), 1);
}

#[test]
fn a_failed_seat_is_taken_by_a_fresh_execution_while_others_are_waited_for() {
    let mut sim = Sim::new();
    let run = sim.gate(&["x", "y"], 2);
    sim.babble(run, 0);
    let fresh = ExecutionId::from_bytes([7; 16]);
    let old = sim.run(run).executions[0];
    sim.command(Command::Replace {
        execution: old,
        fresh,
    })
    .unwrap();
    sim.answer(run, 2, vec![]);
    sim.answer(run, 1, vec![]);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(
        sim.execution(run, 0).state,
        ExecutionState::Failed,
        "terminal is terminal"
    );
}

#[test]
fn a_seat_is_not_replaced_once_the_answers_are_weighed() {
    let mut sim = Sim::new();
    let run = sim.gate(&["x"], 1);
    sim.babble(run, 0);
    let old = sim.run(run).executions[0];
    let refused = sim.command(Command::Replace {
        execution: old,
        fresh: ExecutionId::from_bytes([7; 16]),
    });
    assert!(
        matches!(refused, Err(Rejection::TooLate { .. })),
        "{refused:?}"
    );
}

/// R3, C1: the daemon was away when the agents ended well; the deadline is seen before their ends are.
#[test]
fn answers_that_were_given_before_the_deadline_count_though_they_are_seen_after_it() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 2);
    sim.pass(FAIL);
    assert!(sim.run(run).stop.is_some());
    sim.answer(run, 0, vec![]);
    sim.answer(run, 1, vec![]);
    sim.end(run, 2, Reason::Cancelled);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::PassedDegraded);
}

/// R2: an answer that is being read when the gate goes ahead is read to its end.
#[test]
fn an_answer_that_is_being_read_at_the_deadline_counts() {
    let mut sim = Sim::new();
    let run = sim.gate(&["x", "y"], 1);
    sim.answer(run, 0, vec![]);
    sim.end(run, 1, Reason::Completed);
    sim.pass(PARTIAL);
    let execution = sim.run(run).executions[1];
    sim.see(Observation::Validated {
        execution,
        result: Ok(nothing_found()),
    });
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
}

#[test]
fn a_deadline_that_has_passed_unseen_is_due_at_once_and_only_until_it_is_seen() {
    let mut sim = Sim::with(synod_core::state::Limits {
        max_running: 0,
        ..Default::default()
    });
    let run = sim.gate(&FAMILIES, 2);
    let wake = |sim: &Sim| synod_core::plan::plan(&sim.state, &sim.now).wake;
    assert_eq!(wake(&sim), Some(PARTIAL));
    sim.now.mono_us += u64::try_from(FAIL.as_micros()).unwrap();
    assert_eq!(wake(&sim), Some(Duration::ZERO));
    sim.pass(Duration::ZERO);
    assert_eq!(
        (wake(&sim), sim.run(run).state),
        (None, RunState::DeadlineExceeded)
    );
}

#[test]
fn a_seat_is_replaced_once_and_not_when_its_answer_is_valid() {
    let mut sim = Sim::new();
    let run = sim.gate(&["x", "y", "z"], 2);
    sim.babble(run, 0);
    sim.answer(run, 1, vec![]);
    let seats = sim.run(run).executions.clone();
    let mut replace = |old, fresh: u8| {
        let fresh = ExecutionId::from_bytes([fresh; 16]);
        sim.command(Command::Replace {
            execution: old,
            fresh,
        })
    };
    assert!(replace(seats[0], 7).is_ok());
    assert!(
        matches!(replace(seats[0], 8), Err(Rejection::TooLate { .. })),
        "its place is taken"
    );
    assert!(
        matches!(replace(seats[1], 9), Err(Rejection::TooLate { .. })),
        "it has answered"
    );
}
