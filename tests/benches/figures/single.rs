//! One submission at a time over an open connection: until it is durable, until its agent runs, until it ends.

use std::{process::Stdio, time::Instant};

use synod_tests::World;

use crate::{
    Bench,
    connection::{command, submit, subscribe},
    sample::Sample,
    table::Target,
};

const N: usize = 500;

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    world.start_daemon();
    let mut client = world.supervisor();
    let mut acknowledged = Sample::default();
    let (mut started, mut ended) = (Sample::default(), Sample::default());
    world.block_on(async {
        let mut seen = subscribe(&world).await;
        for at in 0..N + N / 10 {
            let request = command(&world, vec!["true".to_owned()]);
            let began = Instant::now();
            let run = submit(&mut client, request).await;
            let durable = Instant::now();
            let (mut running, mut over) = (None, None);
            // The end of its run comes last: then the next one has the machine for itself.
            while over.is_none() {
                let seen = seen.recv().await.unwrap();
                if seen.started() == Some(&run) {
                    running = Some(seen.at);
                }
                if seen.settled() == Some(&run) {
                    over = Some(seen.at);
                }
            }
            if at >= N / 10 {
                acknowledged.push(durable - began);
                // It may be seen before the caller has read the acknowledgement.
                started.push(running.unwrap().saturating_duration_since(durable));
                ended.push(over.unwrap() - began);
            }
        }
    });
    let floor = bench.floor.acknowledgement();
    let (start, table) = (bench.floor.start(), &mut bench.table);
    table.over(
        "submit → durable acknowledgement, p50 / (call + commit)",
        &acknowledged,
        floor,
        Target::AtMost {
            must: 3.0,
            aim: 1.7,
        },
    );
    table.tail_over(
        "submit → durable acknowledgement, p99 / (call + commit)",
        &acknowledged,
        floor,
        Target::AtMost {
            must: 20.0,
            aim: 8.0,
        },
    );
    table.over(
        "acknowledged → `Started` seen by a subscriber / (call + commit + spawn)",
        &started,
        start,
        Target::AtMost {
            must: 4.0,
            aim: 2.0,
        },
    );
    table.over(
        "submit of `true` → its run's end seen / (call + commit + spawn)",
        &ended,
        start,
        Target::None,
    );
    command_line(bench, &world);
}

/// The whole of a call on the command line, from its process's start to its end.
fn command_line(bench: &mut Bench, world: &World) {
    let call = |args: &[&str]| {
        let mut command = world.synod_command(args);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        assert!(command.status().unwrap().success());
    };
    let detached = Sample::of(200, || call(&["exec", "--detach", "--", "true"]));
    let whole = Sample::of(100, || call(&["exec", "--", "true"]));
    let floor = bench.floor.spawn.p50() + bench.floor.acknowledgement();
    bench.table.over(
        "`synod exec --detach -- true`, process start to exit / (spawn + call + commit)",
        &detached,
        floor,
        Target::None,
    );
    bench.table.over(
        "`synod exec -- true`, followed to its end / 2 × spawn + call + commit",
        &whole,
        floor + bench.floor.spawn.p50(),
        Target::None,
    );
}
