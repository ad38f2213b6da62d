//! A long history: starting, answering and submitting must not become slower with it.
//!
//! The history is made of one real run, copied under new ids while the daemon is away. `SYNOD_BENCH_HISTORY`
//! says how many.

use std::time::Instant;

use prost::Message as _;
use rusqlite::{Connection, params, types::Value};
use synod_proto::v1;
use synod_tests::{World, processes};

use crate::{
    Bench, machine,
    sample::{Sample, time},
    table::Target,
};

const STARTS: usize = 20;
const CALLS: usize = 100;

pub fn measure(bench: &mut Bench) {
    let runs: u64 = std::env::var("SYNOD_BENCH_HISTORY")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000);
    let world = World::new(bench.programs.clone());
    world.start_daemon();
    world.synod(["exec", "--", "true"]).success();
    let empty = look(&world);
    kill(&world);
    let began = Instant::now();
    multiply(&world, runs);
    let size = std::fs::metadata(world.database()).unwrap().len() as f64 / 1e6;
    eprintln!(
        "  {runs} runs made in {}, {size:.0} MB",
        time(began.elapsed().as_secs_f64() * 1e6)
    );
    let full = look(&world);

    let table = &mut bench.table;
    let start = Target::AtMost {
        must: 50.0,
        aim: 12.0,
    };
    table.millis(
        "daemon's start → first answer, no history, p50",
        &empty.start,
        50.0,
        start,
    );
    let words = format!("daemon's start → first answer, {runs} finished runs ({size:.0} MB), p50");
    table.millis(&words, &full.start, 50.0, start);
    table.over(
        &format!("`synod exec --detach`, {runs} finished runs / no history"),
        &full.submit,
        empty.submit.p50(),
        Target::AtMost {
            must: 1.3,
            aim: 1.1,
        },
    );
    let (before, after) = (empty.memory.resident, full.memory.resident);
    table.value(
        &format!("daemon's resident memory, {runs} finished runs / no history"),
        1,
        format!("{after:.1} MB"),
        Some(after / before),
        Target::AtMost {
            must: 1.5,
            aim: 1.05,
        },
    );
}

struct Look {
    start: Sample,
    submit: Sample,
    memory: machine::Memory,
}

fn look(world: &World) -> Look {
    let mut start = Sample::default();
    for _ in 0..STARTS {
        kill(world);
        start.push_micros(first_answer(world));
    }
    let memory = machine::memory(world.daemon_pid());
    let submit = Sample::of(CALLS, || {
        let mut command = world.synod_command(["exec", "--detach", "--", "true"]);
        command.stdout(std::process::Stdio::null());
        assert!(command.status().unwrap().success());
    });
    // What was submitted last has ended: the next look finds nothing to adopt.
    for run in world.live_runs() {
        world.wait_end(&run.id);
    }
    Look {
        start,
        submit,
        memory,
    }
}

fn kill(world: &World) {
    if let Some(pid) = world.find_daemon() {
        world.kill_daemon();
        // Until its last thread has gone it may still hold the lock.
        synod_tests::eventually("the killed daemon's last thread", || {
            processes::state(pid).is_none().then_some(())
        });
    }
}

/// From the daemon's `posix_spawn` to an answer that needed the engine, in microseconds.
fn first_answer(world: &World) -> f64 {
    let mut command = world.synodd_command(["serve"]);
    command
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let began = Instant::now();
    let child = command.spawn().unwrap();
    let took = world.block_on(async {
        loop {
            let mut client = world.supervisor();
            let answer = client
                .get_daemon_status(v1::GetDaemonStatusRequest {})
                .await;
            if answer.is_ok() {
                return began.elapsed();
            }
            assert!(
                processes::is_alive(child.id().cast_signed()),
                "the daemon ended"
            );
            tokio::task::yield_now().await;
        }
    });
    // Killed and looked for by its pid later; reaped with this process.
    std::thread::spawn(move || {
        let mut child = child;
        child.wait()
    });
    took.as_secs_f64() * 1e6
}

