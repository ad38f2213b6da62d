//! The machine restarts, played by another boot id: what ran is lost and said so, what waited goes on.

use rustix::process::Signal;
use synod_tests::{World, eventually, processes};

use crate::{
    expected::{Expected, assert_started_once, starts},
    in_each, programs,
    submit::{command, submit},
};

/// Everything at once, as when the power fails.
fn lose_power(world: &World) {
    world.kill_daemon();
    eventually("the end of everything", || {
        let left = world.processes();
        for pid in &left {
            processes::signal(*pid, Signal::KILL);
        }
        left.is_empty().then_some(())
    });
}

/// C2
#[test]
fn what_ran_when_the_machine_went_down_is_lost_and_not_started_again() {
    in_each(|world| {
        world.start_daemon();
        let gate = world.at("never");
        let expected = Expected::waiting(&world, "running", 0, &gate);
        let run = submit(&world, &command(&world, "running", &expected.argv));
        world.wait_running(&run.id);
        lose_power(&world);
        world.start_daemon_with(&[("SYNOD_BOOT_ID", "another-boot")]);
        let run = world.wait_end(&run.id);
        let attempt = World::only_attempt(&run);
        assert_eq!(
            (
                run.state.as_str(),
                attempt.state.as_str(),
                attempt.reason.as_str()
            ),
            ("failed", "lost", "host-restarted")
        );
        // Neither now nor by a further daemon.
        world.kill_daemon();
        world.start_daemon_with(&[("SYNOD_BOOT_ID", "another-boot")]);
        assert_started_once(&world, ["running"]);
        assert_eq!(world.agents_alive(), Vec::<i32>::new());
        world.assert_invariants();
    });
}

/// C2
#[test]
fn what_ended_just_before_the_machine_went_down_keeps_its_code() {
    in_each(|world| {
        world.start_daemon();
        let gate = world.at("go");
        let expected = Expected::waiting(&world, "ended", 9, &gate);
        let run = submit(&world, &command(&world, "ended", &expected.argv));
        world.wait_running(&run.id);
        world.kill_daemon();
        std::fs::write(&gate, "").unwrap();
        eventually("the end of the shim", || {
            world.processes().is_empty().then_some(())
        });
        world.start_daemon_with(&[("SYNOD_BOOT_ID", "another-boot")]);
        expected.assert_ended(&world, &world.wait_end(&run.id));
        world.assert_invariants();
    });
}

/// C2
#[test]
fn what_was_queued_when_the_machine_went_down_is_started_afterwards_in_its_order() {
    let world = World::with(programs())
        .config("[limits]\nmax_running = 1\n")
        .build();
    world.start_daemon();
    let gate = world.at("never");
    let first = Expected::waiting(&world, "first", 0, &gate);
    let first_run = submit(&world, &command(&world, "first", &first.argv));
    world.wait_running(&first_run.id);
    let queued: Vec<(Expected, String)> = (0..5)
        .map(|n| {
            let tag = format!("queued-{n}");
            let expected = Expected::short(&world, &tag, n);
            let run = submit(&world, &command(&world, &tag, &expected.argv));
            (expected, run.id)
        })
        .collect();
    assert_eq!(starts(&world).len(), 1);
    lose_power(&world);
    world.start_daemon_with(&[("SYNOD_BOOT_ID", "another-boot")]);
    for (expected, run) in &queued {
        expected.assert_ended(&world, &world.wait_end(run));
    }
    let first = world.wait_end(&first_run.id);
    assert_eq!(World::only_attempt(&first).reason, "host-restarted");
    let order = std::fs::read_to_string(world.at("starts")).unwrap();
    assert_eq!(
        order,
        "first\nqueued-0\nqueued-1\nqueued-2\nqueued-3\nqueued-4\n"
    );
    world.assert_invariants();
}
