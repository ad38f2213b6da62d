//! How a command's end is told: `exec` is as transparent as `env` or `timeout`.

use rustix::process::Signal;
use synod_tests::{World, eventually, processes};

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

/// Interrupting whoever watches is not cancelling what is watched.
#[test]
fn an_interrupted_exec_leaves_its_command_running_and_is_told_as_130() {
    let world = world();
    let gate = world.at("go");
    let follower = world.spawn_exec(
        &["--name", "watched"],
        &[
            "print",
            "one",
            "wait-file",
            &gate,
            "print",
            "two",
            "exit",
            "4",
        ],
    );
    world.start_daemon();
    eventually("the run", || world.all_runs().pop());
    world.wait_run("watched", |run| World::only_attempt(run).last_line == "one");
    processes::signal(follower.pid(), Signal::INT);
    let out = follower.finish().code(130);
    assert!(
        out.stderr().contains("watched"),
        "how to go on watching is told: {out}"
    );
    assert_eq!(world.run("watched").state, "executing");
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end("watched");
    assert_eq!(World::only_attempt(&run).exit_code, Some(4));
    assert_eq!(world.raw_output("watched"), b"one\ntwo\n");
    world.assert_invariants();
}

/// A watched command that is cancelled elsewhere ends for its watcher too.
#[test]
fn a_command_cancelled_under_its_watcher_is_told_by_the_signal_that_ended_it() {
    let world = short_grace();
    world.start_daemon();
    for (ignored, code) in [
        (&["print", "ready"][..], 143),
        (&["ignore", "TERM", "print", "ready"], 137),
    ] {
        let mut script = ignored.to_vec();
        script.extend(["sleep", "600000"]);
        let follower = world.spawn_exec(&[], &script);
        let run = eventually("the run", || world.live_runs().pop());
        world.wait_run(&run.id, |run| {
            run.executions[0]
                .attempts
                .first()
                .is_some_and(|one| one.last_line == "ready")
        });
        world.synod(["cancel", &run.id]).success();
        assert_eq!(follower.finish().code(code).stdout(), "ready\n");
    }
    world.assert_invariants();
}

/// As in `synod exec -- yes | head -1`: the reader's end is no failure, and no end of the command.
#[test]
fn a_reader_that_goes_away_ends_the_watcher_quietly_and_not_the_command() {
    let world = short_grace();
    // A shell makes the pipe; the watcher's own status goes to a file.
    let status = world.at("status");
    let mut command = std::process::Command::new("sh");
    let like = world.synod_command(["ps"]);
    command.env_clear().envs(
        like.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.args(["-c", "{ \"$@\"; echo $? >\"$0\"; } | head -n 1", &status]);
    command
        .arg(&world.programs().synod)
        .args(["exec", "--name", "piped", "--"]);
    command.args(
        world
            .programs()
            .fake(&["lines", "200000", "sleep", "600000"]),
    );
    command.current_dir(world.work());
    let out = world.finish(command, None).success();
    assert_eq!(
        (out.stdout(), out.stderr()),
        ("line 1\n".into(), String::new())
    );
    assert_eq!(std::fs::read_to_string(status).unwrap().trim(), "0");
    assert_eq!(world.run("piped").state, "executing");
    world.synod(["cancel", "piped"]).success();
    world.wait_end("piped");
    world.assert_invariants();
}
