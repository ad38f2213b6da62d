//! Whatever happens in whatever order: the walls hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use synod_consensus::{Rulings, Said, Severity, Votes};
use synod_core::{
    decide::Write,
    entity::{Entity, Part},
    input::{Command, Equal, Invalid, Observation},
    plan::plan,
    state::{Limits, State},
};
use synod_shared::{
    ids::RunId,
    words::{AttemptState, Reason, RunState},
};

use crate::{
    rounds::on_disk,
    sim::{Sim, end, finding, nothing_found, started},
};

#[derive(Debug, Clone)]
enum Act {
    Exec(bool),
    Gate(usize, usize),
    Start(usize, usize),
    End(usize, usize, Reason),
    Lose(usize, usize),
    FailActor(usize, usize),
    Valid(usize, usize, bool),
    Babble(usize, usize),
    Weigh(usize),
    CancelRun(usize),
    CancelOne(usize, usize),
    Answer(usize, bool),
    SendBack(usize, usize, bool),
    Pass(u64),
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    let seat = (0..6usize, 0..7usize);
    let reason = prop_oneof![
        4 => Just(Reason::Completed),
        1 => Just(Reason::ExitNonzero),
        1 => Just(Reason::Cancelled),
        1 => Just(Reason::Timeout),
    ];
    prop_oneof![
        any::<bool>().prop_map(Act::Exec),
        (1..4usize, 1..3usize).prop_map(|(families, quorum)| Act::Gate(families, quorum)),
        seat.clone().prop_map(|(r, s)| Act::Start(r, s)),
        (seat.clone(), reason).prop_map(|((r, s), reason)| Act::End(r, s, reason)),
        seat.clone().prop_map(|(r, s)| Act::Lose(r, s)),
        seat.clone().prop_map(|(r, s)| Act::FailActor(r, s)),
        (seat.clone(), any::<bool>()).prop_map(|((r, s), asks)| Act::Valid(r, s, asks)),
        seat.clone().prop_map(|(r, s)| Act::Babble(r, s)),
        (0..6usize).prop_map(Act::Weigh),
        (0..6usize).prop_map(Act::CancelRun),
        seat.clone().prop_map(|(r, s)| Act::CancelOne(r, s)),
        (seat, prop::bool::weighted(0.8)).prop_map(|((r, s), made)| Act::SendBack(r, s, made)),
        (0..6usize, any::<bool>()).prop_map(|(r, fix)| Act::Answer(r, fix)),
        (1..900u64).prop_map(Act::Pass),
        Just(Act::Restart),
    ]
}

