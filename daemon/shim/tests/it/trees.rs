//! An attempt has ended when nothing of its tree is left.

use std::{fs, time::Duration};

use synod_shim::{containment::Preference, records::Outcome, spec::Containment};

use crate::support::{GRACE, SLACK, Setup, check_cancelled, in_each, with_cgroup};

/// Runs a script whose agent ends by itself with `0`; what it leaves must be gone in time.
/// Whether it is gone, `finish` asserts for every end.
#[track_caller]
fn check_leftovers(containment: Preference, script: &str, leftovers: u32) {
    let exit = Setup::sh(containment, script).run();
    assert_eq!(exit.outcome, Outcome::Exited { code: 0 }, "{script}");
    assert_eq!(exit.leftovers, leftovers, "{script}");
    let took = Duration::from_micros(exit.tree_us - exit.duration_us);
    assert!(took < GRACE + SLACK, "{script}: {took:?}");
}

/// P5
#[test]
fn a_grandchild_that_keeps_stdout_open_is_ended() {
    in_each(|containment| check_leftovers(containment, "sleep 1000 & exit 0", 1));
}

/// P5
#[test]
fn a_grandchild_may_finish_its_last_line() {
    in_each(|containment| {
        let mut setup = Setup::sh(containment, "(sleep 0.1; echo last) & exit 0");
        setup.spec.limits.grace_ms = 5_000;
        let mut attempt = setup.launch();
        assert_eq!(attempt.finish_here().leftovers, 0);
        assert_eq!(attempt.stdout(), b"last\n");
    });
}

/// P8
#[test]
fn daemonised_hidden_and_deaf_leftovers_are_found() {
    in_each(|containment| {
        for script in [
            "setsid setsid sleep 1000 & exit 0",
            "setsid sh -c 'setsid sleep 1000 & exit 0' & wait; exit 0",
            "(trap '' TERM; exec setsid sleep 1000) & exit 0",
            "env -i setsid sleep 1000 & exit 0",
            "sleep 1000 & kill -STOP $!; exit 0",
        ] {
            check_leftovers(containment, script, 1);
        }
    });
}

/// P8
#[test]
fn a_cancel_reaches_everything_the_agent_hid() {
    in_each(|containment| {
        let script = "trap '' TERM
            setsid sh -c 'setsid sleep 1000 & exit 0' & wait
            sleep 1000 & kill -STOP $!
            echo ready; sleep 1000";
        let exit = check_cancelled(Setup::sh(containment, script).launch());
        let (code, signal) = (None, Some(9));
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
    });
}

/// P8
#[test]
fn a_tree_that_never_stops_forking_is_killed() {
    in_each(|containment| {
        let script = "trap '' TERM; echo ready
            spawn() { while :; do (trap '' TERM; sleep 0.01; sleep 0.01) & sleep 0.005; done; }
            spawn & spawn & wait";
        check_cancelled(Setup::sh(containment, script).launch());
    });
}

#[test]
fn cgroups_the_agent_made_are_removed_with_its_leaf() {
    with_cgroup(|containment| {
        let setup = Setup::sh(
            containment,
            "mkdir -p $LEAF/a/b; sh -c 'echo 0 >$LEAF/a/b/cgroup.procs; exec sleep 1000' & exit 0",
        );
        let Containment::Cgroup { leaf } = setup.spec.containment.clone() else {
            panic!("no leaf");
        };
        let exit = setup.env("LEAF", leaf.to_str().unwrap()).run();
        assert_eq!(exit.outcome, Outcome::Exited { code: 0 });
        assert!(!leaf.exists());
    });
}

#[test]
fn a_process_that_left_its_cgroup_is_found_by_parentage() {
    with_cgroup(|containment| {
        let setup = Setup::sh(
            containment,
            "(trap '' TERM; echo 0 >$OUT/cgroup.procs; exec sleep 1000) & sleep 0.1; exit 0",
        );
        let Containment::Cgroup { leaf } = setup.spec.containment.clone() else {
            panic!("no leaf");
        };
        let outside = leaf.parent().unwrap().to_owned();
        let exit = setup.env("OUT", outside.to_str().unwrap()).run();
        assert_eq!(exit.leftovers, 1);
    });
}

#[test]
fn the_shim_stays_outside_of_the_leaf_it_puts_the_agent_in() {
    with_cgroup(|containment| {
        let attempt = Setup::sh(containment, "echo ready; exec sleep 1000").launch();
        attempt.wait_for_output("ready");
        let started = attempt.wait_for_started();
        let Containment::Cgroup { leaf } = &started.containment else {
            panic!("no leaf");
        };
        let procs = fs::read_to_string(leaf.join("cgroup.procs")).unwrap();
        assert_eq!(procs, format!("{}\n", started.agent_pid));
        check_cancelled(attempt);
    });
}

#[test]
fn without_a_usable_leaf_a_session_holds_the_tree_and_the_record_says_so() {
    let mut setup = Setup::sh(Preference::Session, "echo ready; sleep 1000 & wait");
    let leaf = tempfile::tempdir().unwrap().path().join("no/such/cgroup");
    setup.spec.containment = Containment::Cgroup { leaf };
    let mut attempt = setup.launch();
    attempt.wait_for_output("ready");
    let started = attempt.wait_for_started();
    assert_eq!(started.containment, Containment::Session);
    attempt.cancel();
    attempt.wait_for_shim();
    assert!(attempt.shim_log().contains("a session holds the tree"));
    attempt.assert_nothing_is_left();
}
