//! R14: the queue: limits hold, the oldest goes first, nothing is forgotten.

use std::collections::BTreeMap;

use synod_core::{
    decide::Rejection,
    state::{Limits, State},
};
use synod_shared::words::{ExecutionState, Reason};

use crate::sim::Sim;

fn limits(running: u32, queued: u32, providers: &[(&str, u32)]) -> Limits {
    Limits {
        max_running: running,
        max_queued: queued,
        providers: providers
            .iter()
            .map(|(name, limit)| ((*name).to_owned(), *limit))
            .collect::<BTreeMap<_, _>>(),
        ..Limits::default()
    }
}

/// R14.
#[test]
fn a_hundred_executions_all_end_and_never_more_run_than_may() {
    let mut sim = Sim::with(limits(7, 1_000, &[("p", 3)]));
    let runs: Vec<_> = (0..100)
        .map(|n| sim.exec(if n % 2 == 0 { "p" } else { "q" }).unwrap())
        .collect();
    let mut rounds = 0;
    while runs
        .iter()
        .any(|run| sim.execution(*run, 0).state != ExecutionState::Completed)
    {
        assert!(sim.state.running() <= 7 && sim.state.running_of("p") <= 3);
        let next = runs
            .iter()
            .find(|run| sim.execution(**run, 0).state == ExecutionState::Running)
            .copied();
        let next = next.expect("somebody runs while somebody waits");
        sim.end(next, 0, Reason::Completed);
        rounds += 1;
    }
    assert_eq!(rounds, 100);
    assert_eq!((sim.state.running(), sim.state.queued()), (0, 0));
}

#[test]
fn the_oldest_goes_first_unless_its_provider_is_full() {
    let mut sim = Sim::with(limits(2, 100, &[("p", 1)]));
    let first = sim.exec("p").unwrap();
    let second = sim.exec("p").unwrap();
    let third = sim.exec("q").unwrap();
    let state = |sim: &Sim, run| sim.execution(run, 0).state;
    assert_eq!(state(&sim, first), ExecutionState::Running);
    assert_eq!(state(&sim, second), ExecutionState::Queued);
    assert_eq!(state(&sim, third), ExecutionState::Running);
    sim.end(third, 0, Reason::Completed);
    assert_eq!(
        state(&sim, second),
        ExecutionState::Queued,
        "its provider is full"
    );
    sim.end(first, 0, Reason::Completed);
    assert_eq!(state(&sim, second), ExecutionState::Running);
}

#[test]
fn a_full_queue_refuses_and_says_how_full_it_is() {
    let mut sim = Sim::with(limits(1, 2, &[]));
    for _ in 0..3 {
        sim.exec("p").unwrap();
    }
    assert_eq!(
        sim.exec("p"),
        Err(Rejection::QueueFull {
            queued: 2,
            limit: 2
        })
    );
}

/// Across a restart nothing is forgotten or overtaken: the order is in the rows.
#[test]
fn a_state_loaded_again_goes_on_in_the_same_order() {
    let mut sim = Sim::with(limits(1, 100, &[]));
    let runs: Vec<_> = (0..5).map(|_| sim.exec("p").unwrap()).collect();
    let mut reloaded = State::new(sim.state.limits.clone());
    // The order of loading is not the order of the queue.
    for run in runs.iter().rev() {
        reloaded.apply(&synod_core::entity::Entity::Run(sim.run(*run).clone()));
        reloaded.apply(&synod_core::entity::Entity::Execution(
            sim.execution(*run, 0).clone(),
        ));
        for id in &sim.execution(*run, 0).attempts {
            reloaded.apply(&synod_core::entity::Entity::Attempt(
                sim.state.attempt(*id).unwrap().clone(),
            ));
        }
    }
    assert_eq!(reloaded, sim.state);
    sim.state = reloaded;
    for run in runs {
        assert_eq!(sim.execution(run, 0).state, ExecutionState::Running);
        sim.end(run, 0, Reason::Completed);
    }
}

/// A provider that came with an edit of the configuration has the default limit too.
#[test]
fn a_provider_nobody_named_at_the_start_has_the_limit_of_the_others() {
    let mut sim = Sim::with(Limits {
        other_providers: 1,
        ..limits(9, 100, &[("p", 2)])
    });
    for provider in ["p", "p", "new", "new"] {
        sim.exec(provider).unwrap();
    }
    assert_eq!(
        (sim.state.running_of("p"), sim.state.running_of("new")),
        (2, 1)
    );
}
