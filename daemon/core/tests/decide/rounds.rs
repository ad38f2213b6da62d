//! Rounds after the first, and answers that are sent back.

use std::collections::BTreeMap;

use synod_consensus::Outcome;
use synod_core::{
    decide::{Rejection, Write},
    entity::{Entity, Part, Run, Stop, Work},
    input::{Command, Found, Invalid, Observation, Opening, Weighing},
    plan::{Effect, plan},
    state::Limits,
};
use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{ExecutionState, Reason, RunState},
};

use crate::sim::{FAIL, PARTIAL, Sim, nothing_found};

const FAMILIES: [&str; 2] = ["x", "y"];

/// A gate whose two agents have answered, and whose ballot has been opened.
fn balloting(sim: &mut Sim) -> RunId {
    sim.rounds = vec![Part::Ballot];
    let run = sim.gate(&FAMILIES, 1);
    for seat in 0..2 {
        sim.answer(run, seat, vec![]);
    }
    sim.weigh(run);
    run
}

fn rounds(run: &Run) -> usize {
    match &run.work {
        Work::Gate(gate) => gate.rounds.len(),
        Work::Agent | Work::Command => 0,
    }
}

fn weighing(run: RunId, outcome: Outcome, open: Option<Opening>) -> Observation {
    Observation::Weighed(Box::new(Weighing {
        run,
        outcome,
        sections: BTreeMap::new(),
        ledger: Vec::new(),
        outcome_hash: String::new(),
        open,
    }))
}

/// What the directories of a run's attempts say of it.
pub fn on_disk(sim: &Sim, run: RunId) -> Found {
    let run = sim.run(run).clone();
    let executions: Vec<_> = sim.state.executions_of(&run).cloned().collect();
    let attempts = executions
        .iter()
        .flat_map(|execution| &execution.attempts)
        .filter_map(|id| sim.state.attempt(*id).cloned())
        .collect();
    Found {
        run,
        executions,
        attempts,
    }
}

#[test]
fn a_ballot_asks_everybody_who_answered_once_more_and_then_the_verdict_stands() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    assert_eq!(sim.run(run).state, RunState::Executing);
    assert_eq!(sim.run(run).executions.len(), 4);
    for seat in 2..4 {
        assert_eq!(sim.execution(run, seat).part, Part::Ballot);
        assert_eq!(sim.execution(run, seat).state, ExecutionState::Running);
        sim.vote(run, seat);
    }
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.terminal_changes(run), 1);
}

#[test]
fn a_ballot_that_is_missing_leaves_the_answers_as_they_are() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    sim.vote(run, 2);
    sim.babble(run, 3);
    assert_eq!(sim.execution(run, 3).state, ExecutionState::Failed);
    sim.weigh(run);
    // Both answers of the first round stand: the whole roster has answered.
    assert_eq!(sim.run(run).state, RunState::Passed);
}

#[test]
fn a_round_is_opened_once_however_often_its_weighing_is_told() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    let outcome = sim.outcome(run);
    for seat in 2..4 {
        sim.vote(run, seat);
    }
    assert_eq!(sim.run(run).state, RunState::Deciding);
    let again = sim.opening(Part::Ballot, vec![Sim::agent("a", "x", "local")]);
    sim.see(weighing(run, outcome, Some(again)));
    assert_eq!(sim.run(run).executions.len(), 4);
    assert_eq!(rounds(sim.run(run)), 1);
    assert_eq!(sim.run(run).state, RunState::Deciding);
}

/// R13.
#[test]
fn a_run_that_was_cancelled_while_its_round_was_prepared_asks_nobody() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 1);
    for seat in 0..2 {
        sim.answer(run, seat, vec![]);
    }
    let outcome = sim.outcome(run);
    sim.command(Command::CancelRun { run }).unwrap();
    let opening = sim.opening(Part::Ballot, vec![Sim::agent("a", "x", "local")]);
    sim.see(weighing(run, outcome, Some(opening)));
    assert_eq!(sim.run(run).state, RunState::Cancelled);
    assert_eq!(sim.run(run).executions.len(), 2);
}

/// R13.
#[test]
fn cancelling_during_a_ballot_stops_the_voters_and_ends_the_run_when_they_are_gone() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    sim.command(Command::CancelRun { run }).unwrap();
    assert_eq!(sim.run(run).state, RunState::Executing);
    for seat in 2..4 {
        sim.end(run, seat, Reason::Cancelled);
    }
    assert_eq!(sim.run(run).state, RunState::Cancelled);
}

