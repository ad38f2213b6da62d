//! Bounds on steps, tokens and money: whoever passes one is ended, and its end says which.

use synod_adapters::{Money, Record, Usage};
use synod_core::{
    entity::{Bounds, Told},
    input::Observation,
    plan::{Effect, plan},
};
use synod_shared::{
    ids::{AttemptId, RunId},
    words::{AttemptState, ExecutionState, Reason, RunState},
};

use crate::sim::Sim;

fn told(steps: u32, tokens: u64, cost: u64) -> Told {
    Told {
        record: Record {
            steps,
            ..Record::default()
        },
        usage: Usage {
            input_tokens: tokens - tokens / 4,
            output_tokens: tokens / 4,
            cost: Some(Money(cost)),
            ..Usage::default()
        },
    }
}

fn bounded() -> (Sim, RunId, AttemptId) {
    let mut sim = Sim::new();
    let run = sim
        .exec_with("local", |agent| {
            agent.bounds = Bounds {
                steps: Some(10),
                tokens: Some(1_000),
                cost: Some(Money(2_500_000)),
            };
        })
        .unwrap();
    sim.start(run, 0);
    let attempt = sim.attempt(run, 0);
    (sim, run, attempt)
}

fn tell(sim: &mut Sim, attempt: AttemptId, told: Told) {
    sim.see(Observation::Progress {
        attempt,
        output_bytes: 1,
        error_bytes: 0,
        lines: 1,
        last_line: String::new(),
        at_us: 5,
        told: Some(Box::new(told)),
        transcript_bytes: 0,
    });
}

#[test]
fn at_its_bounds_an_agent_goes_on() {
    let (mut sim, _, attempt) = bounded();
    tell(&mut sim, attempt, told(10, 1_000, 2_500_000));
    assert_eq!(
        sim.state.attempt(attempt).unwrap().state,
        AttemptState::Running
    );
}

#[test]
fn beyond_any_bound_it_is_ended_as_a_runaway_that_names_it() {
    for (said, named) in [
        (told(11, 0, 0), "10"),
        (told(0, 1_001, 0), "1000"),
        (told(0, 0, 2_500_001), "$2.50"),
    ] {
        let (mut sim, run, attempt) = bounded();
        tell(&mut sim, attempt, said);
        let row = sim.state.attempt(attempt).unwrap();
        assert_eq!(row.state, AttemptState::Stopping);
        assert!(
            plan(&sim.state, &sim.now)
                .effects
                .contains(&Effect::Stop(attempt))
        );
        sim.end(run, 0, Reason::Cancelled);
        let execution = sim.execution(run, 0);
        assert_eq!(execution.state, ExecutionState::Failed);
        assert_eq!(execution.reason, Some(Reason::Runaway));
        assert!(execution.detail.contains(named), "{}", execution.detail);
        assert_eq!(sim.run(run).state, RunState::Failed);
    }
}

#[test]
fn an_agent_that_was_done_before_it_was_ended_has_completed() {
    let (mut sim, run, attempt) = bounded();
    tell(&mut sim, attempt, told(11, 0, 0));
    sim.end(run, 0, Reason::Completed);
    assert_eq!(sim.execution(run, 0).reason, Some(Reason::Completed));
}

#[test]
fn a_cancel_by_request_stays_a_cancel() {
    let (mut sim, run, attempt) = bounded();
    tell(&mut sim, attempt, told(11, 0, 0));
    sim.command(synod_core::input::Command::CancelRun { run })
        .unwrap();
    sim.end(run, 0, Reason::Cancelled);
    assert_eq!(sim.execution(run, 0).state, ExecutionState::Cancelled);
}
