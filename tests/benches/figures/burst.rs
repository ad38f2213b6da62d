//! Much at once: ten agents, ten gates with three reviewers each.

use std::{collections::HashMap, time::Instant};

use synod_proto::v1;
use synod_tests::{SupervisorClient, World};

use crate::{
    Bench,
    connection::{Seen, command, request_id, submit, subscribe},
    sample::Sample,
    table::Target,
};

const AT_ONCE: usize = 10;
const REVIEWERS: usize = 3;
const ROUNDS: usize = 20;
const GATE_ROUNDS: usize = 10;

#[derive(Default)]
struct Measured {
    acknowledged: Sample,
    started: Sample,
    /// Per round: from the first submission to the last agent's start, and to the last run's end.
    all_started: Sample,
    all_ended: Sample,
    message: Sample,
    changes: usize,
    seconds: f64,
}

pub fn measure(bench: &mut Bench) {
    let world = world(bench);
    let measured = rounds(&world, ROUNDS, AT_ONCE, |mut client, _| {
        let request = command(&world, vec!["true".to_owned()]);
        async move { submit(&mut client, request).await }
    });
    let floor = bench.floor.start();
    bench.table.over(
        "10 agents at once: submit → durable acknowledgement / (call + commit)",
        &measured.acknowledged,
        bench.floor.acknowledgement(),
        Target::None,
    );
    report(bench, "10 agents at once", &measured, floor);
}

pub fn measure_gates(bench: &mut Bench) {
    let world = world(bench);
    let specs: Vec<String> = (0..AT_ONCE)
        .map(|at| world.spec_dir(&format!("spec-{at}"), &[("spec.md", &spec(at))]))
        .collect();
    let measured = rounds(
        &world,
        GATE_ROUNDS,
        AT_ONCE * REVIEWERS,
        |mut client, at| {
            let request = v1::SpawnQualityGateRequest {
                request_id: request_id(),
                gate: "clarify".to_owned(),
                subject: specs[at].clone(),
                force: true,
                cwd: world.work().to_str().unwrap().to_owned(),
                env: HashMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
                ..Default::default()
            };
            async move {
                let answer = client.spawn_quality_gate(request).await.unwrap();
                answer.into_inner().run.unwrap().id
            }
        },
    );
    let floor = bench.floor.start();
    bench.table.time(
        "10 gates at once (30 agents): submit → durable acknowledgement",
        &measured.acknowledged,
    );
    report(bench, "10 gates at once (30 agents)", &measured, floor);
}

/// Nothing queues: what is measured is the starting, not the waiting.
fn world(bench: &Bench) -> World {
    let world = World::with(bench.programs.clone())
        .config("[limits]\nmax_running = 64\n[providers.local]\nmax_running = 64\n")
        .build();
    world.start_daemon();
    world
}

/// Ten submissions at once, over one connection; the next ten when all have ended.
fn rounds<F>(
    world: &World,
    rounds: usize,
    agents: usize,
    submit: impl Fn(SupervisorClient, usize) -> F,
) -> Measured
where
    F: Future<Output = String> + Send + 'static,
{
    let client = world.supervisor();
    let mut measured = Measured::default();
    for round in 0..=rounds {
        let once = world.block_on(async {
            let mut seen = subscribe(world).await;
            let began = Instant::now();
            let calls: Vec<_> = (0..AT_ONCE)
                .map(|at| {
                    let call = submit(client.clone(), at);
                    tokio::spawn(async move {
                        let began = Instant::now();
                        call.await;
                        began.elapsed()
                    })
                })
                .collect();
            let mut once = Measured::default();
            let mut over = 0;
            while over < AT_ONCE {
                let seen = seen.recv().await.unwrap();
                over += usize::from(seen.settled().is_some());
                take(&mut once, &seen, began);
            }
            once.seconds = began.elapsed().as_secs_f64();
            for call in calls {
                once.acknowledged.push(call.await.unwrap());
            }
            once
        });
        assert_eq!(once.started.n(), agents, "every agent starts once");
        // The first round warms up.
        if round > 0 {
            measured.add(&once);
        }
    }
    measured
}

fn take(once: &mut Measured, seen: &Seen, began: Instant) {
    once.changes += 1;
    once.message.push_micros(seen.latency_us());
    if seen.started().is_some() {
        once.started.push(seen.at - began);
    }
}

impl Measured {
    fn add(&mut self, once: &Self) {
        self.acknowledged.append(&once.acknowledged);
        self.all_started.push_micros(once.started.percentile(100.0));
        self.all_ended.push_micros(once.seconds * 1e6);
        self.started.append(&once.started);
        self.message.append(&once.message);
        self.changes += once.changes;
        self.seconds += once.seconds;
    }
}

fn report(bench: &mut Bench, what: &str, measured: &Measured, floor: f64) {
    let table = &mut bench.table;
    table.over(
        &format!("{what}: first submit → each agent's `Started` seen / (call + commit + spawn)"),
        &measured.started,
        floor,
        Target::None,
    );
    table.time(
        &format!("{what}: first submit → last agent's `Started` seen"),
        &measured.all_started,
    );
    table.time(
        &format!("{what}: first submit → last end seen"),
        &measured.all_ended,
    );
    table.over(
        &format!("{what}: message latency, engine's turn → subscriber / (call + commit)"),
        &measured.message,
        bench.floor.acknowledgement(),
        Target::None,
    );
    table.value(
        &format!("{what}: changes through the engine, durable and seen"),
        measured.changes,
        format!("{:.0}/s", measured.changes as f64 / measured.seconds),
        None,
        Target::None,
    );
}

/// A spec with something to find in it.
fn spec(at: usize) -> String {
    format!(
        "# Shop {at}\n\n## Requirements\n\nFR-1: Search must answer fast.\nFR-2: Results are shown in pages of TBD \
         items.\nFR-3: Failed payments should be retried if possible.\nFR-4: Refunds end within 5 days.\n\n\
         ## Success criteria\n\nSC-1: The shop is easy to use, etc.\n"
    )
}
