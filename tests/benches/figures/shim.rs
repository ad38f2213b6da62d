//! The shim alone: from its start to its agent's, and what it holds while the agent runs.

use std::{fs, path::Path, process::Command};

use synod_proto::v1;
use synod_shim::{
    dir::RunDir,
    launch::launch,
    spec::{Containment, FORMAT, Limits, Restore, Spec, Stdin},
};
use synod_tests::World;

use crate::{
    Bench, agents,
    connection::{command, submit, subscribe},
    machine,
    sample::Sample,
    table::Target,
};

const N: usize = 200;

pub fn measure(bench: &mut Bench) {
    let world = World::new(bench.programs.clone());
    let (mut shimmed, mut bare) = (Sample::default(), Sample::default());
    for at in 0..N {
        bare.push_micros(bare_start(&world));
        shimmed.push_micros(start_to_main(&world, at));
    }
    let table = &mut bench.table;
    table.time("bare `posix_spawn` → the program's `main`", &bare);
    table.millis(
        "shim's `posix_spawn` → the agent's `main`, p50",
        &shimmed,
        50.0,
        Target::AtMost {
            must: 3.0,
            aim: 1.0,
        },
    );
    memory(bench, &world);
}

/// From just before the spawn until the program says it runs, in microseconds.
fn bare_start(world: &World) -> f64 {
    let argv = agents::command(&["stamp"]);
    let path = world.work().join("bare");
    let file = fs::File::create(&path).unwrap();
    let began = agents::monotonic_ns();
    let status = Command::new(&argv[0])
        .args(&argv[1..])
        .env_clear()
        .stdout(file)
        .status();
    assert!(status.unwrap().success());
    since(began, &path)
}

/// The same by way of a shim, launched as the daemon does it.
fn start_to_main(world: &World, at: usize) -> f64 {
    let spec = Spec {
        format: FORMAT,
        run_id: "r".repeat(32),
        execution_id: "e".repeat(32),
        attempt_id: format!("{at:032x}"),
        number: 1,
        gate: None,
        request_id: "bench".to_owned(),
        agent: "bench".to_owned(),
        argv: agents::command(&["stamp"]),
        cwd: world.work(),
        stdin: Stdin::Prompt,
        limits: Limits {
            wall_ms: None,
            output_bytes: None,
            first_byte_ms: None,
            grace_ms: 1_000,
        },
        boot_id: "bench".to_owned(),
        containment: Containment::Session,
        restore: Restore::default(),
        import: serde_json::Value::Null,
    };
    let dir = RunDir::create(&world.work(), &format!("run-{at}"), &spec, b"").unwrap();
    let lock = dir.try_lock().unwrap().unwrap();
    let exe = &world.programs().synodd;
    let home = ("HOME".into(), world.home().into());
    let began = agents::monotonic_ns();
    let mut shim = launch(exe, &dir, lock, std::iter::once(home)).unwrap();
    assert!(shim.wait().unwrap().success());
    since(began, &dir.stdout())
}

fn since(began: u64, stamp: &Path) -> f64 {
    let said = fs::read_to_string(stamp).unwrap();
    let at: u64 = said.trim().parse().unwrap();
    (at - began) as f64 / 1e3
}

/// What a shim holds beside an agent that runs.
fn memory(bench: &mut Bench, world: &World) {
    world.start_daemon();
    let mut client = world.supervisor();
    let run = world.block_on(async {
        let mut seen = subscribe(world).await;
        let argv = ["sleep", "60"].map(str::to_owned).to_vec();
        let run = submit(&mut client, command(world, argv)).await;
        while seen.recv().await.unwrap().started() != Some(&run) {}
        run
    });
    let attempt = World::only_attempt(&world.run(&run)).clone();
    let agent = attempt.pid.unwrap().cast_signed();
    let shim = synod_tests::processes::parent(agent).unwrap();
    let memory = machine::memory(shim);
    bench.table.amount(
        "shim beside a running agent: resident, MB",
        1,
        memory.resident,
        " MB",
        Target::AtMost {
            must: 3.0,
            aim: 1.0,
        },
    );
    bench.table.amount(
        "of that, its own (not shared with the daemon's file)",
        1,
        memory.own,
        " MB",
        Target::None,
    );
    let request = v1::CancelRunRequest {
        request_id: "bench-cancel".to_owned(),
        run_id: run.clone(),
    };
    world.block_on(client.cancel_run(request)).unwrap();
    world.wait_end(&run);
}