fn play(sim: &mut Sim, runs: &mut Vec<RunId>, act: Act) {
    let run = |runs: &Vec<RunId>, index: usize| runs.get(index % runs.len().max(1)).copied();
    let attempt = |sim: &Sim, runs: &Vec<RunId>, r: usize, s: usize| {
        let executions = &sim.state.run(run(runs, r)?)?.executions;
        let execution = sim
            .state
            .execution(*executions.get(s % executions.len())?)?;
        execution.attempts.last().copied()
    };
    let execution = |sim: &Sim, runs: &Vec<RunId>, r: usize, s: usize| {
        let executions = &sim.state.run(run(runs, r)?)?.executions;
        executions.get(s % executions.len()).copied()
    };
    match act {
        Act::Exec(limited) => runs.extend(sim.exec(if limited { "p" } else { "q" })),
        Act::Gate(families, quorum) => {
            let families = &["x", "y", "rules"][..families];
            let quorum = quorum.min(families.len());
            let key = format!("{}", runs.len() % 2);
            let reply = sim.gate_keyed(families, quorum, &key, Equal::Attach);
            runs.extend(
                reply
                    .into_iter()
                    .filter(|reply| !reply.attached)
                    .map(|reply| reply.run),
            );
        }
        Act::Start(r, s) => {
            if let Some(id) = attempt(sim, runs, r, s) {
                sim.see(started(id));
            }
        }
        Act::End(r, s, reason) => {
            if let Some(id) = attempt(sim, runs, r, s) {
                sim.see(Observation::Ended {
                    attempt: id,
                    end: end(reason),
                });
            }
        }
        Act::Lose(r, s) => {
            if let Some(id) = attempt(sim, runs, r, s) {
                sim.see(Observation::Lost {
                    attempt: id,
                    end: end(Reason::ShimLost),
                });
            }
        }
        Act::FailActor(r, s) => {
            if let Some(id) = attempt(sim, runs, r, s) {
                sim.see(Observation::ActorFailed {
                    attempt: id,
                    detail: String::new(),
                });
            }
        }
        Act::Valid(r, s, asks) => {
            if let Some(execution) = execution(sim, runs, r, s) {
                let findings = if asks {
                    vec![finding("a limit is missing", Severity::Important)]
                } else {
                    vec![]
                };
                let part = sim.state.execution(execution).map(|known| known.part);
                let said = match part {
                    Some(Part::Ballot) => Said::Ballot(Votes::default()),
                    Some(Part::Arbiter) => Said::Rulings(Rulings::default()),
                    Some(Part::Answer) | None => Said::Answer(synod_consensus::Answer {
                        findings,
                        cleared: vec![],
                    }),
                };
                let result = Ok(said);
                sim.see(Observation::Validated { execution, result });
            }
        }
        Act::Babble(r, s) => {
            if let Some(execution) = execution(sim, runs, r, s) {
                let result = Err(Invalid {
                    reason: Reason::NoReceipt,
                    detail: String::new(),
                });
                sim.see(Observation::Validated { execution, result });
            }
        }
        Act::Weigh(r) => {
            if let Some(id) = run(runs, r)
                && sim
                    .state
                    .run(id)
                    .is_some_and(|run| run.state == RunState::Deciding)
            {
                sim.weigh(id);
            }
        }
        Act::CancelRun(r) => {
            if let Some(run) = run(runs, r) {
                let _ = sim.command(Command::CancelRun { run });
            }
        }
        Act::CancelOne(r, s) => {
            if let Some(execution) = execution(sim, runs, r, s) {
                let _ = sim.command(Command::CancelExecution { execution });
            }
        }
        Act::Answer(r, fix) => {
            if let Some(id) = run(runs, r)
                && let Some(question) = sim.questions(id).first().cloned()
            {
                use synod_consensus::Disposition;
                let _ = sim.say(
                    &question,
                    if fix {
                        Disposition::MustFix
                    } else {
                        Disposition::Dismiss
                    },
                );
            }
        }
        Act::Pass(seconds) => sim.pass(std::time::Duration::from_secs(seconds)),
        Act::SendBack(r, s, made) => {
            if let Some(execution) = execution(sim, runs, r, s) {
                let result = if made { Ok(()) } else { Err("full".to_owned()) };
                sim.see(Observation::SentBack { execution, result });
            }
        }
        Act::Restart => sim.state = fold(sim),
    }
}

/// The state as the rows alone give it.
fn fold(sim: &Sim) -> State {
    let mut state = State::new(sim.state.limits.clone());
    for write in &sim.log {
        match write {
            Write::Put(entity) => state.apply(entity),
            Write::Answer(execution, answer) => state.apply_answer(*execution, answer.clone()),
            Write::Forget(_) => {}
        }
    }
    state
}

/// Ends every attempt well, reads every answer, weighs every run, again and again.
fn end_all(sim: &mut Sim) {
    for _ in 0..200 {
        let live: Vec<_> = sim
            .state
            .live_attempts()
            .map(|attempt| attempt.id)
            .collect();
        for attempt in live {
            sim.see(Observation::Ended {
                attempt,
                end: end(Reason::Completed),
            });
        }
        let validating: Vec<_> = sim
            .state
            .validating()
            .map(|execution| execution.id)
            .collect();
        for execution in validating {
            let result = match sim.state.execution(execution).map(|known| known.part) {
                Some(Part::Ballot) => Ok(Said::Ballot(Votes::default())),
                Some(Part::Arbiter) => Ok(Said::Rulings(Rulings::default())),
                Some(Part::Answer) | None => Ok(nothing_found()),
            };
            sim.see(Observation::Validated { execution, result });
        }
        let retrying: Vec<_> = sim.state.retrying().map(|execution| execution.id).collect();
        for execution in retrying {
            sim.see(Observation::SentBack {
                execution,
                result: Ok(()),
            });
        }
        let deciding: Vec<_> = sim.state.deciding().map(|run| run.id).collect();
        for run in deciding {
            sim.weigh(run);
        }
    }
}