/// R3.
#[test]
fn a_ballot_has_its_own_time_and_whoever_is_late_has_said_nothing() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    sim.vote(run, 2);
    sim.pass(PARTIAL);
    assert_eq!(sim.run(run).stop, Some(Stop::WentAhead));
    sim.end(run, 3, Reason::Cancelled);
    assert_eq!(sim.execution(run, 3).state, ExecutionState::Failed);
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
}

/// R3.
#[test]
fn a_ballot_never_outlasts_the_gate() {
    let mut sim = Sim::new();
    sim.rounds = vec![Part::Ballot];
    let run = sim.gate(&FAMILIES, 1);
    sim.answer(run, 0, vec![]);
    let minute = std::time::Duration::from_mins(1);
    sim.pass(FAIL.checked_sub(minute).unwrap());
    assert_eq!(sim.run(run).stop, Some(Stop::WentAhead));
    sim.end(run, 1, Reason::Cancelled);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Executing);
    let plan = plan(&sim.state, &sim.now);
    assert_eq!(plan.wake, Some(std::time::Duration::from_mins(1)));
    sim.pass(std::time::Duration::from_mins(1));
    assert_eq!(sim.run(run).stop, Some(Stop::WentAhead));
    sim.end(run, 2, Reason::Cancelled);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::PassedDegraded);
}

#[test]
fn a_round_that_opens_when_the_gates_time_is_up_starts_nobody() {
    let mut sim = Sim::new();
    sim.rounds = vec![Part::Ballot];
    let run = sim.gate(&FAMILIES, 2);
    sim.answer(run, 0, vec![]);
    sim.pass(FAIL);
    // It had answered in time, and was read late.
    sim.answer(run, 1, vec![]);
    assert_eq!(sim.run(run).state, RunState::Deciding);
    let attempts = sim.state.live_attempts().count();
    sim.weigh(run);
    assert_eq!(sim.state.live_attempts().count(), attempts);
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
}

#[test]
fn a_round_that_cannot_be_held_is_one_in_which_nobody_spoke_and_the_verdict_says_so() {
    let mut sim = Sim::new();
    let run = sim.gate(&FAMILIES, 1);
    for seat in 0..2 {
        sim.answer(run, seat, vec![]);
    }
    let outcome = sim.outcome(run);
    let nobody = Opening {
        unheld: "the disk is full".to_owned(),
        ..sim.opening(Part::Ballot, vec![])
    };
    sim.see(weighing(run, outcome.clone(), Some(nobody)));
    assert_eq!(sim.run(run).state, RunState::Deciding);
    assert_eq!(rounds(sim.run(run)), 1);
    sim.see(weighing(run, outcome, None));
    assert_eq!(sim.run(run).state, RunState::Passed);
    let notes = sim.state.verdict(run).unwrap().weighed.clone().unwrap();
    assert_eq!(
        notes.trust.notes,
        ["the ballot could not be held: the disk is full"]
    );
}

#[test]
fn an_arbiter_is_asked_after_the_ballot_and_its_seat_is_none_of_the_roster() {
    let mut sim = Sim::new();
    sim.rounds = vec![Part::Ballot, Part::Arbiter];
    let run = sim.gate(&FAMILIES, 1);
    for seat in 0..2 {
        sim.answer(run, seat, vec![]);
    }
    sim.weigh(run);
    for seat in 2..4 {
        sim.vote(run, seat);
    }
    sim.weigh(run);
    assert_eq!(sim.run(run).executions.len(), 5);
    assert_eq!(sim.execution(run, 4).part, Part::Arbiter);
    // The arbiter fails: the answers are what they were.
    sim.end(run, 4, Reason::ExitNonzero);
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    let verdict = sim.state.verdict(run).unwrap();
    assert_eq!(verdict.answered, ["a", "b"]);
    assert!(verdict.missing.is_empty());
}

#[test]
fn nobody_takes_a_failed_seat_once_a_ballot_is_under_way() {
    let mut sim = Sim::new();
    let run = balloting(&mut sim);
    sim.babble(run, 2);
    for seat in [0, 2] {
        let execution = sim.run(run).executions[seat];
        let refused = sim.command(Command::Replace {
            execution,
            fresh: ExecutionId::from_bytes([9; 16]),
        });
        assert!(
            matches!(refused, Err(Rejection::TooLate { .. })),
            "{refused:?}"
        );
    }
}