/// Copies the newest finished run `count` times, its changes too, each under ids of its own.
fn multiply(world: &World, count: u64) {
    let mut database = Connection::open(world.database()).unwrap();
    database
        .execute_batch(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000;",
        )
        .unwrap();
    let transaction = database.transaction().unwrap();
    let run: String = transaction
        .query_row(
            "SELECT id FROM runs WHERE live = 0 ORDER BY seq DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let changes = changes_of(&transaction, &run);
    let tables = ["runs", "executions", "attempts", "progress"]
        .map(|table| (table, rows_of(&transaction, table, &run)));
    let last: i64 = transaction
        .query_row("SELECT max(revision) FROM changes", [], |row| row.get(0))
        .unwrap();
    let mut revision = last.cast_unsigned();
    for copy in 1..=count {
        let first = revision + 1;
        let mut put = transaction
            .prepare_cached("INSERT INTO changes (revision, at_us, bytes) VALUES (?1, ?2, ?3)")
            .unwrap();
        for (at_us, bytes) in &changes {
            revision += 1;
            let mut change = v1::Change::decode(bytes.as_slice()).unwrap();
            change.revision = revision;
            let bytes = renamed_bytes(&change.encode_to_vec(), copy);
            put.execute(params![revision.cast_signed(), at_us, bytes])
                .unwrap();
        }
        for (table, rows) in &tables {
            for (columns, values) in rows {
                let values = columns.iter().zip(values).map(|(column, value)| {
                    match (column.as_str(), value) {
                        ("seq", _) => Value::from(first.cast_signed()),
                        ("revision", _) => Value::from(revision.cast_signed()),
                        (_, Value::Text(text)) => Value::from(
                            String::from_utf8(renamed_bytes(text.as_bytes(), copy)).unwrap(),
                        ),
                        (_, value) => value.clone(),
                    }
                });
                let marks = vec!["?"; columns.len()].join(", ");
                let insert = format!(
                    "INSERT INTO {table} ({}) VALUES ({marks})",
                    columns.join(", ")
                );
                transaction
                    .prepare_cached(&insert)
                    .unwrap()
                    .execute(rusqlite::params_from_iter(values))
                    .unwrap();
            }
        }
    }
    transaction.commit().unwrap();
    database
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

fn changes_of(database: &Connection, run: &str) -> Vec<(i64, Vec<u8>)> {
    let mut select = database
        .prepare("SELECT at_us, bytes FROM changes ORDER BY revision")
        .unwrap();
    let rows = select
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
        .unwrap();
    rows.map(Result::unwrap)
        .filter(|(_, bytes)| {
            bytes
                .windows(run.len())
                .any(|window| window == run.as_bytes())
        })
        .collect()
}

type Rows = Vec<(Vec<String>, Vec<Value>)>;

fn rows_of(database: &Connection, table: &str, run: &str) -> Rows {
    let key = if table == "runs" { "id" } else { "run_id" };
    let mut select = database
        .prepare(&format!("SELECT * FROM {table} WHERE {key} = ?1"))
        .unwrap();
    let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
    let rows = select
        .query_map([run], |row| {
            (0..columns.len())
                .map(|at| row.get(at))
                .collect::<rusqlite::Result<Vec<Value>>>()
        })
        .unwrap();
    rows.map(|row| (columns.clone(), row.unwrap())).collect()
}

/// Every id in it becomes another: its first twelve of 32 hexadecimal digits, which are random, are counted on.
/// Ids that differ stay different.
fn renamed_bytes(bytes: &[u8], copy: u64) -> Vec<u8> {
    let hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < out.len() {
        let length = out[at..].iter().take_while(|byte| hex(byte)).count();
        // An id stands alone; what is longer (with a digit before it in the wire format) ends with one.
        if length >= 32 {
            let start = at + length - 32;
            let old = std::str::from_utf8(&out[start + 2..start + 12]).unwrap();
            let new = (u64::from_str_radix(old, 16).unwrap() + copy * 0x9E_3779) & 0xFF_FFFF_FFFF;
            out[start + 2..start + 12].copy_from_slice(format!("{new:010x}").as_bytes());
        }
        at += length.max(1);
    }
    out
}