/// The run of an attempt that is to be started.
fn started_in(write: &Write) -> Option<RunId> {
    match write {
        Write::Put(Entity::Attempt(attempt)) if attempt.state == AttemptState::Starting => {
            Some(attempt.run)
        }
        _ => None,
    }
}

fn limits() -> Limits {
    Limits {
        max_running: 3,
        max_queued: 5,
        providers: [("p".to_owned(), 1)].into(),
        ..Limits::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// R5, R7, R13, R14: any order of anything.
    #[test]
    fn the_walls_hold_in_any_order_of_anything(
        acts in proptest::collection::vec(act(), 1..120),
        rounds in 0_usize..3,
        repair in 0_u32..3,
    ) {
        let mut sim = Sim::with(limits());
        sim.repair = repair;
        sim.rounds = [Part::Ballot, Part::Arbiter][..rounds].to_vec();
        let mut runs = Vec::new();
        let mut ended = BTreeSet::new();
        for act in acts {
            let before = sim.log.len();
            play(&mut sim, &mut runs, act);
            for write in &sim.log[before..] {
                // Terminal is terminal, always, for everything that has an end.
                let (id, terminal) = match write {
                    Write::Put(Entity::Run(run)) => (format!("run {}", run.id), run.state.is_terminal()),
                    Write::Put(Entity::Execution(e)) => (format!("execution {}", e.id), e.state.is_terminal()),
                    Write::Put(Entity::Attempt(a)) => (format!("attempt {}", a.id), a.state.is_terminal()),
                    _ => continue,
                };
                prop_assert!(!ended.contains(&id), "{} changed after its end: {:?}", id, write);
                if terminal {
                    ended.insert(id);
                }
            }
            prop_assert!(sim.state.running() <= 3 && sim.state.running_of("p") <= 1);
            prop_assert!(sim.state.queued() <= 5 + 3);
            prop_assert_eq!(&fold(&sim), &sim.state, "rows and indices agree");
            prop_assert_eq!(plan(&sim.state, &sim.now), plan(&sim.state, &sim.now));
        }
        // Nothing hangs: once every attempt has ended and every answer is read, every run has a way on.
        end_all(&mut sim);
        for run in &runs {
            let state = sim.run(*run).state;
            prop_assert!(state.is_terminal() || state == RunState::AwaitingHuman, "{} hangs in {}", run, state);
        }
    }
    /// C4: what the newest directory of a run tells, whenever the database is lost, is enough to bring it to an end;
    /// and nobody is started whose directory would be there.
    #[test]
    fn a_run_found_in_its_directories_has_a_way_on_whenever_the_database_was_lost(
        acts in proptest::collection::vec(act(), 1..120),
        rounds in 0_usize..3,
        repair in 0_u32..3,
    ) {
        let mut sim = Sim::with(limits());
        sim.repair = repair;
        sim.rounds = [Part::Ballot, Part::Arbiter][..rounds].to_vec();
        let mut runs = Vec::new();
        let mut directories = BTreeMap::new();
        for act in acts {
            let before = sim.log.len();
            play(&mut sim, &mut runs, act);
            let made: BTreeSet<RunId> = sim.log[before..].iter().filter_map(started_in).collect();
            directories.extend(made.into_iter().map(|run| (run, on_disk(&sim, run))));
        }
        sim.state = State::new(sim.state.limits.clone());
        sim.log.clear();
        for found in directories.values() {
            sim.see(Observation::Found(Box::new(found.clone())));
        }
        let had: BTreeMap<_, _> = directories
            .values()
            .flat_map(|found| &found.attempts)
            .map(|attempt| ((attempt.execution, attempt.number), attempt.id))
            .collect();
        end_all(&mut sim);
        for run in directories.keys() {
            let state = sim.run(*run).state;
            prop_assert!(state.is_terminal() || state == RunState::AwaitingHuman, "{} hangs in {}", run, state);
        }
        for write in &sim.log {
            if let Write::Put(Entity::Attempt(attempt)) = write {
                let before = had.get(&(attempt.execution, attempt.number));
                prop_assert!(before.is_none_or(|id| *id == attempt.id), "started again: {:?}", attempt);
            }
        }
        prop_assert_eq!(&fold(&sim), &sim.state, "rows and indices agree");
    }
}
