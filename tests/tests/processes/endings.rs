//! How a command's end is told: `exec` is as transparent as `env` or `timeout`.

use synod_tests::World;

use crate::{in_each, short_grace, world};

/// P6
#[test]
fn exec_ends_with_the_commands_own_code_and_both_outputs() {
    in_each(|world| {
        for code in [0, 7, 255] {
            let out = world.exec(
                &[],
                &["print", "out", "eprint", "err", "exit", &code.to_string()],
            );
            assert_eq!(
                (out.stdout(), out.stderr()),
                ("out\n".into(), "err\n".into())
            );
            out.code(code);
        }
        let states: Vec<String> = world.all_runs().into_iter().map(|run| run.state).collect();
        assert_eq!(states, ["failed", "failed", "passed"], "newest first");
        world.assert_invariants();
    });
}

/// P6
#[test]
fn a_command_ended_by_a_signal_is_told_as_128_and_the_signal() {
    in_each(|world| {
        for (name, number) in [("KILL", 9), ("TERM", 15), ("ABRT", 6)] {
            world
                .exec(&[], &["print", "before", "kill-self", name])
                .code(128 + number);
            let run = world.all_runs().remove(0);
            let attempt = World::only_attempt(&run);
            assert_eq!(
                (run.state.as_str(), attempt.reason.as_str()),
                ("failed", "signalled")
            );
            assert_eq!((attempt.exit_code, attempt.signal), (None, Some(number)));
        }
        world.assert_invariants();
    });
}

/// P6
#[test]
fn a_stray_word_on_standard_error_is_no_failure() {
    let world = world();
    let words = "error: invalid API key (401), quota exceeded, 429 Too Many Requests";
    world
        .exec(&[], &["print", "fine", "eprint", words])
        .success();
    let run = world.all_runs().remove(0);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("passed", "completed")
    );
    world.assert_invariants();
}

#[test]
fn a_command_over_its_time_limit_is_ended_and_told_as_124() {
    let world = short_grace();
    let out = world
        .exec(
            &["--timeout", "300ms"],
            &["print", "begun", "sleep", "600000"],
        )
        .code(124);
    assert_eq!(out.stdout(), "begun\n");
    assert!(out.stderr().contains("longer than its time limit"), "{out}");
    let run = world.all_runs().remove(0);
    assert_eq!(World::only_attempt(&run).reason, "timeout");
    world.assert_invariants();
}

#[test]
fn an_error_of_synods_own_under_exec_is_told_as_125() {
    let world = world();
    let out = world.exec(&["--cwd", "/nowhere/at/all"], &["print", "never"]);
    assert!(out.refusal(125).contains("/nowhere/at/all"), "{out}");
    assert!(world.all_runs().is_empty());
}

/// A run in the background ends the same way, whoever waits for it.
#[test]
fn wait_tells_the_worst_of_several_ends() {
    let world = world();
    let good = world.exec_detached(&["--name", "good"], &["print", "hello"]);
    let bad = world.exec_detached(&["--name", "bad"], &["exit", "3"]);
    world.synod(["wait", "good"]).success();
    world.synod(["wait", &good, &bad]).code(1);
    world.synod(["wait", "nobody"]).code(3);
    let gate = world.at("go");
    let open = world.exec_detached(&[], &["wait-file", &gate]);
    world.synod(["wait", "--timeout", "50ms", &open]).code(6);
    std::fs::write(gate, "").unwrap();
    world.synod(["wait", &open]).success();
    world.assert_invariants();
}
