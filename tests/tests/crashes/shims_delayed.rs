//! The daemon is killed while a shim has not yet claimed its attempt: a late shim is not a second start.

use synod_tests::random::Random;

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once},
    in_each,
    submit::{command, submit},
};

const DELAY: &str = "SYNOD_TEST_SHIM_DELAY_MS";

/// C1
#[test]
fn a_shim_that_claims_two_seconds_late_starts_its_agent_once() {
    in_each(|world| {
        let late = [(DELAY, "2000")];
        world.start_daemon_with(&late);
        let expected = Expected::short(&world, "late", 5);
        let run = submit(&world, &command(&world, "late", &expected.argv));
        // Three daemons come and go before the claim.
        for _ in 0..3 {
            world.start_daemon_with(&late);
            world.kill_daemon();
        }
        world.start_daemon();
        expected.assert_ended(&world, &world.wait_end(&run.id));
        assert_started_once(&world, ["late"]);
        world.assert_invariants();
    });
}

/// C1
#[test]
fn daemons_killed_while_shims_are_late_start_each_agent_once() {
    let random = Random::seeded("daemons_killed_while_shims_are_late_start_each_agent_once");
    let random = std::cell::RefCell::new(random);
    in_each(|world| {
        let late = [(DELAY, "300")];
        let mut all = Vec::new();
        for round in 0..8 {
            world.start_daemon_with(&late);
            for n in 0..4 {
                let tag = format!("late-{round}-{n}");
                let expected = Expected::short(&world, &tag, 10 * round + n);
                let run = submit(&world, &command(&world, &tag, &expected.argv));
                all.push((expected, run.id));
            }
            random.borrow_mut().pass_up_to(350);
            world.kill_daemon();
        }
        world.start_daemon();
        for (expected, run) in &all {
            expected.assert_ended(&world, &world.wait_end(run));
        }
        assert_started_once(&world, all.iter().map(|(one, _)| one.tag.as_str()));
        assert_each_line_counted_once(&world);
        world.assert_invariants();
    });
}
