//! Output: how soon a printed line is seen by who follows, and how fast much of it is kept.

use std::{
    fs::File,
    process::{Command, Stdio},
    time::Instant,
};

use synod_proto::v1;
use synod_tests::World;

use crate::{
    Bench, agents,
    connection::{command, submit, subscribe},
    sample::Sample,
    table::Target,
};

/// Lines, and microseconds between two of them.
const LINES: [&str; 2] = ["500", "4000"];
/// Bytes of bulk output, and how often they are printed.
const BULK: u64 = 256 * 1024 * 1024;
const ROUNDS: usize = 5;

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    world.start_daemon();
    let lines = followed(&world);
    let table = &mut bench.table;
    table.millis(
        "line printed → seen by a `TailOutput` follower, p50",
        &lines,
        50.0,
        Target::AtMost {
            must: 30.0,
            aim: 3.0,
        },
    );
    table.millis(
        "line printed → seen by a `TailOutput` follower, p99",
        &lines,
        99.0,
        Target::AtMost {
            must: 60.0,
            aim: 10.0,
        },
    );
    kept(bench, &world);
}

/// Both processes read the same clock: the line says when it was printed.
fn followed(world: &World) -> Sample {
    let mut client = world.supervisor();
    let mut feed = world.feed_client();
    world.block_on(async {
        let mut seen = subscribe(world).await;
        let argv = agents::command(&["lines", LINES[0], LINES[1]]);
        let run = submit(&mut client, command(world, argv)).await;
        while seen.recv().await.unwrap().started() != Some(&run) {}
        let request = v1::TailOutputRequest {
            attempt: run,
            follow: true,
            ..Default::default()
        };
        let mut pieces = feed.tail_output(request).await.unwrap().into_inner();
        let mut sample = Sample::default();
        let mut rest = Vec::new();
        while let Some(piece) = pieces.message().await.unwrap() {
            let now = agents::monotonic_ns();
            rest.extend_from_slice(&piece.data);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                let printed: u64 = std::str::from_utf8(&line).unwrap().trim().parse().unwrap();
                sample.push_micros((now - printed) as f64 / 1e3);
            }
        }
        assert_eq!(sample.n(), LINES[0].parse::<usize>().unwrap());
        sample
    })
}

/// The same bytes printed under a daemon, and into a file that is synced. Taking turns.
fn kept(bench: &mut Bench, world: &World) {
    let script = format!("yes 'a line as an agent might print it, give or take' | head -c {BULK}");
    let argv = ["sh", "-c", &script].map(str::to_owned).to_vec();
    let (mut ours, mut plain) = (Sample::default(), Sample::default());
    let mut client = world.supervisor();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let path = world.work().join("plain");
        let file = File::create(&path).unwrap();
        let mut child = Command::new("sh");
        child.args(&argv[1..]).stdin(Stdio::null());
        assert!(
            child
                .stdout(file.try_clone().unwrap())
                .status()
                .unwrap()
                .success()
        );
        file.sync_data().unwrap();
        plain.push(began.elapsed());
        std::fs::remove_file(path).unwrap();

        let took = world.block_on(async {
            let mut seen = subscribe(world).await;
            let began = Instant::now();
            let run = submit(&mut client, command(world, argv.clone())).await;
            while seen.recv().await.unwrap().settled() != Some(&run) {}
            began.elapsed()
        });
        ours.push(took);
    }
    let rate = |sample: &Sample| BULK as f64 / sample.p50();
    bench.table.value(
        "raw output kept, agent to committed offsets / plain file, synced",
        ROUNDS,
        format!("{:.0} MB/s", rate(&ours)),
        Some(rate(&ours) / rate(&plain)),
        Target::AtLeast {
            must: 0.7,
            aim: 0.95,
        },
    );
}
