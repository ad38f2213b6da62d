//! Silence is not death, but for an agent that never says anything and has a limit for it.

use synod_tests::World;

use crate::{
    completed, failed, for_each_cli,
    stage::{OK, Stage, recorded},
};

/// P9
#[test]
fn an_agent_that_is_silent_and_then_right_is_right() {
    for_each_cli(|adapter| {
        let stage = Stage::of(adapter);
        let id = stage.start();
        let run = stage.world.wait_running(&id);
        assert_eq!(run.state, "executing");
        assert_eq!(World::only_attempt(&run).last_output_at, None);
        stage.plays(&format!("{adapter}-stream"));
        completed(&stage.world.wait_end(&id), OK);
    });
}

/// P9
#[test]
fn an_agent_that_never_says_a_byte_is_ended_when_its_limit_says_so() {
    for_each_cli(|adapter| {
        let stage = Stage::with(adapter, "first_byte = \"300ms\"\n");
        let run = stage.run();
        let attempt = failed(&run, "timeout");
        assert_eq!(attempt.output_bytes, Some(0));
        let detail = &run.executions[0].detail;
        assert!(detail.contains("first"), "{detail}");
        assert!(stage.world.agents_alive().is_empty());
    });
}

/// P9: whoever was heard once may be silent for as long as he likes.
#[test]
fn one_line_in_time_allows_any_silence_after_it() {
    for_each_cli(|adapter| {
        let stage = Stage::with(adapter, "first_byte = \"2s\"\n");
        let whole = recorded(&format!("{adapter}-stream"), "stdout.jsonl");
        let line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        stage.out(&whole[..line]);
        let id = stage.start();
        let world = &stage.world;
        // The limit passes on the shim's own clock while nothing comes.
        let started = world.wait_running(&id);
        let begun = World::only_attempt(&started).started_at.unwrap().seconds;
        synod_tests::eventually("the limit's passing", || {
            let now = std::time::SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap()
                .as_secs();
            (now.cast_signed() > begun + 3).then_some(())
        });
        assert_eq!(world.run(&id).state, "executing", "{adapter}");
        stage.out(&whole[line..]).ends("exit 0");
        completed(&world.wait_end(&id), OK);
    });
}
