//! A database that cannot be used is refused in one sentence that names it and says what to do; nothing is
//! touched, and what runs goes on.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::Path,
    process::Command,
};

use rusqlite::Connection;
use synod_tests::{World, processes};

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once},
    submit::{command, submit},
    world,
};

/// A world in which one agent has ended and one runs, and no daemon any more.
struct Scene {
    world: World,
    ended: (Expected, String),
    running: (Expected, String),
    pid: i32,
}

impl Scene {
    fn new() -> Self {
        let world = world();
        world.start_daemon();
        let ended = Expected::short(&world, "ended", 5);
        let ended_run = submit(&world, &command(&world, "ended", &ended.argv)).id;
        ended.assert_ended(&world, &world.wait_end(&ended_run));
        let running = Expected::waiting(&world, "running", 6, &world.at("go"));
        let running_run = submit(&world, &command(&world, "running", &running.argv)).id;
        let run = world.wait_running(&running_run);
        let pid = World::only_attempt(&run).pid.unwrap().cast_signed();
        world.kill_daemon();
        Self {
            ended: (ended, ended_run),
            running: (running, running_run),
            world,
            pid,
        }
    }

    /// Everything is in the database itself, nothing in the log beside it.
    fn checkpointed() -> Self {
        let scene = Self::new();
        let database = scene.open();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        database.query_row(checkpoint, [], |_| Ok(())).unwrap();
        scene
    }

    fn open(&self) -> Connection {
        Connection::open(self.world.database()).unwrap()
    }

    /// The daemon ends at once with one sentence, which it returns; so does a client that starts one. Nothing
    /// has changed.
    #[track_caller]
    fn assert_refused(&self) -> String {
        let before = hashes(&self.world);
        let said = self
            .world
            .finish(self.world.synodd_command(["serve"]), None)
            .code(1);
        assert_eq!(said.stdout(), "");
        let said = said.stderr();
        let sentence = said
            .strip_prefix("synodd: ")
            .expect("a sentence")
            .trim_end();
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
        let path = self.world.database().display().to_string();
        assert!(sentence.contains(&path), "{sentence}");
        let told = self.world.synod(["ps"]).refusal(4);
        assert!(told.contains(sentence), "{told}");
        assert_eq!(hashes(&self.world), before, "left untouched");
        assert!(processes::is_alive(self.pid), "what runs goes on");
        sentence.to_owned()
    }

    /// A daemon that can work again finds everything as it was promised.
    #[track_caller]
    fn assert_all_is_well(self) {
        let world = &self.world;
        world.start_daemon();
        let run = world.wait_running(&self.running.1);
        assert_eq!(
            World::only_attempt(&run).pid,
            Some(self.pid.cast_unsigned())
        );
        fs::write(world.at("go"), "").unwrap();
        for (expected, run) in [&self.ended, &self.running] {
            expected.assert_ended(world, &world.wait_end(run));
        }
        assert_started_once(world, ["ended", "running"]);
        assert_each_line_counted_once(world);
        assert_eq!(world.all_runs().len(), 2);
        world.assert_invariants();
    }

    /// What the sentence about damage says: move it aside.
    fn move_aside(&self) {
        let path = self.world.database();
        fs::rename(&path, path.with_extension("db.damaged")).unwrap();
    }
}

/// Of the database and its log; the index of the log is no data. By another process: to close a file gives up
/// all locks this one has on it.
fn hashes(world: &World) -> String {
    let sums = Command::new("sha256sum")
        .args(["synod.db", "synod.db-wal"])
        .current_dir(world.state_dir())
        .output()
        .unwrap();
    // An empty log is none.
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let sums = String::from_utf8(sums.stdout).unwrap();
    let lines = sums.lines().filter(|line| !line.starts_with(nothing));
    lines.collect()
}

fn scribble(path: &Path, at: u64, count: usize) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&vec![0xa7; count], at).unwrap();
}

