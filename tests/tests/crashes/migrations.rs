//! The daemon dies while it brings an older database to today's schema, once or twice: the next start finds the old
//! one or the new one, and serves all that was in it.
//!
//! What a migrated database is good for afterwards is `schemas.rs`.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use synod_proto::v1;
use synod_tests::{World, eventually, processes, random::Random};

use crate::{
    databases::schema_of,
    expected::{Expected, assert_started_once},
    programs,
    schemas::restore,
    submit::{command, submit},
    traced::{CHANGING, DURABLE, Fate, Side, Story, Traced, can_trace},
};

/// Moments between durable calls are too many: so many are drawn, or `SYNOD_CRASH_POINTS`.
const SAMPLES: u64 = 12;
/// A loop over all points ends here, and says how far it came.
const AT_MOST: Duration = Duration::from_secs(90);

/// From today's tables to those of schema 1, which differ in columns only. Rows of an older daemon are in the fixture;
/// those of runs whose agents live can only be today's.
const BACK_TO_SCHEMA_1: &str = "
    PRAGMA foreign_keys = OFF;
    BEGIN;
    DROP TABLE ledger;
    CREATE TABLE runs_1 (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, base TEXT NOT NULL, live INTEGER NOT NULL,
        seq INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO runs_1 SELECT id, name, name, live, seq, revision, body FROM runs;
    DROP TABLE runs;
    ALTER TABLE runs_1 RENAME TO runs;
    CREATE INDEX runs_live ON runs (seq) WHERE live = 1;
    CREATE INDEX runs_seq ON runs (seq);
    CREATE INDEX runs_name ON runs (name);
    CREATE INDEX runs_base ON runs (base, seq);
    PRAGMA user_version = 1;
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);";

/// Every row there was at schema 1. The columns of runs are those that both schemas have.
const ROWS: [&str; 12] = [
    "SELECT id, name, live, seq, revision, body FROM runs ORDER BY id",
    "SELECT * FROM meta ORDER BY key",
    "SELECT * FROM executions ORDER BY id",
    "SELECT * FROM attempts ORDER BY id",
    "SELECT * FROM progress ORDER BY id",
    "SELECT * FROM findings ORDER BY id",
    "SELECT * FROM questions ORDER BY id",
    "SELECT * FROM verdicts ORDER BY id",
    "SELECT * FROM answers ORDER BY id",
    "SELECT * FROM requests ORDER BY id",
    "SELECT * FROM names ORDER BY base",
    "SELECT * FROM changes ORDER BY revision",
];

/// A database of schema 1 that an older daemon left: runs that have ended, one that waits for a human, one whose agent
/// runs, one that is queued.
struct Scene {
    world: World,
    /// A copy of it.
    old: PathBuf,
    rows: Vec<String>,
    /// Today's schema.
    today: i64,
    /// The runs as they are served, newest first.
    runs: Vec<v1::Run>,
    /// Those whose agents are this world's.
    ended: (Expected, String),
    running: (Expected, String),
    queued: (Expected, String),
}

impl Scene {
    fn new() -> Self {
        let world = World::with(programs())
            .config("[limits]\nmax_running = 1\n")
            .build();
        restore(&world, "schema-1.sql");
        world.start_daemon();
        let enter = |expected: Expected| {
            let run = submit(&world, &command(&world, &expected.tag, &expected.argv)).id;
            (expected, run)
        };
        let ended = enter(Expected::short(&world, "ended", 5));
        world.wait_end(&ended.1);
        let running = enter(Expected::waiting(&world, "running", 6, &world.at("go")));
        // It has said all that it says: from now on nothing changes.
        world.wait_run(&running.1, |run| {
            let attempts = run.executions.iter().flat_map(|one| &one.attempts);
            attempts.last().is_some_and(|one| !one.last_line.is_empty())
        });
        let queued = enter(Expected::short(&world, "queued", 7));
        eventually("the ended one's directory in the archive", || {
            (world.live_dirs().len() == 1).then_some(())
        });
        let runs = served(&world);
        assert_eq!(runs.len(), 4 + 3);
        world.kill_daemon();
        let database = Connection::open(world.database()).unwrap();
        let today = schema_of(&database);
        database.execute_batch(BACK_TO_SCHEMA_1).unwrap();
        let rows = rows(&database);
        drop(database);
        let old = world.work().join("old.db");
        fs::copy(world.database(), &old).unwrap();
        Self {
            world,
            old,
            rows,
            today,
            runs,
            ended,
            running,
            queued,
        }
    }

    /// The database as the older daemon left it, and nothing of later ones.
    fn reset(&self) {
        for name in database_files(&self.world) {
            fs::remove_file(self.world.state_dir().join(name)).unwrap();
        }
        fs::copy(&self.old, self.world.database()).unwrap();
    }

    fn backup(&self) -> PathBuf {
        self.world.state_dir().join("synod.db.schema-1")
    }

    /// A start that ends at its n-th call, or as soon as it serves.
    fn killed_at(&self, calls: &str, n: u64, side: Side) -> Story {
        let hold = Duration::from_millis(3);
        let fate = Fate::KilledAt {
            calls,
            n,
            side,
            hold,
        };
        let mut daemon = Traced::start(&self.world, fate);
        eventually("a daemon that serves, or its end", || {
            let request = v1::ListRunsRequest::default();
            let answer = self
                .world
                .block_on(self.world.supervisor().list_runs(request));
            (answer.is_ok() || daemon.has_ended()).then_some(())
        });
        if let Some(pid) = self.world.find_daemon() {
            processes::signal(pid, rustix::process::Signal::KILL);
        }
        let story = daemon.end();
        self.assert_old_or_new();
        story
    }