/// O2: what cannot be read is sent back with the validator's words, and counts once.
#[test]
fn an_invalid_answer_is_sent_back_and_the_second_attempt_answers_for_the_execution() {
    let mut sim = Sim::new();
    sim.repair = 1;
    let run = sim.gate(&FAMILIES, 2);
    sim.answer(run, 1, vec![]);
    sim.babble(run, 0);
    let execution = sim.run(run).executions[0];
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Retrying);
    assert_eq!(sim.run(run).state, RunState::Executing);
    let effects = plan(&sim.state, &sim.now).effects;
    assert!(
        effects.contains(&Effect::SendBack(execution, 1)),
        "{effects:?}"
    );
    sim.see(Observation::SentBack {
        execution,
        result: Ok(()),
    });
    assert_eq!(sim.execution(run, 0).attempts.len(), 2);
    assert_eq!(sim.state.attempt(sim.attempt(run, 0)).unwrap().number, 2);
    // Told again, it changes nothing.
    sim.see(Observation::SentBack {
        execution,
        result: Ok(()),
    });
    assert_eq!(sim.execution(run, 0).attempts.len(), 2);
    sim.answer(run, 0, vec![]);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.run(run).executions.len(), 2);
}

#[test]
fn an_answer_is_sent_back_as_often_as_the_gate_says_and_no_more() {
    let mut sim = Sim::new();
    sim.repair = 2;
    let run = sim.gate(&["x"], 1);
    let execution = sim.run(run).executions[0];
    for _ in 0..2 {
        sim.babble(run, 0);
        assert_eq!(sim.execution(run, 0).state, ExecutionState::Retrying);
        sim.see(Observation::SentBack {
            execution,
            result: Ok(()),
        });
    }
    sim.babble(run, 0);
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Failed);
    assert_eq!(sim.execution(run, 0).reason, Some(Reason::NoJson));
    assert_eq!(sim.execution(run, 0).attempts.len(), 3);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::NoQuorum);
}

#[test]
fn what_sending_back_cannot_mend_is_not_sent_back() {
    let mut sim = Sim::new();
    sim.repair = 3;
    let run = sim.gate(&["x"], 1);
    sim.end(run, 0, Reason::Completed);
    sim.see(Observation::Validated {
        execution: sim.run(run).executions[0],
        result: Err(Invalid {
            reason: Reason::OutputLimit,
            detail: String::new(),
        }),
    });
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Failed);
}

#[test]
fn a_prompt_that_cannot_be_made_leaves_the_answer_invalid_with_its_own_reason() {
    let mut sim = Sim::new();
    sim.repair = 1;
    let run = sim.gate(&["x"], 1);
    sim.babble(run, 0);
    sim.see(Observation::SentBack {
        execution: sim.run(run).executions[0],
        result: Err("no room".to_owned()),
    });
    let execution = sim.execution(run, 0);
    assert_eq!(execution.state, ExecutionState::Failed);
    assert_eq!(execution.reason, Some(Reason::NoJson));
    assert_eq!(
        execution.detail,
        "no JSON; it could not be sent back: no room"
    );
    assert_eq!(sim.run(run).state, RunState::Deciding);
}

/// R13: cancel while retrying.
#[test]
fn cancelled_while_an_answer_is_being_sent_back_it_is_not_sent() {
    let mut sim = Sim::new();
    sim.repair = 1;
    let run = sim.gate(&["x"], 1);
    sim.babble(run, 0);
    sim.command(Command::CancelRun { run }).unwrap();
    assert_eq!(sim.run(run).state, RunState::Cancelled);
    sim.see(Observation::SentBack {
        execution: sim.run(run).executions[0],
        result: Ok(()),
    });
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Cancelled);
    assert_eq!(sim.state.live_attempts().count(), 0);
}

/// C4: a database that is lost in the middle of a ballot is rebuilt, and nobody is asked a second time.
#[test]
fn a_ballot_found_on_disk_brings_back_the_answers_it_was_about() {
    let mut before = Sim::new();
    let run = balloting(&mut before);
    let found = on_disk(&before, run);
    let mut sim = Sim::new();
    sim.rounds = vec![Part::Ballot];
    sim.see(Observation::Found(Box::new(found)));
    // What had been answered is read again from its output; the ballots go on.
    for seat in 0..2 {
        assert_eq!(sim.execution(run, seat).state, ExecutionState::Validating);
        sim.see(Observation::Validated {
            execution: sim.run(run).executions[seat],
            result: Ok(nothing_found()),
        });
    }
    for seat in 2..4 {
        assert_eq!(sim.execution(run, seat).state, ExecutionState::Running);
        sim.vote(run, seat);
    }
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.run(run).executions.len(), 4);
}

