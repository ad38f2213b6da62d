//! A database that is gone, or is an older one: what the directories prove is taken in, and nothing runs twice.

use std::{fs, path::PathBuf};

use synod_tests::World;

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once, starts},
    in_each, programs,
    submit::{command, submit},
};

const FILES: [&str; 3] = ["synod.db", "synod.db-wal", "synod.db-shm"];

fn files(world: &World) -> [PathBuf; 3] {
    FILES.map(|name| world.state_dir().join(name))
}

/// Loses the database of a daemon that is away: one run has ended before, one ends meanwhile, one goes on.
fn assert_rebuilt_after(lose: impl Fn(&World)) {
    in_each(|world| {
        world.start_daemon();
        let ended = Expected::printing(&world, "ended", 5, 3);
        let ended_run = submit(&world, &command(&world, "ended", &ended.argv)).id;
        ended.assert_ended(&world, &world.wait_end(&ended_run));
        let meanwhile = Expected::waiting(&world, "meanwhile", 6, &world.at("meanwhile"));
        let meanwhile_run = submit(&world, &command(&world, "meanwhile", &meanwhile.argv)).id;
        let running = Expected::waiting(&world, "running", 7, &world.at("go"));
        let running_run = submit(&world, &command(&world, "running", &running.argv)).id;
        world.wait_running(&meanwhile_run);
        let pid = World::only_attempt(&world.wait_running(&running_run)).pid;
        let (feed, _) = world.snapshot();
        world.kill_daemon();
        lose(&world);
        fs::write(world.at("meanwhile"), "").unwrap();
        world.start_daemon();
        let run = world.wait_running(&running_run);
        assert_eq!(World::only_attempt(&run).pid, pid, "it is not disturbed");
        assert_ne!(world.snapshot().0, feed, "another database is another feed");
        fs::write(world.at("go"), "").unwrap();
        let all = [
            (&ended, ended_run),
            (&meanwhile, meanwhile_run),
            (&running, running_run),
        ];
        for (expected, run) in &all {
            expected.assert_ended(&world, &world.wait_end(run));
        }
        assert_started_once(&world, ["ended", "meanwhile", "running"]);
        assert_each_line_counted_once(&world);
        assert_eq!(world.all_runs().len(), 3);
        world.assert_invariants();
        // And so it stays.
        world.kill_daemon();
        world.start_daemon();
        assert_eq!(world.all_runs().len(), 3);
        assert_started_once(&world, ["ended", "meanwhile", "running"]);
        world.assert_invariants();
    });
}

/// C4
#[test]
fn a_deleted_database_is_rebuilt_from_the_directories() {
    assert_rebuilt_after(|world| {
        for path in files(world) {
            fs::remove_file(path).unwrap();
        }
    });
}

/// C4
#[test]
fn a_database_deleted_without_its_log_is_rebuilt_from_the_directories() {
    assert_rebuilt_after(|world| fs::remove_file(world.database()).unwrap());
}

/// C4
#[test]
fn a_database_truncated_to_nothing_is_rebuilt_from_the_directories() {
    assert_rebuilt_after(|world| fs::write(world.database(), "").unwrap());
}

/// C4
#[test]
fn a_database_deleted_under_a_daemon_costs_nothing_that_ran() {
    let world = World::new(programs());
    world.start_daemon();
    let running = Expected::waiting(&world, "running", 7, &world.at("go"));
    let running_run = submit(&world, &command(&world, "running", &running.argv)).id;
    world.wait_running(&running_run);
    for path in files(&world) {
        fs::remove_file(path).unwrap();
    }
    // It goes on with what it holds, or has ended: then the next one takes this.
    world.start_daemon();
    let later = Expected::short(&world, "later", 8);
    let later_run = submit(&world, &command(&world, "later", &later.argv)).id;
    later.assert_ended(&world, &world.wait_end(&later_run));
    world.kill_daemon();
    world.start_daemon();
    fs::write(world.at("go"), "").unwrap();
    running.assert_ended(&world, &world.wait_end(&running_run));
    later.assert_ended(&world, &world.wait_end(&later_run));
    assert_started_once(&world, ["running", "later"]);
    world.assert_invariants();
}

/// C4
#[test]
fn a_run_that_is_queued_in_an_older_database_but_has_run_is_not_started_again() {
    let world = World::with(programs())
        .config("[limits]\nmax_running = 1\n")
        .build();
    world.start_daemon();
    let first = Expected::waiting(&world, "first", 5, &world.at("go"));
    let first_run = submit(&world, &command(&world, "first", &first.argv)).id;
    world.wait_running(&first_run);
    let queued = Expected::short(&world, "queued", 6);
    let queued_run = submit(&world, &command(&world, "queued", &queued.argv)).id;
    assert_eq!(starts(&world).len(), 1);
    world.kill_daemon();
    let older = files(&world).map(|path| fs::read(path).unwrap());
    world.start_daemon();
    fs::write(world.at("go"), "").unwrap();
    first.assert_ended(&world, &world.wait_end(&first_run));
    queued.assert_ended(&world, &world.wait_end(&queued_run));
    world.synod(["daemon", "stop"]).success();
    for (path, bytes) in files(&world).iter().zip(older) {
        fs::write(path, bytes).unwrap();
    }
    world.start_daemon();
    first.assert_ended(&world, &world.wait_end(&first_run));
    queued.assert_ended(&world, &world.wait_end(&queued_run));
    assert_started_once(&world, ["first", "queued"]);
    assert_eq!(world.all_runs().len(), 2);
    world.assert_invariants();
}
