//! One daemon, however many are started, and whatever becomes of its socket.

use std::{
    fs,
    os::unix::{fs::FileTypeExt as _, net::UnixListener},
};

use synod_tests::{World, eventually, processes};

use crate::{
    expected::{Expected, assert_started_once},
    submit::{command, submit},
    world,
};

/// C5
#[test]
fn of_twenty_daemons_started_at_once_one_serves_and_the_others_say_who() {
    let world = world();
    let mut starts: Vec<_> = (0..20)
        .map(|_| World::background(world.synodd_command(["serve"]), None))
        .collect();
    // All but one end by themselves.
    eventually("nineteen losers", || {
        let running = starts
            .iter_mut()
            .filter_map(|one| one.is_running().then_some(()));
        (running.count() == 1).then_some(())
    });
    let winner = world.daemon_pid();
    for mut start in starts {
        if start.pid() == winner {
            assert!(start.is_running());
            world.synod(["daemon", "stop"]).success();
            start.finish().success();
            continue;
        }
        let said = start.finish().code(1).stderr();
        let wanted = format!("synodd: another daemon (pid {winner}) serves");
        assert!(said.starts_with(&wanted), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// C5
#[test]
fn twenty_clients_that_start_a_daemon_at_once_all_reach_the_same_one() {
    let world = world();
    let calls: Vec<_> = (0..20)
        .map(|_| world.spawn_synod(["--json", "daemon", "start"]))
        .collect();
    let mut pids: Vec<String> = calls
        .into_iter()
        .map(|call| call.finish().success().json()["pid"].to_string())
        .collect();
    pids.dedup();
    assert_eq!(pids, [world.daemon_pid().to_string()]);
}

/// C5
#[test]
fn a_stale_socket_is_no_obstacle() {
    let world = world();
    // Of a daemon that was killed.
    let first = world.start_daemon();
    world.kill_daemon();
    assert!(
        fs::metadata(world.socket())
            .unwrap()
            .file_type()
            .is_socket()
    );
    assert_ne!(world.start_daemon(), first);
    world.synod(["daemon", "stop"]).success();
    // Of nobody: bound, and its listener closed.
    let _ = fs::remove_file(world.socket());
    drop(UnixListener::bind(world.socket()).unwrap());
    world.exec(&[], &["exit", "3"]).code(3);
    // Something that is no socket at all.
    world.kill_daemon();
    fs::remove_file(world.socket()).unwrap();
    fs::write(world.socket(), "").unwrap();
    world.exec(&[], &["exit", "4"]).code(4);
    world.assert_invariants();
}

/// C5
#[test]
fn a_socket_deleted_under_a_daemon_comes_back() {
    let world = world();
    let pid = world.start_daemon();
    let running = Expected::waiting(&world, "running", 7, &world.at("go"));
    let run = submit(&world, &command(&world, "running", &running.argv)).id;
    world.wait_running(&run);
    for _ in 0..3 {
        fs::remove_file(world.socket()).unwrap();
        // The next call finds the same daemon, not another one and not nothing.
        world.synod(["ps"]).success();
        assert_eq!(world.daemon_pid(), pid);
    }
    fs::write(world.at("go"), "").unwrap();
    running.assert_ended(&world, &world.wait_end(&run));
    assert_started_once(&world, ["running"]);
    world.assert_invariants();
}

/// C5
#[test]
fn a_socket_deleted_with_its_directory_comes_back() {
    let world = world();
    let pid = world.start_daemon();
    fs::remove_dir_all(world.runtime_dir()).unwrap();
    world.exec(&[], &["exit", "5"]).code(5);
    assert_eq!(world.daemon_pid(), pid);
    world.assert_invariants();
}

/// C5
#[test]
fn a_daemon_that_ends_leaves_its_successor_at_once() {
    let world = world();
    for _ in 0..5 {
        let pid = world.start_daemon();
        world.synod(["daemon", "stop"]).success();
        assert!(!processes::is_alive(pid));
        assert!(!world.socket().exists());
        // No wait in between.
        world.exec(&[], &["exit", "6"]).code(6);
        world.synod(["daemon", "stop"]).success();
    }
    world.start_daemon();
    world.assert_invariants();
}
