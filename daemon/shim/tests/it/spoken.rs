//! Agents that are spoken to: what reaches them, when, and how they end when nothing more comes.

use std::{
    fs::{self, OpenOptions},
    time::Duration,
};

use synod_shim::{
    containment::Preference,
    inspect::Evidence,
    process::start_time,
    records::{Exit, Outcome},
};

use crate::support::{
    Attempt, GRACE, SLACK, Setup, check_cancelled, eventually, in_each, with_cgroup,
};

const END: &[u8] = &[synod_shim::spec::END, b'\n'];
/// Answers each line as it comes, and ends when none can come.
const ECHO: &str = "echo ready; while read -r line; do echo \"got $line\"; done; echo bye";

fn spoken(containment: Preference, script: &str) -> Attempt {
    Setup::sh(containment, script).spoken_to().launch()
}

fn assert_exited(exit: &Exit) {
    assert_eq!(exit.outcome, Outcome::Exited { code: 0 });
}

/// P4
#[test]
fn an_agent_hears_line_by_line_and_ends_when_its_input_does() {
    in_each(|containment| {
        let mut attempt = spoken(containment, ECHO);
        attempt.wait_for_output("ready\n");
        for line in ["one", "two", "-n $(id) `id` \"'"] {
            attempt.say(format!("{line}\n"));
            attempt.wait_for_output(&format!("got {line}\n"));
        }
        attempt.say(END);
        assert_exited(&attempt.finish_here());
        assert!(attempt.stdout().ends_with(b"\nbye\n"));
    });
}

/// P10
#[test]
fn a_torn_line_is_not_forwarded_before_its_rest() {
    in_each(|containment| {
        // Byte by byte: a forwarded part would show.
        let mut attempt = spoken(containment, "exec cat -u");
        attempt.say("first\nsec");
        attempt.wait_for_output("first\n");
        attempt.say("ond\n\x04");
        attempt.wait_for_output("second\n");
        assert_eq!(attempt.stdout(), b"first\nsecond\n");
        attempt.say("\nnever\n");
        assert_exited(&attempt.finish_here());
        assert_eq!(attempt.stdout(), b"first\nsecond\n");
    });
}

/// C2: a daemon that died in the middle of a line cuts it off when it comes back.
#[test]
fn a_torn_line_may_be_cut_off_and_written_anew() {
    in_each(|containment| {
        let mut attempt = spoken(containment, "exec cat -u");
        attempt.say("first\ntorn and longer than what follows");
        attempt.wait_for_output("first\n");
        let journal = OpenOptions::new().write(true).open(attempt.dir.stdin());
        journal.unwrap().set_len(b"first\n".len() as u64).unwrap();
        attempt.say("second\n");
        attempt.wait_for_output("second\n");
        attempt.say(END);
        assert_exited(&attempt.finish_here());
        assert_eq!(attempt.stdout(), b"first\nsecond\n");
    });
}

/// P3
#[test]
fn a_journal_of_20_mb_with_a_line_of_8_mb_arrives_byte_for_byte() {
    in_each(|containment| {
        let mut journal = vec![b'a'; 8 << 20];
        journal.push(b'\n');
        for number in 0..1_000_000_u32 {
            journal.extend_from_slice(format!("line {number}\n").as_bytes());
        }
        journal.extend_from_slice(b"\0\xff\x04 not the end\n");
        let attempt = Setup::new(containment, ["cat"]).spoken_to().create();
        // Half of it before the start, the other half while it is forwarded.
        let (before, after) = journal.split_at(journal.len() / 2);
        attempt.say(before);
        let mut attempt = attempt;
        attempt.launch();
        attempt.say(after);
        attempt.say(END);
        assert_exited(&attempt.finish_here());
        assert!(attempt.stdout() == journal, "other bytes came out");
    });
}