/// C4: an older copy of the database, from before the ballot was opened.
#[test]
fn a_database_that_does_not_know_the_ballot_takes_it_over_instead_of_opening_another() {
    let mut newer = Sim::new();
    let run = balloting(&mut newer);
    let found = on_disk(&newer, run);
    let mut sim = Sim::new();
    sim.rounds = vec![Part::Ballot];
    let same = sim.gate(&FAMILIES, 1);
    assert_eq!(same, run);
    for seat in 0..2 {
        sim.answer(run, seat, vec![]);
    }
    assert_eq!(sim.run(run).state, RunState::Deciding);
    sim.see(Observation::Found(Box::new(found)));
    assert_eq!(sim.run(run).state, RunState::Executing);
    assert_eq!(rounds(sim.run(run)), 1);
    let outcome = sim.outcome(run);
    let late = sim.opening(Part::Ballot, vec![Sim::agent("a", "x", "local")]);
    sim.see(weighing(run, outcome, Some(late)));
    assert_eq!(sim.run(run).executions.len(), 4, "nobody is asked twice");
    for seat in 2..4 {
        sim.vote(run, seat);
    }
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
}

/// C4: whoever is asked next is often started by the very change that ends the one before. So its directory tells of an
/// end, and of an answer that nobody has read.
#[test]
fn a_vote_that_nobody_had_read_when_the_database_was_lost_is_read() {
    let mut before = Sim::new();
    let run = balloting(&mut before);
    before.end(run, 2, Reason::Completed);
    assert_eq!(before.execution(run, 2).state, ExecutionState::Validating);
    let found = on_disk(&before, run);
    let mut sim = Sim::new();
    sim.see(Observation::Found(Box::new(found)));
    assert_eq!(sim.execution(run, 2).state, ExecutionState::Validating);
    assert_eq!(sim.execution(run, 3).state, ExecutionState::Running);
    let effects = plan(&sim.state, &sim.now).effects;
    let read = Effect::Validate(sim.run(run).executions[2], 1);
    assert!(effects.contains(&read), "{effects:?}");
}

/// C4: the same of a database that knows the execution, but not that it was started.
#[test]
fn a_vote_that_an_older_database_calls_queued_is_read_and_nobody_is_started_for_it() {
    let mut newer = Sim::new();
    let run = balloting(&mut newer);
    newer.end(run, 2, Reason::Completed);
    let found = on_disk(&newer, run);
    let mut sim = Sim::with(Limits {
        max_running: 0,
        ..Limits::default()
    });
    sim.rounds = vec![Part::Ballot];
    assert_eq!(sim.gate(&FAMILIES, 1), run);
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Queued);
    sim.see(Observation::Found(Box::new(found)));
    for seat in 0..3 {
        let execution = sim.execution(run, seat);
        assert_eq!(execution.state, ExecutionState::Validating);
        assert_eq!(execution.attempts.len(), 1);
    }
    assert_eq!(sim.execution(run, 3).state, ExecutionState::Running);
    assert_eq!(sim.state.live_attempts().count(), 1);
}

/// C4: an invalid answer that was on its way back is read again, and goes back as often as before.
#[test]
fn an_answer_that_was_being_sent_back_when_the_database_was_lost_is_sent_back() {
    let mut before = Sim::new();
    before.repair = 1;
    let run = before.gate(&FAMILIES, 2);
    before.babble(run, 0);
    assert_eq!(before.execution(run, 0).state, ExecutionState::Retrying);
    let found = on_disk(&before, run);
    let mut sim = Sim::new();
    sim.see(Observation::Found(Box::new(found)));
    let execution = sim.run(run).executions[0];
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Validating);
    sim.see(Observation::Validated {
        execution,
        result: Err(Invalid {
            reason: Reason::NoJson,
            detail: String::new(),
        }),
    });
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Retrying);
    sim.see(Observation::SentBack {
        execution,
        result: Ok(()),
    });
    assert_eq!(sim.state.attempt(sim.attempt(run, 0)).unwrap().number, 2);
    sim.answer(run, 0, vec![]);
    sim.answer(run, 1, vec![]);
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
}

#[test]
fn a_probe_decides_nothing_asks_nobody_and_leaves_nothing_in_the_ledger() {
    let mut sim = Sim::new();
    sim.probe = Some(synod_core::entity::Probe {
        seed: 7,
        faults: serde_json::Value::Null,
    });
    let run = sim.gate(&["x"], 1);
    let critical = synod_consensus::Severity::Critical;
    sim.answer(
        run,
        0,
        vec![crate::sim::finding("a limit is missing", critical)],
    );
    sim.weigh(run);
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.run(run).reason, Some(Reason::Probed));
    assert!(sim.questions(run).is_empty());
    let ledger = |write: &Write| matches!(write, Write::Put(Entity::Ledger(_)));
    assert!(!sim.log.iter().any(ledger));
}
