//! Every way an attempt ends, and what is recorded of it.

use std::{fs, time::Duration};

use rustix::process::{Pid, kill_process};
use synod_shim::{
    inspect::Evidence,
    process::{Signal, signal_if_same},
    records::Outcome,
};

use crate::support::{GRACE, SLACK, Setup, eventually, in_each};

#[test]
fn the_exit_code_is_recorded_with_times_and_usage() {
    in_each(|containment| {
        let exit = Setup::sh(containment, "echo out; echo fault >&2; exit 7").run();
        assert_eq!(exit.outcome, Outcome::Exited { code: 7 });
        assert_eq!((exit.stdout_bytes, exit.stderr_bytes), (4, 6));
        let started = exit.started_at_us.unwrap();
        assert!(exit.ended_at_us >= started);
        assert!(exit.duration_us > 0 && exit.duration_us < 10_000_000);
        assert!(exit.rusage.max_rss_kb > 0);
        assert_eq!(exit.leftovers, 0);
    });
}

/// P6
#[test]
fn a_signal_of_somebody_elses_is_recorded_as_such() {
    in_each(|containment| {
        let exit = Setup::sh(containment, "kill -KILL $$").run();
        assert_eq!(exit.outcome, Outcome::Signalled { signal: 9 });
    });
}

#[test]
fn the_wall_limit_ends_an_agent_politely() {
    in_each(|containment| {
        // Long enough for a shell to have set its trap.
        let limit = Duration::from_millis(500);
        let script = "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.01; done";
        let setup = Setup::sh(containment, script).wall(limit).patient();
        let mut attempt = setup.launch();
        let exit = attempt.finish_here();
        let code = Some(3);
        assert_eq!(exit.outcome, Outcome::Timeout { code, signal: None });
        assert!(exit.duration_us >= limit.as_micros() as u64);
        assert_eq!(attempt.stdout(), b"up\nbye\n");
    });
}

/// P8
#[test]
fn a_deaf_agent_is_killed_when_the_grace_is_over() {
    in_each(|containment| {
        let limit = Duration::from_millis(100);
        let script = "trap '' TERM; while :; do sleep 1000; done";
        let exit = Setup::sh(containment, script).wall(limit).run();
        let signal = Some(9);
        assert_eq!(exit.outcome, Outcome::Timeout { code: None, signal });
        assert!(exit.duration_us >= (limit + GRACE).as_micros() as u64);
        let took = Duration::from_micros(exit.tree_us);
        assert!(took < limit + GRACE + SLACK, "{took:?}");
    });
}

/// P8
#[test]
fn a_stopped_agent_hears_that_it_must_end() {
    in_each(|containment| {
        let limit = Duration::from_millis(100);
        let setup = Setup::sh(containment, "kill -STOP $$")
            .wall(limit)
            .patient();
        let exit = setup.run();
        let signal = Some(15);
        assert_eq!(exit.outcome, Outcome::Timeout { code: None, signal });
    });
}

/// P9
#[test]
fn an_agent_that_says_nothing_at_all_is_ended_when_its_first_byte_is_due() {
    in_each(|containment| {
        let limit = Duration::from_millis(150);
        let script = "trap 'echo late; exit 3' TERM; while :; do sleep 0.01; done";
        let mut attempt = Setup::sh(containment, script).first_byte(limit).launch();
        let exit = attempt.finish_here();
        let code = Some(3);
        assert_eq!(exit.outcome, Outcome::Silent { code, signal: None });
        assert!(exit.duration_us >= limit.as_micros() as u64);
        assert_eq!(attempt.stdout(), b"late\n");

        let script = "trap '' TERM; while :; do sleep 1000; done";
        let exit = Setup::sh(containment, script).first_byte(limit).run();
        let signal = Some(9);
        assert_eq!(exit.outcome, Outcome::Silent { code: None, signal });
        assert!(exit.duration_us >= (limit + GRACE).as_micros() as u64);
    });
}

/// P9
#[test]
fn one_byte_in_time_on_either_stream_allows_any_silence_after_it() {
    in_each(|containment| {
        for stream in [1, 2] {
            let limit = Duration::from_millis(500);
            let script = format!("printf x >&{stream}; sleep 0.8; exit 4");
            let exit = Setup::sh(containment, &script).first_byte(limit).run();
            assert_eq!(exit.outcome, Outcome::Exited { code: 4 });
        }
    });
}

/// P9: whichever comes first.
#[test]
fn a_wish_and_the_wall_limit_end_a_silent_agent_as_they_would_any() {
    in_each(|containment| {
        let (sooner, later) = (Duration::from_millis(100), Duration::from_mins(1));
        let setup = Setup::sh(containment, "exec sleep 1000").first_byte(later);
        let (code, signal) = (None, Some(15));
        let exit = setup.wall(sooner).run();
        assert_eq!(exit.outcome, Outcome::Timeout { code, signal });
        let attempt = Setup::sh(containment, "exec sleep 1000").first_byte(later);
        let attempt = attempt.launch();
        attempt.wait_for_started();
        attempt.cancel();
        let exit = attempt.finish();
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
    });
}

/// O7
#[test]
fn the_output_limit_ends_a_flood_and_keeps_what_was_written() {
    in_each(|containment| {
        let limit = 1 << 20;
        let script = "trap '' TERM; while :; do head -c 65536 /dev/zero; done";
        let mut setup = Setup::sh(containment, script);
        setup.spec.limits.output_bytes = Some(limit);
        setup.spec.limits.grace_ms = 60_000;
        let exit = setup.run();
        let signal = Some(9);
        assert_eq!(exit.outcome, Outcome::OutputLimit { code: None, signal });
        assert!(exit.stdout_bytes > limit);
        assert!(exit.stdout_bytes < 1 << 30, "{}", exit.stdout_bytes);
    });
}