/// The schema that a database says it has.
pub fn schema_of(database: &Connection) -> i64 {
    database
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

/// C4
#[test]
fn a_database_from_the_future_is_refused_and_left_alone() {
    let scene = Scene::checkpointed();
    let today = schema_of(&scene.open());
    let set = |version| scene.open().pragma_update(None, "user_version", version);
    set(999).unwrap();
    let said = scene.assert_refused();
    assert!(said.contains("has schema 999"), "{said}");
    assert!(said.contains("use the newer synodd"), "{said}");
    // As the newer one would leave it.
    set(today).unwrap();
    scene.assert_all_is_well();
}

/// C4: what the newer one wrote last is still in the log.
#[test]
fn a_database_from_the_future_is_left_alone_with_its_log() {
    let scene = Scene::new();
    let database = scene.open();
    let today = schema_of(&database);
    database.pragma_update(None, "user_version", 999).unwrap();
    // As after a crash: copies of what is there while somebody has it open.
    let files = ["synod.db", "synod.db-wal"].map(|name| scene.world.state_dir().join(name));
    let contents = files.each_ref().map(|path| fs::read(path).unwrap());
    drop(database);
    for (path, bytes) in files.iter().zip(contents) {
        assert!(!bytes.is_empty());
        fs::write(path, bytes).unwrap();
    }
    scene.assert_refused();
    let database = scene.open();
    database.pragma_update(None, "user_version", today).unwrap();
    drop(database);
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_with_a_damaged_header_is_refused_and_rebuilt_once_moved_aside() {
    let scene = Scene::checkpointed();
    scribble(&scene.world.database(), 0, 100);
    let said = scene.assert_refused();
    assert!(said.contains("is damaged"), "{said}");
    assert!(said.contains("mv "), "{said}");
    scene.move_aside();
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_with_a_damaged_page_is_refused_and_rebuilt_once_moved_aside() {
    let scene = Scene::checkpointed();
    let path = scene.world.database();
    let pages = fs::metadata(&path).unwrap().len() / 4096;
    assert!(pages > 10, "{pages} pages");
    scribble(&path, pages / 2 * 4096, 4096);
    let said = scene.assert_refused();
    assert!(said.contains("is damaged"), "{said}");
    scene.move_aside();
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_that_is_something_else_is_refused() {
    let scene = Scene::checkpointed();
    fs::write(scene.world.database(), "my shopping list\n".repeat(100)).unwrap();
    let said = scene.assert_refused();
    assert!(said.contains("is damaged"), "{said}");
    scene.move_aside();
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_held_by_another_process_is_refused_until_it_is_free() {
    let scene = Scene::checkpointed();
    let holder = scene.open();
    holder
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM names;")
        .unwrap();
    let said = scene.assert_refused();
    assert!(said.contains("locked by another process"), "{said}");
    assert!(said.contains("end that one"), "{said}");
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_locked_for_writing_for_a_while_is_waited_for() {
    let world = world();
    let pid = world.start_daemon();
    let holder = Connection::open(world.database()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let expected = Expected::short(&world, "late", 3);
    let request = command(&world, "late", &expected.argv);
    let run = std::thread::scope(|scope| {
        let call = scope.spawn(|| submit(&world, &request));
        // Somebody looks at the database, and is done within the time that is waited.
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(
            !call.is_finished(),
            "it is not acknowledged before it is durable"
        );
        holder.execute_batch("ROLLBACK").unwrap();
        call.join().unwrap()
    });
    expected.assert_ended(&world, &world.wait_end(&run.id));
    assert_eq!(world.daemon_pid(), pid);
    world.assert_invariants();
}

/// C4: a daemon whose database is taken away ends, says why, and what runs goes on.
#[test]
fn a_database_locked_for_good_ends_the_daemon_and_no_agent() {
    let scene = Scene::new();
    let world = &scene.world;
    world.start_daemon();
    world.wait_running(&scene.running.1);
    let holder = scene.open();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = world.exec(&["--detach"], &["exit", "0"]);
    assert_eq!(refused.code, Some(125), "{refused}");
    eprintln!("said: {}", refused.stderr().trim());
    assert!(
        refused.stderr().contains("locked by another process"),
        "{refused}"
    );
    assert!(processes::is_alive(scene.pid));
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    scene.assert_all_is_well();
}

/// C4
#[test]
fn a_database_that_cannot_be_written_is_refused() {
    let scene = Scene::checkpointed();
    let world = &scene.world;
    let path = world.database();
    let set_mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    set_mode(0o400);
    let before = hashes(world);
    let said = world.finish(without_privileges(world), None).code(1);
    let said = said.stderr();
    eprintln!("said: {}", said.trim());
    assert!(
        said.contains(&format!("{} cannot be written", path.display())),
        "{said}"
    );
    assert!(said.contains("check its owner, its mode"), "{said}");
    assert_eq!(said.lines().count(), 1);
    assert_eq!(hashes(world), before, "left untouched");
    assert!(processes::is_alive(scene.pid));
    set_mode(0o600);
    scene.assert_all_is_well();
}

/// The daemon as any user is: root may write what it must not.
fn without_privileges(world: &World) -> Command {
    let daemon = world.synodd_command(["serve"]);
    if !rustix::process::getuid().is_root() {
        return daemon;
    }
    let variables = daemon.get_envs();
    let mut command = Command::new("setpriv");
    command
        .args([
            "--bounding-set=-dac_override",
            "--inh-caps=-dac_override",
            "--",
        ])
        .arg(daemon.get_program())
        .args(daemon.get_args())
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))));
    command
}
