//! Questions that wait: reminders, again and again, and the moment they are due. Nobody decides in a human's place.

use std::time::Duration;

use super::Turn;
use crate::{
    entity::{Patience, Question},
    state::State,
    time::Now,
};

/// Reminders that are due now. A daemon that was away for three of them gives one, and counts three.
pub(super) fn remind(turn: &mut Turn<'_>) {
    let due: Vec<Question> = waiting(turn.state)
        .filter_map(|(question, patience)| {
            let passed = passed(question, &patience, turn.now)?;
            (passed > question.reminders).then(|| Question {
                reminders: passed,
                ..question.clone()
            })
        })
        .collect();
    for question in due {
        turn.put_question(question);
    }
}

/// How long until the next reminder.
pub(crate) fn next(state: &State, now: &Now) -> Option<Duration> {
    waiting(state)
        .filter_map(|(question, patience)| {
            let every = patience.remind_after?;
            let asked = question.asked.as_ref()?;
            let times = question.reminders.saturating_add(1);
            let at = every.checked_mul(times)?;
            Some(now.until(asked, at).unwrap_or_default())
        })
        .min()
}

/// How many reminders should have been given by now.
fn passed(question: &Question, patience: &Patience, now: &Now) -> Option<u32> {
    let every = patience.remind_after.filter(|every| !every.is_zero())?;
    let waited = now.since(question.asked.as_ref()?);
    let times = waited.as_micros() / every.as_micros();
    Some(u32::try_from(times).unwrap_or(u32::MAX))
}

fn waiting(state: &State) -> impl Iterator<Item = (&Question, Patience)> {
    state
        .gates()
        .filter(|(_, gate)| gate.patience.remind_after.is_some())
        .flat_map(|(run, gate)| {
            state
                .questions_of(run.id)
                .filter(|question| question.is_open())
                .map(|question| (question, gate.patience))
        })
}
