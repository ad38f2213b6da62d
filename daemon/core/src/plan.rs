//! What follows from the committed state: effects, and when to look again.
//!
//! Idempotent: the same state gives the same plan. The shell remembers what it has already begun, so a restart
//! begins everything again, which is what a restart needs.

use std::time::Duration;

use synod_shared::{
    ids::{AttemptId, ExecutionId, RunId},
    words::{AttemptState, RunState},
};

use crate::{
    decide::{ACTOR_FAILURES_ALLOWED, patience},
    entity::{Execution, GateWork, Run, Work},
    state::State,
    time::Now,
};

/// Something to do outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Have an actor attend this attempt: start it or adopt it, as its directory says. The number counts the
    /// actors before it.
    Attend(AttemptId, u32),
    /// Have the attempt's tree ended.
    Stop(AttemptId),
    /// Kill the attempt's tree without an actor: actors failed on it too often.
    Abandon(AttemptId),
    /// Read what the execution said. The number counts its attempts.
    Validate(ExecutionId, u32),
    /// Weigh the run's answers. The number counts the rounds after the first.
    Weigh(RunId, u32),
    /// Make the prompt that sends the execution's invalid answer back. The number counts the attempts so far.
    SendBack(ExecutionId, u32),
}

/// What to do now, and when to look again if nothing happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub effects: Vec<Effect>,
    pub wake: Option<Duration>,
}

/// The plan for this state.
#[must_use]
pub fn plan(state: &State, now: &Now) -> Plan {
    let mut effects = Vec::new();
    for attempt in state.live_attempts() {
        if attempt.actor_failures > ACTOR_FAILURES_ALLOWED {
            effects.push(Effect::Abandon(attempt.id));
            continue;
        }
        effects.push(Effect::Attend(attempt.id, attempt.actor_failures));
        if attempt.state == AttemptState::Stopping {
            effects.push(Effect::Stop(attempt.id));
        }
    }
    effects.extend(
        state
            .validating()
            .map(|execution| Effect::Validate(execution.id, attempts(execution))),
    );
    effects.extend(state.deciding().map(|run| {
        let rounds = match &run.work {
            Work::Gate(gate) => gate.rounds.len(),
            Work::Command | Work::Agent => 0,
        };
        Effect::Weigh(run.id, u32::try_from(rounds).unwrap_or(u32::MAX))
    }));
    effects.extend(
        state
            .retrying()
            .map(|execution| Effect::SendBack(execution.id, attempts(execution))),
    );
    let wake = state
        .gates()
        .filter_map(|(run, gate)| next_deadline(state, run, gate, now))
        .chain(patience::next(state, now))
        .min();
    Plan { effects, wake }
}

fn attempts(execution: &Execution) -> u32 {
    u32::try_from(execution.attempts.len()).unwrap_or(u32::MAX)
}

/// How long until a gate is to be looked at. A deadline that has passed and was not acted on is due now: a look
/// at it always sets `stop`, so this cannot spin.
fn next_deadline(state: &State, run: &Run, gate: &GateWork, now: &Now) -> Option<Duration> {
    let waits = matches!(run.state, RunState::Pending | RunState::Executing) && run.stop.is_none();
    if !waits {
        return None;
    }
    if let Some(round) = gate.round() {
        let left = |since, limit| now.until(since, limit).unwrap_or_default();
        let round = left(&round.opened, gate.deadlines.partial_after);
        return Some(round.min(left(&gate.opened, gate.deadlines.fail_after)));
    }
    let partial = now.until(&gate.opened, gate.deadlines.partial_after);
    if partial.is_some() {
        return partial;
    }
    if state.valid_answers(run, gate) >= gate.policy.quorum {
        return Some(Duration::ZERO);
    }
    Some(
        now.until(&gate.opened, gate.deadlines.fail_after)
            .unwrap_or_default(),
    )
}
