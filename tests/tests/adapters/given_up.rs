//! Attempts that no actor can attend: their end is never better than what is known of it.

use synod_tests::{World, eventually};

use crate::{failed, stage::Stage};

/// C7: an exit code is not what an agent said, so one that nobody could read has not passed.
#[test]
fn an_agent_that_nobody_could_read_has_not_passed_whatever_its_exit_code() {
    for adapter in crate::NATIVE {
        let stage = Stage::of(adapter);
        stage.world.start_daemon();
        let run = stage.start();
        stage.world.wait_running(&run);
        stage.world.kill_daemon();
        // It ends with 0, without its final line, while no daemon is there.
        stage.ends("exit 0");
        eventually("the agent's end", || {
            stage.world.agents_alive().is_empty().then_some(())
        });
        stage
            .world
            .start_daemon_with(&[("SYNOD_TEST_ACTOR_PANICS", adapter)]);
        let run = stage.world.wait_end(&run);
        let attempt = failed(&run, "actor-panicked");
        assert_eq!(attempt.exit_code, Some(0), "{adapter}");
        assert_eq!(World::only_attempt(&run).final_text, None, "{adapter}");
        stage.world.assert_invariants();
    }
}
