//! What cannot be avoided, measured in the same run: a bare call, a commit, a process, an append.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    process::{Command, Stdio},
    time::Instant,
};

use rusqlite::Connection;
use synod_tests::{Programs, World};

use crate::{
    connection,
    sample::Sample,
    table::{Table, Target},
};

/// What the smallest program costs, by its path: no search through `PATH` in the floor.
const TRUE: &str = "/bin/true";

#[derive(Debug)]
pub struct Floor {
    /// A health check over the daemon's socket, connection open.
    pub call: Sample,
    /// One row, `synchronous=FULL`, write-ahead log.
    pub commit: Sample,
    /// `posix_spawn` of `true` until it has ended.
    pub spawn: Sample,
    /// Processes a second, ten at a time.
    pub spawn_rate: f64,
    /// A new file of 200 bytes and its name made durable.
    pub durable_file: Sample,
    /// 100 bytes appended to an open file.
    pub append: Sample,
}

impl Floor {
    /// A call and a commit: the least a durable acknowledgement can cost.
    pub fn acknowledgement(&self) -> f64 {
        self.call.p50() + self.commit.p50()
    }

    /// The same and a process: the least from a submission to a process whose start is committed and known.
    pub fn start(&self) -> f64 {
        self.acknowledgement() + self.spawn.p50()
    }

    pub fn print(&self, table: &mut Table) {
        table.time("floor: bare unary call (health check)", &self.call);
        table.time(
            "floor: SQLite commit of one row, `synchronous=FULL`",
            &self.commit,
        );
        table.time("floor: `posix_spawn` of `true` to its end", &self.spawn);
        table.value(
            "floor: `true`, 10 at a time, a second",
            1_000,
            format!("{:.0}/s", self.spawn_rate),
            None,
            Target::None,
        );
        table.time(
            "floor: one new file and its name made durable",
            &self.durable_file,
        );
        table.time("floor: append of 100 bytes", &self.append);
    }
}

pub fn measure(programs: &Programs) -> Floor {
    let world = World::new(programs.clone());
    world.start_daemon();
    let dir = world.work();

    let call = connection::health_checks(&world, 2_000);

    let database = Connection::open(dir.join("floor.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE floor (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;",
        )
        .unwrap();
    let commit = Sample::of(1_000, || {
        database
            .prepare_cached("INSERT INTO floor (body) VALUES (?1)")
            .unwrap()
            .execute(["x".repeat(200)])
            .unwrap();
    });

    let spawn = Sample::of(500, || {
        assert!(Command::new(TRUE).status().unwrap().success());
    });

    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.join("append"))
        .unwrap();
    let append = Sample::of(10_000, || file.write_all(&[b'x'; 100]).unwrap());

    let mut count = 0;
    fs::create_dir(dir.join("files")).unwrap();
    let durable_file = Sample::of(300, || {
        count += 1;
        let mut file = File::create_new(dir.join(format!("files/{count}"))).unwrap();
        file.write_all(&[b'x'; 200]).unwrap();
        file.sync_all().unwrap();
        File::open(dir.join("files")).unwrap().sync_all().unwrap();
    });

    Floor {
        call,
        commit,
        spawn,
        spawn_rate: spawn_rate(10, 100),
        durable_file,
        append,
    }
}

/// Processes a second, `wide` at a time.
fn spawn_rate(wide: usize, each: usize) -> f64 {
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..wide {
            scope.spawn(|| {
                for _ in 0..each {
                    let status = Command::new(TRUE).stdin(Stdio::null()).status();
                    assert!(status.unwrap().success());
                }
            });
        }
    });
    (wide * each) as f64 / began.elapsed().as_secs_f64()
}
