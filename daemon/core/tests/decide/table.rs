//! The table (state × input), to be read: what each observation makes of an attempt in each state.

use synod_core::input::{Command, Observation};
use synod_shared::words::Reason;

use crate::sim::{Sim, end, started, states};

type Step = (&'static str, fn(&mut Sim, synod_shared::ids::RunId));

const WAYS_IN: &[Step] = &[
    ("starting", |_, _| {}),
    ("running", |sim, run| sim.start(run, 0)),
    ("stopping", |sim, run| {
        sim.command(Command::CancelRun { run }).unwrap();
    }),
    ("stopping, started", |sim, run| {
        sim.start(run, 0);
        sim.command(Command::CancelRun { run }).unwrap();
    }),
    ("actor failed once", |sim, run| fail_actor(sim, run)),
    ("exited", |sim, run| sim.end(run, 0, Reason::Completed)),
    ("lost", |sim, run| lose(sim, run, Reason::ShimLost)),
];

const INPUTS: &[Step] = &[
    ("started", |sim, run| {
        let attempt = sim.attempt(run, 0);
        sim.see(started(attempt));
    }),
    ("ended well", |sim, run| sim.end(run, 0, Reason::Completed)),
    ("ended badly", |sim, run| {
        sim.end(run, 0, Reason::ExitNonzero);
    }),
    ("ended by request", |sim, run| {
        sim.end(run, 0, Reason::Cancelled);
    }),
    ("timed out", |sim, run| sim.end(run, 0, Reason::Timeout)),
    ("lost", |sim, run| lose(sim, run, Reason::ShimLost)),
    ("actor failed", |sim, run| fail_actor(sim, run)),
    ("cancelled", |sim, run| {
        sim.command(Command::CancelRun { run }).unwrap();
    }),
    ("tick", |sim, _| {
        sim.pass(std::time::Duration::from_hours(1));
    }),
];

fn fail_actor(sim: &mut Sim, run: synod_shared::ids::RunId) {
    let attempt = sim.attempt(run, 0);
    sim.see(Observation::ActorFailed {
        attempt,
        detail: "failed".to_owned(),
    });
}

fn lose(sim: &mut Sim, run: synod_shared::ids::RunId, reason: Reason) {
    let attempt = sim.attempt(run, 0);
    sim.see(Observation::Lost {
        attempt,
        end: end(reason),
    });
}

#[test]
fn state_by_input_for_a_single_agent() {
    let mut lines = Vec::new();
    for (state, way_in) in WAYS_IN {
        for (input, step) in INPUTS {
            let mut sim = Sim::new();
            let run = sim.exec("local").unwrap();
            way_in(&mut sim, run);
            step(&mut sim, run);
            let (run_state, executions, attempts) = states(&sim, run);
            let reason = sim
                .run(run)
                .reason
                .map(|reason| reason.to_string())
                .unwrap_or_default();
            lines.push(format!("{state:18} + {input:16} => run {run_state:10} execution {:10} attempt {:9} {reason}",
                executions[0], attempts[0]
            ));
            assert!(sim.terminal_changes(run) <= 1);
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