#[test]
fn the_output_limit_counts_both_streams_and_is_no_reason_below() {
    in_each(|containment| {
        let script = "head -c 600 /dev/zero; head -c 400 /dev/zero >&2; sleep 0.15";
        let mut setup = Setup::sh(containment, script);
        setup.spec.limits.output_bytes = Some(1000);
        assert_eq!(setup.run().outcome, Outcome::Exited { code: 0 });
        let script = "head -c 600 /dev/zero; head -c 401 /dev/zero >&2; sleep 1000";
        let mut setup = Setup::sh(containment, script);
        setup.spec.limits.output_bytes = Some(1000);
        let (code, signal) = (None, Some(15));
        assert_eq!(setup.run().outcome, Outcome::OutputLimit { code, signal });
    });
}

/// R13
#[test]
fn a_cancel_before_the_start_starts_nothing() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo ran").create();
        attempt.dir.write_cancel().unwrap();
        attempt.launch();
        let exit = attempt.finish_here();
        let (code, signal) = (None, None);
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
        assert_eq!(exit.started_at_us, None);
        assert!(!attempt.dir.is_claimed().unwrap() && !attempt.dir.stdout().exists());
    });
}

/// R13: the shim is late; the wish comes while it has not claimed.
#[test]
fn a_cancel_while_the_shim_is_delayed_starts_nothing() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo ran")
            .env("SYNOD_TEST_SHIM_DELAY_MS", "200")
            .launch();
        attempt.dir.write_cancel().unwrap();
        let exit = attempt.finish_here();
        let (code, signal) = (None, None);
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
        assert!(!attempt.dir.stdout().exists());
    });
}

/// R13
#[test]
fn a_cancel_ends_a_running_agent() {
    in_each(|containment| {
        let attempt = Setup::sh(containment, "echo up; exec sleep 1000").launch();
        attempt.wait_for_output("up");
        attempt.cancel();
        let (code, signal) = (None, Some(15));
        let exit = attempt.finish();
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
    });
}

/// R13: whoever cancels before `started.json` is there does not know whom to signal.
#[test]
fn a_cancel_left_before_the_start_was_recorded_needs_no_signal() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo up; exec sleep 1000").create();
        // Stands in the way of the record, as a full disk would.
        let obstacle = attempt.dir.path().join("started.json.tmp");
        fs::create_dir(&obstacle).unwrap();
        attempt.launch();
        attempt.wait_for_output("up");
        assert!(matches!(attempt.evidence(), Evidence::Held(None)));
        attempt.dir.write_cancel().unwrap();
        attempt.wait_for_shim();
        let (code, signal) = (None, Some(15));
        assert_eq!(attempt.exit().outcome, Outcome::Cancelled { code, signal });
    });
}

#[test]
fn a_termination_from_elsewhere_ends_the_agent_too() {
    in_each(|containment| {
        let attempt = Setup::sh(containment, "echo up; exec sleep 1000").launch();
        attempt.wait_for_output("up");
        let shim = attempt.wait_for_started().shim();
        signal_if_same(shim, Signal::HUP).unwrap();
        let (code, signal) = (None, Some(15));
        let exit = attempt.finish();
        assert_eq!(exit.outcome, Outcome::Cancelled { code, signal });
    });
}

#[test]
fn an_agent_that_ended_by_itself_keeps_its_status_when_its_leftovers_are_cancelled() {
    in_each(|containment| {
        let script = "(trap '' TERM; exec sleep 1000) & echo $$; exit 5";
        let attempt = Setup::sh(containment, script).launch();
        let agent = attempt.wait_for_started().agent_pid;
        attempt.wait_for_output(&agent.to_string());
        eventually("the end of the agent", || {
            let pid = Pid::from_raw(agent).unwrap();
            rustix::process::test_kill_process(pid)
                .is_err()
                .then_some(())
        });
        attempt.cancel();
        let exit = attempt.finish();
        assert_eq!(exit.outcome, Outcome::Exited { code: 5 });
        assert_eq!(exit.leftovers, 1);
    });
}

/// C3
#[test]
fn an_end_that_cannot_be_written_is_kept_and_written_later() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "exit 4").create();
        // Stands in the way of the record, as a full disk would.
        let obstacle = attempt.dir.path().join("exit.json.tmp");
        fs::create_dir(&obstacle).unwrap();
        attempt.launch();
        eventually("a first failure", || {
            attempt.shim_log().contains("exit.json").then_some(())
        });
        assert!(matches!(attempt.evidence(), Evidence::Held(Some(_))));
        fs::remove_dir(&obstacle).unwrap();
        assert!(attempt.wait_for_shim().success());
        assert_eq!(attempt.exit().outcome, Outcome::Exited { code: 4 });
    });
}

#[test]
fn a_removed_run_directory_does_not_keep_the_shim_for_ever() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, "echo up; exec sleep 1000").launch();
        attempt.wait_for_output("up");
        let agent = attempt.wait_for_started().agent_pid;
        fs::remove_dir_all(attempt.dir.path()).unwrap();
        kill_process(Pid::from_raw(agent).unwrap(), Signal::KILL).unwrap();
        attempt.wait_for_shim();
    });
}
