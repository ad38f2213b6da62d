//! `daemon stop` and start, as an upgrade does it: agents notice nothing.

use std::fs;

use synod_tests::World;

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once},
    programs,
    submit::{command, submit},
};

/// C1
#[test]
fn twenty_stops_and_starts_in_a_row_disturb_no_agent() {
    let world = World::new(programs());
    world.start_daemon();
    let gate = world.at("go");
    let waiting = Expected::waiting(&world, "waiting", 3, &gate);
    let printing = Expected::printing_until(&world, "printing", 4, 150, &gate);
    let [waiting_run, printing_run] =
        [&waiting, &printing].map(|one| submit(&world, &command(&world, &one.tag, &one.argv)).id);
    let pid_of = |run: &str| World::only_attempt(&world.run(run)).pid;
    let pids = [&waiting_run, &printing_run].map(|run| {
        world.wait_running(run);
        pid_of(run)
    });
    for _ in 0..20 {
        let stopped = world.synod(["daemon", "stop"]).success();
        assert!(
            stopped.stdout().contains("go on without it")
                || stopped.stdout().contains("goes on without it"),
            "{stopped}"
        );
        assert_eq!(world.find_daemon(), None, "stop returns when it has ended");
        world.start_daemon();
        assert_eq!(pid_of(&waiting_run), pids[0]);
        assert_eq!(pid_of(&printing_run), pids[1]);
    }
    fs::write(gate, "").unwrap();
    waiting.assert_ended(&world, &world.wait_end(&waiting_run));
    printing.assert_ended(&world, &world.wait_end(&printing_run));
    assert_started_once(&world, ["waiting", "printing"]);
    assert_each_line_counted_once(&world);
    world.assert_invariants();
}
