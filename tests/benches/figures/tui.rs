//! The terminal UI as a person meets it: the real program in a terminal, from a key to the screen that shows it.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{
    World, config,
    terminal::{Key, Terminal},
};

use crate::{Bench, machine, sample::Sample, table::Target};

/// Put off all at once: as many changes in one commit.
const QUESTIONS: usize = 200;
/// Commits a second: ten thousand changes.
const COMMITS: u32 = 50;
const KEYS: usize = 400;
const LOOKING: Duration = Duration::from_secs(30);
const MANY: usize = 100;
const LONGER: Duration = Duration::from_mins(1);
const FRAME: Target = Target::AtMost {
    must: 33.0,
    aim: 16.0,
};

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    let run = asking(bench, &world);
    let terminal = world.terminal().open();
    terminal.wait_text("clarify/many");
    let quiet = keys(&terminal);
    let over = AtomicBool::new(false);
    let made = AtomicU64::new(0);
    let began = Instant::now();
    let busy = thread::scope(|scope| {
        scope.spawn(|| changes(&world, &run, &over, &made));
        let busy = keys(&terminal);
        over.store(true, Ordering::Relaxed);
        busy
    });
    let rate = made.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    let pid = terminal.pid();
    // Nothing is awaited here: this is the time over which is measured.
    let (before, looked) = (machine::ticks(pid), Instant::now());
    while looked.elapsed() < LOOKING {
        thread::sleep(LOOKING.saturating_sub(looked.elapsed()));
    }
    let ticks = machine::ticks(pid) - before;
    let table = &mut bench.table;
    table.millis(
        "terminal UI, nothing happening: key → on the screen, p99",
        &quiet,
        99.0,
        FRAME,
    );
    table.millis(
        "terminal UI under a burst: key → on the screen, p99",
        &busy,
        99.0,
        FRAME,
    );
    table.amount(
        "that burst: changes a second",
        KEYS,
        rate,
        "/s",
        Target::None,
    );
    let share = ticks as f64 / (LOOKING.as_secs_f64() * 100.0) * 100.0;
    table.amount(
        "terminal UI, nothing happening over 30 s: of a core",
        1,
        share,
        " %",
        Target::AtMost {
            must: 0.5,
            aim: 0.1,
        },
    );
    table.amount(
        "terminal UI after that burst: resident memory",
        1,
        machine::memory(pid).resident,
        " MB",
        Target::None,
    );
    terminal.press("q");
    terminal.wait_exit();
}

/// A hundred of them on one daemon, with nothing happening.
pub fn measure_many(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    world
        .synod(["exec", "--name", "a-run", "--", "true"])
        .success();
    let pid = world.daemon_pid();
    let before = machine::memory(pid).own;
    let open: Vec<Terminal> = (0..MANY)
        .map(|_| world.terminal().size(80, 24).open())
        .collect();
    for terminal in &open {
        terminal.wait_for("a list that is complete", |screen| {
            screen.has("a-run") && screen.has("live") && !screen.has("asking")
        });
    }
    let attached = machine::memory(pid).own;
    let used = |pids: &[i32]| -> u64 { pids.iter().map(|pid| machine::ticks(*pid)).sum() };
    let pids: Vec<i32> = open.iter().map(Terminal::pid).collect();
    // Nothing is awaited here: this is the time over which is measured.
    let (daemons, theirs, looked) = (machine::ticks(pid), used(&pids), Instant::now());
    while looked.elapsed() < LONGER {
        thread::sleep(LONGER.saturating_sub(looked.elapsed()));
    }
    let daemons = machine::ticks(pid) - daemons;
    let share = (used(&pids) - theirs) as f64 / LONGER.as_secs_f64();
    // And then something happens: until all of them show it.
    let began = Instant::now();
    world
        .synod(["exec", "--name", "another", "--", "true"])
        .success();
    for terminal in &open {
        terminal.wait_text("another");
    }
    let mut shown = Sample::default();
    shown.push(began.elapsed());
    let table = &mut bench.table;
    table.amount(
        "100 terminal UIs attached: the daemon's memory for each",
        MANY,
        (attached - before) * 1e3 / MANY as f64,
        " kB",
        Target::AtMost {
            must: 200.0,
            aim: 50.0,
        },
    );
    table.amount(
        "100 terminal UIs attached, nothing happening over 60 s: CPU the daemon used",
        1,
        daemons as f64,
        " ticks",
        Target::AtMost {
            must: 1.0,
            aim: 0.0,
        },
    );
    table.amount(
        "the same: of a core, each of them",
        MANY,
        share / MANY as f64,
        " %",
        Target::AtMost {
            must: 0.5,
            aim: 0.1,
        },
    );
    table.time(
        "100 terminal UIs: `synod exec -- true` → the last of them shows its run",
        &shown,
    );
}

/// Types into the filter, letter by letter: from each key until the screen shows it.
fn keys(terminal: &Terminal) -> Sample {
    let mut sample = Sample::default();
    while sample.n() < KEYS {
        terminal.press("/");
        let mut typed = String::new();
        for letter in "zyxwvutsrqponmlkjihg".chars() {
            typed.push(letter);
            let began = Instant::now();
            terminal.press(&letter.to_string());
            terminal.wait_text(&typed);
            sample.push(began.elapsed());
        }
        terminal.press_key(Key::Esc);
        terminal.wait_gone(&typed);
    }
    sample
}

fn changes(world: &World, run: &v1::Run, over: &AtomicBool, made: &AtomicU64) {
    world.block_on(async {
        let mut client = world.supervisor();
        let mut ticker = tokio::time::interval(Duration::from_secs(1) / COMMITS);
        for n in 0_u64.. {
            if over.load(Ordering::Relaxed) {
                return;
            }
            ticker.tick().await;
            let request = v1::AnswerRestRequest {
                request_id: format!("noise-{n}"),
                run_id: run.id.clone(),
                disposition: "later".to_owned(),
                ..Default::default()
            };
            client.answer_rest(request).await.unwrap();
            made.fetch_add(QUESTIONS as u64, Ordering::Relaxed);
        }
    });
}

/// A run with many questions.
fn asking(bench: &Bench, world: &World) -> v1::Run {
    let mut spec = String::new();
    let mut items: Vec<Value> = Vec::new();
    for n in 0..QUESTIONS {
        let quote = format!("FR-{n}: The part {n} shall be quick.");
        writeln!(spec, "- {quote}").unwrap();
        items.push(
            json!({"kind": "ambiguity", "claim": format!("FR-{n} gives no time for part {n}."),
            "severity": "critical", "resolvability": "need-human",
            "quotes": [{"path": "spec.md", "text": quote}]}),
        );
    }
    let file = world.at("findings.json");
    std::fs::write(&file, json!(items).to_string()).unwrap();
    let argv = bench.programs.fake(&["answer", &file]);
    world.write_config(&config::agent("alice", "red", &argv, ""));
    let spec = world.spec_dir("many", &[("spec.md", &spec)]);
    let args = [
        "--json", "gate", "run", "clarify", "--spec", &spec, "--roster", "alice",
    ];
    let run = world.synod(args).code(10).json();
    world.run(run["id"].as_str().unwrap())
}
