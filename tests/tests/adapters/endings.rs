//! How an attempt ends, whatever its agent left behind or said besides.

use std::time::Duration;

use synod_proto::v1::{Run, change::Entity};
use synod_shim::dir::RunDir;
use synod_tests::World;

use crate::{
    NATIVE, completed, failed, for_each_cli,
    stage::{OK, Stage, recorded},
};

const GRACE: Duration = Duration::from_millis(300);
/// What the catalogue allows beyond the grace.
const SLACK: Duration = Duration::from_secs(1);

fn plain(adapter: &str) -> Vec<u8> {
    recorded(&format!("{adapter}-stream"), "stdout.jsonl")
}

/// P5
#[test]
fn a_tool_that_outlives_its_agent_and_holds_its_output_is_killed_and_the_answer_stands() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        stage.out(plain(adapter));
        stage.ends(
            "setsid sh -c 'trap \"\" TERM; echo left behind; sleep 1000' & sleep 0.05; exit 0",
        );
        completed(&stage.run(), OK);
        assert!(stage.world.agents_alive().is_empty(), "{adapter}");
        stage.world.assert_invariants();
    }
}

/// P6
#[test]
fn a_fine_answer_does_not_make_up_for_the_exit_code_or_a_signal() {
    for adapter in NATIVE {
        for (how, reason) in [
            ("exit 3", "exit-nonzero"),
            ("kill -SEGV $$", "crashed"),
            ("kill -KILL $$", "signalled"),
        ] {
            let stage = Stage::of(adapter);
            stage.out(plain(adapter)).ends(how);
            failed(&stage.run(), reason);
        }
    }
}

/// P6, L3
#[test]
fn stray_words_on_standard_error_are_no_failure() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        stage
            .err("error: invalid API key (401), quota exceeded, 429 Too Many Requests\n")
            .out(plain(adapter))
            .err("status: 500\nPlease run /login\n")
            .ends("exit 0");
        completed(&stage.run(), OK);
    }
}

/// P11
#[test]
fn what_comes_before_the_exit_is_recorded_however_long_the_exit_takes() {
    for_each_cli(|adapter| {
        let stage = Stage::of(adapter);
        let id = {
            stage.out(plain(adapter));
            stage.start()
        };
        // All of it is read, and yet it runs: neither a final line nor a quiet time ends anything.
        let run = stage.world.wait_run(&id, |run| {
            World::has_attempt(run, |attempt| attempt.usage.is_some())
        });
        assert_eq!(run.state, "executing", "{adapter}");
        stage.out("not a line of any protocol\n").ends("exit 0");
        let run = stage.world.wait_end(&id);
        let attempt = completed(&run, OK);
        let usage = attempt.usage.as_ref().expect("usage");
        assert_eq!(usage.input_tokens, Some(1234), "{adapter}");
        assert_eq!(usage.cached_tokens, Some(200), "{adapter}");
        assert_eq!(usage.output_tokens, Some(56), "{adapter}");
        assert!(!attempt.session_id.is_empty(), "{adapter}");
        assert_eq!(attempt.exit_code, Some(0));
        stage.world.assert_invariants();
    });
}

/// P2: a final line and nothing after it, not even an end.
#[test]
fn exit_zero_without_the_final_line_is_a_cut_transport() {
    for adapter in NATIVE {
        let whole = plain(adapter);
        let body = whole.trim_ascii_end();
        let cut = body.iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
        for bytes in [&whole[..cut], &whole[..cut + 20], b""] {
            let stage = Stage::of(adapter);
            stage.out(bytes).ends("exit 0");
            failed(&stage.run(), "transport-cut");
        }
    }
}

/// P8
#[test]
fn a_deaf_agent_and_its_scattered_tools_are_gone_within_the_grace_and_a_second() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        let first = plain(adapter);
        let line = first.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        stage.out(&first[..line]);
        stage.ends(
            "trap '' TERM INT HUP
            setsid sleep 1000 & (setsid sleep 1000 &) & setsid sh -c 'trap \"\" TERM; kill -STOP $$' &
            i=0; while [ $i -lt 20 ]; do setsid sleep 1000 & i=$((i+1)); done
            touch ready; while :; do sleep 1000; done",
        );
        let id = stage.start();
        let world = &stage.world;
        let ready = world.work().join("stage/ready");
        synod_tests::eventually("an agent with tools", || ready.exists().then_some(()));
        world.wait_running(&id);
        world.synod(["cancel", &id]).success();
        let run = world.wait_end(&id);
        assert_eq!(
            (run.state.as_str(), run.reason.as_str()),
            ("cancelled", "cancelled")
        );
        let took = tree_gone_us(world, &run) - stopping_us(world, &run);
        let took = Duration::from_micros(took.max(0) as u64);
        assert!(took < GRACE + SLACK, "{adapter}: {took:?}");
        assert!(world.agents_alive().is_empty(), "cancelled means gone");
        world.assert_invariants();
    }
}

/// When nothing of the tree was left, as its shim measured it.
fn tree_gone_us(world: &World, run: &Run) -> i64 {
    let dir = RunDir::at(world.attempt_dir(&run.executions[0].id, 1));
    let exit = dir.exit().unwrap().expect("a recorded end");
    exit.started_at_us.expect("it was started") + exit.tree_us as i64
}

fn stopping_us(world: &World, run: &Run) -> i64 {
    let change = world
        .feed()
        .into_iter()
        .find(|change| match &change.entity {
            Some(Entity::Attempt(attempt)) => {
                attempt.run_id == run.id && attempt.state == "stopping"
            }
            _ => false,
        });
    let at = change.expect("a stopping attempt").at.expect("a time");
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1000
}