/// P4
#[test]
fn an_agent_that_never_reads_disturbs_neither_its_own_end_nor_a_cancel() {
    in_each(|containment| {
        let line = vec![b'x'; 1 << 20];
        let mut attempt = Setup::sh(containment, "echo fine").spoken_to().create();
        attempt.say(&line);
        attempt.say("\n");
        attempt.launch();
        assert_exited(&attempt.finish_here());
        assert_eq!(attempt.stdout(), b"fine\n");

        let mut attempt = Setup::sh(containment, "echo ready; exec sleep 1000")
            .spoken_to()
            .create();
        attempt.say(&line);
        attempt.say("\n");
        attempt.launch();
        check_cancelled(attempt);
    });
}

/// P4
#[test]
fn an_agent_that_closes_its_input_goes_on_unharmed() {
    in_each(|containment| {
        let script = "exec <&-; echo closed; while ! [ -e go ]; do sleep 0.01; done; echo done";
        let mut attempt = spoken(containment, script);
        attempt.wait_for_output("closed\n");
        attempt.say("nobody listens\n".repeat(10_000));
        fs::write(attempt.work("go"), b"").unwrap();
        assert_exited(&attempt.finish_here());
        assert_eq!(attempt.stdout(), b"closed\ndone\n");
    });
}

/// P4: whoever had the writing end would keep the input open for ever.
#[test]
fn neither_the_agent_nor_its_tools_hold_the_writing_end_of_the_agents_input() {
    in_each(|containment| {
        let script = "sh -c 'ls /proc/$$/fd' & wait; ls /proc/$$/fd; readlink /proc/$$/fd/0; cat";
        let mut attempt = spoken(containment, script);
        attempt.say("heard\n");
        attempt.say(END);
        assert_exited(&attempt.finish_here());
        let stdout = String::from_utf8(attempt.stdout()).unwrap();
        let rest = stdout.strip_prefix("0\n1\n2\n0\n1\n2\n").expect(&stdout);
        assert!(rest.starts_with("pipe:["), "{stdout}");
        assert!(rest.ends_with("]\nheard\n"), "{stdout}");
    });
}

#[test]
fn an_agent_that_goes_on_without_input_is_asked_after_the_grace_and_then_killed() {
    in_each(|containment| {
        let script = "cat; trap 'exit 3' TERM; echo on; while :; do sleep 0.01; done";
        let attempt = spoken(containment, script);
        attempt.say(END);
        let exit = attempt.finish();
        let code = Some(3);
        assert_eq!(exit.outcome, Outcome::Closed { code, signal: None });
        assert!(exit.duration_us >= GRACE.as_micros() as u64);

        let script = "trap '' TERM; cat; while :; do sleep 1000; done";
        let attempt = spoken(containment, script);
        attempt.say(END);
        let exit = attempt.finish();
        let signal = Some(9);
        assert_eq!(exit.outcome, Outcome::Closed { code: None, signal });
        assert!(exit.duration_us >= (2 * GRACE).as_micros() as u64);
        let took = Duration::from_micros(exit.tree_us);
        assert!(took < 2 * GRACE + SLACK, "{took:?}");
    });
}

#[test]
fn an_agent_that_ends_by_itself_after_its_input_did_has_ended_by_itself() {
    in_each(|containment| {
        for (script, outcome) in [
            ("cat; exit 5", Outcome::Exited { code: 5 }),
            ("cat; kill -USR1 $$", Outcome::Signalled { signal: 10 }),
        ] {
            let attempt = spoken(containment, script);
            attempt.say(END);
            assert_eq!(attempt.finish().outcome, outcome);
        }
    });
}

