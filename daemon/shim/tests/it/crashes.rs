//! The shim's half of the crash matrix: killed at every step, what is left, what can be done.

use std::fs;

use synod_shim::{
    containment::Preference, inspect::Evidence, process::start_time, records::Outcome,
};

use crate::support::{Attempt, Setup, eventually, in_each, with_cgroup};

/// An attempt whose shim killed itself at `step`; its agent lives on if it can.
fn crashed(containment: Preference, step: &str, script: &str) -> Attempt {
    let mut attempt = Setup::sh(containment, script)
        .env("SYNOD_TEST_SHIM_KILL_AT", step)
        .launch();
    assert!(!attempt.wait_for_shim().success(), "{step}");
    attempt
}

fn runs(attempt: &Attempt) -> usize {
    fs::read_to_string(attempt.work("runs")).map_or(0, |runs| runs.lines().count())
}

const LONG: &str = "echo ran >>runs; exec sleep 1000";
const SHORT: &str = "echo ran >>runs; exit 6";

/// C1
#[test]
fn killed_before_the_claim_it_can_be_started_once_more() {
    in_each(|containment| {
        let mut attempt = crashed(containment, "before-claim", SHORT);
        let Evidence::UnclaimedFree(lock) = attempt.settled() else {
            panic!("it was not claimed");
        };
        drop(lock);
        assert_eq!(runs(&attempt), 0);
        attempt.setup.set_env("SYNOD_TEST_SHIM_KILL_AT", "never");
        attempt.launch();
        assert_eq!(attempt.finish_here().outcome, Outcome::Exited { code: 6 });
        assert_eq!(runs(&attempt), 1);
    });
}

/// C2
#[test]
fn killed_between_claim_and_record_it_is_lost_and_its_tree_dies() {
    in_each(|containment| {
        for (step, at_most) in [("after-claim", 0), ("after-spawn", 1)] {
            let attempt = crashed(containment, step, LONG);
            let evidence = attempt.settled();
            assert!(matches!(evidence, Evidence::ClaimedFree(None)), "{step}");
            attempt.kill_tree();
            attempt.assert_nothing_is_left();
            assert!(runs(&attempt) <= at_most, "{step}");
        }
    });
}

/// C2
#[test]
fn killed_after_the_start_was_recorded_it_is_lost_and_says_who_ran() {
    in_each(|containment| {
        for (step, script) in [
            ("after-started", LONG),
            ("after-agent-exit", SHORT),
            ("before-exit-json", SHORT),
        ] {
            let attempt = crashed(containment, step, script);
            let evidence = attempt.settled();
            let Evidence::ClaimedFree(Some(started)) = evidence else {
                panic!("{step}: {evidence:?}");
            };
            assert_eq!(started.shim_pid as u32, attempt.shims[0].id());
            attempt.kill_tree();
            attempt.assert_nothing_is_left();
            assert_eq!(start_time(started.agent_pid), None, "{step}");
            assert!(runs(&attempt) <= 1, "{step}");
        }
    });
}

/// C2
#[test]
fn killed_after_the_end_was_recorded_nothing_is_lost() {
    in_each(|containment| {
        let attempt = crashed(containment, "after-exit-json", SHORT);
        assert_eq!(attempt.exit().outcome, Outcome::Exited { code: 6 });
        assert_eq!(runs(&attempt), 1);
    });
}

/// C2
#[test]
fn a_killed_shim_frees_the_lock_though_its_agent_lives() {
    with_cgroup(|containment| {
        let mut attempt = Setup::sh(containment, LONG).launch();
        let started = attempt.wait_for_started();
        attempt.kill_shim();
        assert_eq!(start_time(started.agent_pid), started.agent_start);
        let evidence = attempt.settled();
        assert!(
            matches!(evidence, Evidence::ClaimedFree(Some(_))),
            "{evidence:?}"
        );
        assert_eq!(attempt.kill_tree(), 1);
        attempt.assert_nothing_is_left();
    });
}

/// C2
#[test]
fn without_a_cgroup_the_agent_dies_with_its_shim_and_its_children_are_found() {
    let mut attempt = Setup::sh(
        Preference::Session,
        "setsid sleep 1000 & setsid sh -c 'sleep 1000 & exit 0'; echo up; wait",
    )
    .launch();
    attempt.wait_for_output("up");
    let started = attempt.wait_for_started();
    attempt.kill_shim();
    eventually("the agent's death", || {
        start_time(started.agent_pid).is_none().then_some(())
    });
    assert_eq!(attempt.kill_tree(), 2);
    attempt.assert_nothing_is_left();
}

/// C2: not even `started.json` is needed.
#[test]
fn a_tree_of_two_hundred_is_killed_by_its_mark_alone() {
    in_each(|containment| {
        let script = "trap '' TERM; i=0
            while [ $i -lt 200 ]; do setsid sleep 1000 & i=$((i+1)); done
            echo up; wait";
        let mut attempt = Setup::sh(containment, script).launch();
        attempt.wait_for_output("up");
        attempt.kill_shim();
        eventually("the record", || {
            fs::remove_file(attempt.dir.started_json()).ok()
        });
        assert!(attempt.kill_tree() >= 200);
        attempt.assert_nothing_is_left();
    });
}
