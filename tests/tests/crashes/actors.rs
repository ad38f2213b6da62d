//! The daemon's own part for an attempt panics: the attempt is attended anew once, and given up the second time.

use synod_tests::World;

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once},
    in_each,
    submit::{command, submit},
};

const PANICS: &str = "SYNOD_TEST_ACTOR_PANICS";

/// An attempt that nothing is wrong with; it ends with 4.
fn other(world: &World) -> String {
    let argv = ["sh", "-c", "echo other; exit 4"].map(str::to_owned);
    submit(world, &command(world, "other", &argv)).id
}

/// C7
#[test]
fn an_actor_that_panics_once_is_mended_and_the_true_code_is_recorded() {
    in_each(|world| {
        world.start_daemon_with(&[(PANICS, "fake-agent:once")]);
        let expected = Expected::printing(&world, "mended", 7, 5);
        let run = submit(&world, &command(&world, "mended", &expected.argv));
        expected.assert_ended(&world, &world.wait_end(&run.id));
        assert_started_once(&world, ["mended"]);
        assert_each_line_counted_once(&world);
        world.assert_invariants();
    });
}

/// C7
#[test]
fn an_actor_that_panics_once_over_a_running_agent_does_not_disturb_it() {
    in_each(|world| {
        world.start_daemon();
        let gate = world.at("go");
        let expected = Expected::waiting(&world, "running", 7, &gate);
        let run = submit(&world, &command(&world, "running", &expected.argv));
        let pid = World::only_attempt(&world.wait_running(&run.id)).pid;
        world.kill_daemon();
        world.start_daemon_with(&[(PANICS, "fake-agent:once")]);
        assert_eq!(World::only_attempt(&world.run(&run.id)).pid, pid);
        std::fs::write(&gate, "").unwrap();
        expected.assert_ended(&world, &world.wait_end(&run.id));
        assert_started_once(&world, ["running"]);
        world.assert_invariants();
    });
}

/// C7
#[test]
fn an_actor_that_panics_again_fails_its_attempt_and_no_other() {
    in_each(|world| {
        world.start_daemon();
        let gate = world.at("never");
        let expected = Expected::waiting(&world, "doomed", 7, &gate);
        let doomed = submit(&world, &command(&world, "doomed", &expected.argv));
        world.wait_running(&doomed.id);
        world.kill_daemon();
        world.start_daemon_with(&[(PANICS, "fake-agent")]);
        let other = other(&world);
        let doomed = world.wait_end(&doomed.id);
        assert_eq!(
            (doomed.state.as_str(), doomed.executions[0].reason.as_str()),
            ("failed", "actor-panicked")
        );
        assert_eq!(World::only_attempt(&doomed).reason, "actor-panicked");
        let run = world.wait_end(&other);
        assert_eq!(World::only_attempt(&run).exit_code, Some(4));
        assert_eq!(world.agents_alive(), Vec::<i32>::new(), "the tree is gone");
        assert_started_once(&world, ["doomed"]);
        world.assert_invariants();
    });
}

/// C7
#[test]
fn an_attempt_whose_actors_panic_from_the_start_fails_and_never_runs() {
    in_each(|world| {
        world.start_daemon_with(&[(PANICS, "fake-agent")]);
        let expected = Expected::short(&world, "never", 0);
        let run = submit(&world, &command(&world, "never", &expected.argv));
        let other = other(&world);
        let run = world.wait_end(&run.id);
        assert_eq!(
            (run.state.as_str(), run.executions[0].reason.as_str()),
            ("failed", "actor-panicked")
        );
        assert_eq!(
            World::only_attempt(&world.wait_end(&other)).exit_code,
            Some(4)
        );
        assert_started_once(&world, []);
        world.assert_invariants();
    });
}