#[test]
fn a_wish_and_the_wall_limit_come_before_the_grace_of_a_closed_input() {
    in_each(|containment| {
        let script = "cat; echo ready; exec sleep 1000";
        let mut setup = Setup::sh(containment, script).spoken_to();
        setup.spec.limits.grace_ms = 60_000;
        let attempt = setup.launch();
        attempt.say(END);
        check_cancelled(attempt);

        let mut setup = Setup::sh(containment, script).spoken_to();
        setup.spec.limits.grace_ms = 60_000;
        let attempt = setup.wall(Duration::from_millis(200)).launch();
        attempt.say(END);
        let (code, signal) = (None, Some(15));
        let outcome = attempt.finish().outcome;
        assert_eq!(outcome, Outcome::Timeout { code, signal });
    });
}

/// P9: an agent that is spoken to may wait for its first line as long as it likes.
#[test]
fn the_first_byte_limit_holds_for_spoken_agents_too_when_it_is_set() {
    in_each(|containment| {
        let limit = Duration::from_millis(150);
        let exit = Setup::sh(containment, ECHO.trim_start_matches("echo ready; "))
            .spoken_to()
            .first_byte(limit)
            .run();
        let (code, signal) = (None, Some(15));
        assert_eq!(exit.outcome, Outcome::Silent { code, signal });
    });
}

#[test]
fn a_missing_journal_is_a_start_that_failed_and_is_named() {
    in_each(|containment| {
        let mut attempt = Setup::sh(containment, ECHO).spoken_to().create();
        fs::remove_file(attempt.dir.stdin()).unwrap();
        attempt.launch();
        let Outcome::SpawnFailed { errno, path, .. } = attempt.finish_here().outcome else {
            panic!("it started");
        };
        assert_eq!(errno, libc::ENOENT);
        assert_eq!(path, attempt.dir.stdin().to_str().unwrap());
    });
}

/// C2: a new daemon finds the journal whole, and an agent that heard a part of it and then no more.
#[test]
fn killed_while_forwarding_the_journal_is_whole_and_the_agents_input_ends() {
    with_cgroup(|containment| {
        let script = "read -r line; echo \"$line\"; while ! [ -e go ]; do sleep 0.01; done
            cat; echo over >over; exec sleep 1000";
        let mut attempt = Setup::sh(containment, script).spoken_to().create();
        let mut journal = b"first\n".to_vec();
        journal.extend_from_slice(&vec![b'y'; 1 << 20]);
        journal.push(b'\n');
        attempt.say(&journal);
        attempt.launch();
        // The first line has arrived, and the second is longer than any pipe.
        attempt.wait_for_output("first\n");
        let started = attempt.wait_for_started();
        attempt.kill_shim();
        fs::write(attempt.work("go"), b"").unwrap();
        eventually("the end of the agent's input", || {
            attempt.work("over").exists().then_some(())
        });
        let heard = attempt.stdout();
        assert!(journal.starts_with(&heard) && heard.len() < journal.len());
        assert_eq!(fs::read(attempt.dir.stdin()).unwrap(), journal);
        let evidence = attempt.settled();
        assert!(
            matches!(evidence, Evidence::ClaimedFree(Some(_))),
            "{evidence:?}"
        );
        attempt.kill_tree();
        attempt.assert_nothing_is_left();
        assert_eq!(start_time(started.agent_pid), None);
    });
}

/// C2
#[test]
fn killed_at_any_step_a_spoken_agent_is_lost_and_its_tree_dies() {
    in_each(|containment| {
        for step in ["after-claim", "after-spawn", "after-started"] {
            let mut attempt = Setup::sh(containment, ECHO)
                .spoken_to()
                .env("SYNOD_TEST_SHIM_KILL_AT", step)
                .create();
            attempt.say("first\n");
            attempt.launch();
            assert!(!attempt.wait_for_shim().success(), "{step}");
            let evidence = attempt.settled();
            assert!(
                matches!(evidence, Evidence::ClaimedFree(_)),
                "{step}: {evidence:?}"
            );
            attempt.kill_tree();
            attempt.assert_nothing_is_left();
            assert_eq!(fs::read(attempt.dir.stdin()).unwrap(), b"first\n");
        }
    });
}
