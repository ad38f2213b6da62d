//! A thousand short commands, ten at a time: everything that is spent on one of them, without the waiting.

use std::time::Instant;

use synod_tests::World;

use crate::{
    Bench,
    connection::{command, submit, subscribe},
    sample::Sample,
    table::Target,
};

const RUNS: usize = 1_000;
const WIDE: usize = 10;
const ROUNDS: usize = 3;

pub fn measure(bench: &mut Bench) {
    let world = World::with(bench.programs.clone())
        .config(format!(
            "[limits]\nmax_running = {WIDE}\n[providers.local]\nmax_running = {WIDE}\n"
        ))
        .build();
    world.start_daemon();
    let mut rates = Vec::new();
    let mut acknowledged = Sample::default();
    let (mut changes, mut seconds) = (0, 0.0);
    for _ in 0..ROUNDS {
        let once = round(&world);
        rates.push(RUNS as f64 / once.seconds);
        acknowledged.append(&once.acknowledged);
        changes += once.changes;
        seconds += once.seconds;
    }
    rates.sort_by(f64::total_cmp);
    let rate = rates[ROUNDS / 2];
    let table = &mut bench.table;
    table.value(
        "1,000 × `true` end to end, 10 wide / bare spawn rate (median of 3)",
        RUNS * ROUNDS,
        format!("{rate:.0}/s"),
        Some(rate / bench.floor.spawn_rate),
        Target::AtLeast {
            must: 0.15,
            aim: 0.25,
        },
    );
    table.over(
        "the same: submit → durable acknowledgement under that load / (call + commit)",
        &acknowledged,
        bench.floor.acknowledgement(),
        Target::None,
    );
    table.value(
        "the same: changes through the engine, durable and seen",
        changes,
        format!("{:.0}/s", changes as f64 / seconds),
        None,
        Target::None,
    );
}

struct Once {
    acknowledged: Sample,
    changes: usize,
    seconds: f64,
}

fn round(world: &World) -> Once {
    let client = world.supervisor();
    world.block_on(async {
        let mut seen = subscribe(world).await;
        let began = Instant::now();
        let callers: Vec<_> = (0..WIDE)
            .map(|_| {
                let mut client = client.clone();
                let requests: Vec<_> = (0..RUNS / WIDE)
                    .map(|_| command(world, vec!["true".to_owned()]))
                    .collect();
                tokio::spawn(async move {
                    let mut sample = Sample::default();
                    for request in requests {
                        let began = Instant::now();
                        submit(&mut client, request).await;
                        sample.push(began.elapsed());
                    }
                    sample
                })
            })
            .collect();
        let (mut over, mut changes) = (0, 0);
        while over < RUNS {
            let seen = seen.recv().await.unwrap();
            changes += 1;
            over += usize::from(seen.settled().is_some());
        }
        let seconds = began.elapsed().as_secs_f64();
        let mut acknowledged = Sample::default();
        for caller in callers {
            acknowledged.append(&caller.await.unwrap());
        }
        Once {
            acknowledged,
            changes,
            seconds,
        }
    })
}
