//! A daemon with nothing to do: what it holds, and what it uses.

use std::{
    thread,
    time::{Duration, Instant},
};

use synod_tests::World;

use crate::{Bench, connection::subscribe, machine, table::Target};

const SUBSCRIBERS: usize = 20;
const LOOKING: Duration = Duration::from_secs(10);

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    let pid = world.start_daemon();
    let memory = machine::memory(pid);
    // One run, so that every path has been walked once.
    world.synod(["exec", "--", "true"]).success();
    let used = machine::memory(pid);
    let streams = world.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..SUBSCRIBERS {
            streams.push(subscribe(&world).await);
        }
        streams
    });
    // Nothing is awaited here: this is the time over which is measured.
    let (before, began) = (machine::ticks(pid), Instant::now());
    while began.elapsed() < LOOKING {
        thread::sleep(LOOKING.saturating_sub(began.elapsed()));
    }
    let ticks = machine::ticks(pid) - before;
    let table = &mut bench.table;
    table.amount(
        "daemon just started: resident memory",
        1,
        memory.resident,
        " MB",
        Target::None,
    );
    table.amount(
        "of that, its own (not the program's file)",
        1,
        memory.own,
        " MB",
        Target::None,
    );
    table.amount(
        "daemon after one run: resident memory",
        1,
        used.resident,
        " MB",
        Target::None,
    );
    table.amount(
        "the same with 20 subscribers: resident memory",
        1,
        machine::memory(pid).resident,
        " MB",
        Target::None,
    );
    table.amount(
        "idle with 20 subscribers over 10 s: CPU used",
        1,
        ticks as f64,
        " ticks",
        Target::AtMost {
            must: 1.0,
            aim: 0.0,
        },
    );
    drop(streams);
}