    /// By copies: the next daemon is to find what the dead one left. A log that was not folded in belongs to it.
    #[track_caller]
    fn assert_old_or_new(&self) {
        let (version, rows) = self.read_copy(&["synod.db", "synod.db-wal"]);
        assert!([1, self.today].contains(&version), "schema {version}");
        assert!(rows == self.rows, "rows differ at schema {version}");
        self.assert_backup_is_whole_or_absent();
    }

    /// The file alone, as somebody would take it.
    #[track_caller]
    fn assert_backup_is_whole_or_absent(&self) {
        if self.backup().exists() {
            let (version, rows) = self.read_copy(&["synod.db.schema-1"]);
            assert_eq!(version, 1, "the copy's schema");
            assert!(rows == self.rows, "rows of the copy differ");
        }
    }

    /// What copies of these files hold: the schema, and all rows.
    #[track_caller]
    fn read_copy(&self, names: &[&str]) -> (i64, Vec<String>) {
        let aside = tempfile::tempdir_in(self.world.work()).unwrap();
        for name in names {
            let path = self.world.state_dir().join(name);
            if path.exists() {
                fs::copy(path, aside.path().join(name)).unwrap();
            }
        }
        let database = Connection::open(aside.path().join(names[0])).unwrap();
        let verdict: String = database
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok", "{}", names[0]);
        (schema_of(&database), rows(&database))
    }

    /// A start that nobody interferes with.
    #[track_caller]
    fn assert_served_whole(&self) {
        let world = &self.world;
        world.start_daemon();
        for (run, expected) in served(world).iter().zip(&self.runs) {
            assert_eq!(run, expected);
        }
        assert_eq!(served(world).len(), self.runs.len());
        world.kill_daemon();
        let (version, rows) = self.read_copy(&["synod.db", "synod.db-wal"]);
        assert_eq!(version, self.today);
        assert!(rows == self.rows, "rows differ");
        assert!(self.backup().exists(), "the way back is kept");
        self.assert_backup_is_whole_or_absent();
        let mut files = database_files(world);
        files.retain(|name| name != "synod.db-wal" && name != "synod.db-shm");
        assert_eq!(files, ["synod.db", "synod.db.schema-1"], "nothing is left");
    }

    /// What ran goes on, what was queued starts, what was asked can be answered.
    #[track_caller]
    fn assert_worked_on(self) {
        let world = &self.world;
        world.start_daemon();
        fs::write(world.at("go"), "").unwrap();
        for (expected, run) in [&self.ended, &self.running, &self.queued] {
            expected.assert_ended(world, &world.wait_end(run));
        }
        assert_started_once(world, ["ended", "running", "queued"]);
        let question = world.run("clarify/shop#2").questions[0].id.clone();
        world.synod(["answer", &question, "in 200 ms"]).success();
        assert_eq!(world.run("clarify/shop#2").state, "passed");
        assert_eq!(world.all_runs().len(), self.runs.len());
        world.assert_invariants();
    }
}

/// Every run with all its parts.
fn served(world: &World) -> Vec<v1::Run> {
    let runs = world.all_runs();
    runs.iter().map(|run| world.run(&run.id)).collect()
}

fn rows(database: &Connection) -> Vec<String> {
    let mut all = Vec::new();
    for query in ROWS {
        let mut statement = database.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|at| row.get_ref(at).unwrap());
            all.push(format!("{query}: {:?}", values.collect::<Vec<_>>()));
        }
    }
    all
}

/// Names of the database's files, sorted.
fn database_files(world: &World) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(world.state_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("synod.db"))
        .collect();
    names.sort();
    names
}

/// C8: the upgrade dies once at each of its durable calls, and twice at calls that are drawn.
#[test]
fn a_migration_killed_half_way_once_or_twice_loses_nothing_and_does_nothing_twice() {
    let test = "a_migration_killed_half_way_once_or_twice_loses_nothing_and_does_nothing_twice";
    if !can_trace(test) {
        return;
    }
    let mut random = Random::seeded(test);
    let begun = Instant::now();
    let scene = Scene::new();
    for side in [Side::Before, Side::After] {
        let mut points = 0;
        for n in 1.. {
            scene.reset();
            let story = scene.killed_at(DURABLE, n, side);
            scene.assert_served_whole();
            if !story.killed {
                break;
            }
            points += 1;
            assert!(begun.elapsed() < AT_MOST, "{points} points are not all");
        }
        assert!(points > 5, "{points} durable calls are too few to be true");
        eprintln!("{side:?} all {points} points, {:?}", begun.elapsed());
    }
    scene.reset();
    let all = scene.killed_at(CHANGING, u64::MAX, Side::Before).calls;
    let given = std::env::var("SYNOD_CRASH_POINTS").ok();
    let wanted = given.map_or(SAMPLES, |text| text.parse().expect("a number of points"));
    for _ in 0..wanted {
        scene.reset();
        let deaths = [1 + random.below(all), 1 + random.below(all)];
        eprintln!("killed at calls {deaths:?} of {all}");
        for n in deaths {
            scene.killed_at(CHANGING, n, Side::Before);
        }
        scene.assert_served_whole();
    }
    eprintln!("{test}: {wanted} of {all} twice, {:?}", begun.elapsed());
    scene.assert_worked_on();
}
