//! Time: limits and durations are the shim's, whoever watches.

use std::time::{Duration, Instant};

use synod_tests::{World, eventually};

use crate::in_each;

fn duration(attempt: &synod_proto::v1::Attempt) -> Duration {
    let told = attempt.duration.expect("a duration");
    Duration::new(told.seconds as u64, told.nanos as u32)
}

/// C6
#[test]
fn a_wall_limit_holds_while_the_daemon_is_away() {
    in_each(|world| {
        let begun = Instant::now();
        let id = world.exec_detached(&["--timeout", "1s"], &["print", "up", "sleep", "600000"]);
        world.wait_running(&id);
        world.kill_daemon();
        eventually("the end of the agent, with nobody there to end it", || {
            world.agents_alive().is_empty().then_some(())
        });
        let gone = begun.elapsed();
        world.start_daemon();
        let run = world.wait_end(&id);
        let attempt = World::only_attempt(&run);
        assert_eq!(
            (run.state.as_str(), attempt.reason.as_str()),
            ("failed", "timeout")
        );
        let duration = duration(attempt);
        assert!(duration >= Duration::from_secs(1), "{duration:?}");
        assert!(duration <= gone, "{duration:?}, gone after {gone:?}");
        world.assert_invariants();
    });
}

/// C6
#[test]
fn a_duration_is_how_long_the_agent_ran_not_how_long_somebody_watched() {
    in_each(|world| {
        let begun = Instant::now();
        let id = world.exec_detached(&[], &["sleep", "400", "exit", "3"]);
        world.wait_running(&id);
        world.kill_daemon();
        eventually("the end of the agent", || {
            world.agents_alive().is_empty().then_some(())
        });
        let gone = begun.elapsed();
        // However long nobody was there, it is not counted.
        world.start_daemon();
        let run = world.wait_end(&id);
        let attempt = World::only_attempt(&run);
        assert_eq!(attempt.exit_code, Some(3));
        let duration = duration(attempt);
        assert!(duration >= Duration::from_millis(400), "{duration:?}");
        assert!(duration <= gone, "{duration:?}, gone after {gone:?}");
        let micros = |at: &Option<prost_types::Timestamp>| {
            let at = at.as_ref().expect("a time");
            at.seconds * 1_000_000 + i64::from(at.nanos) / 1000
        };
        let told = micros(&attempt.ended_at) - micros(&attempt.started_at);
        assert!(
            (400_000..=gone.as_micros() as i64).contains(&told),
            "{told} µs"
        );
        world.assert_invariants();
    });
}
