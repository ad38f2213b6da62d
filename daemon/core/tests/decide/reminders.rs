//! Questions that wait: reminders, and when they are due.

use std::time::Duration;

use synod_consensus::{Disposition, Severity};
use synod_core::{entity::Patience, plan::plan};

use crate::sim::{Sim, finding};

const HOUR: Duration = Duration::from_hours(1);

fn asked(sim: &mut Sim) -> synod_shared::ids::RunId {
    sim.patience = Patience {
        remind_after: Some(HOUR),
        due_after: Some(24 * HOUR),
    };
    let run = sim.gate(&["x"], 1);
    sim.answer(
        run,
        0,
        vec![finding("a limit is missing", Severity::Critical)],
    );
    sim.weigh(run);
    run
}

#[test]
fn an_open_question_is_brought_to_mind_once_an_hour() {
    let mut sim = Sim::new();
    let run = asked(&mut sim);
    assert_eq!(plan(&sim.state, &sim.now).wake, Some(HOUR));
    sim.pass(HOUR);
    assert_eq!(sim.questions(run)[0].reminders, 1);
    assert_eq!(plan(&sim.state, &sim.now).wake, Some(HOUR));
    sim.pass(Duration::from_mins(30));
    assert_eq!(sim.questions(run)[0].reminders, 1);
}

#[test]
fn a_daemon_that_was_away_reminds_once_and_counts_all() {
    let mut sim = Sim::new();
    let run = asked(&mut sim);
    let before = sim.log.len();
    sim.pass(3 * HOUR);
    assert_eq!(sim.questions(run)[0].reminders, 3);
    assert_eq!(sim.log.len(), before + 1);
}

#[test]
fn what_is_answered_is_not_brought_to_mind() {
    let mut sim = Sim::new();
    let run = asked(&mut sim);
    let question = sim.questions(run).remove(0);
    sim.say(&question, Disposition::Dismiss).unwrap();
    let before = sim.log.len();
    sim.pass(3 * HOUR);
    assert_eq!(sim.log.len(), before);
    assert_eq!(plan(&sim.state, &sim.now).wake, None);
}

#[test]
fn what_was_put_off_is_still_brought_to_mind_and_due_when_it_was() {
    let mut sim = Sim::new();
    let run = asked(&mut sim);
    let question = sim.questions(run).remove(0);
    sim.say(&question, Disposition::Later).unwrap();
    sim.pass(HOUR);
    let now = &sim.questions(run)[0];
    assert_eq!(now.reminders, 1);
    assert_eq!(now.due_at_us, question.due_at_us);
    assert_eq!(question.due_at_us, Some(1_000_000_000 + 24 * 3_600_000_000));
}
