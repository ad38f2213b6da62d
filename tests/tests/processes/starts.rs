//! Starting, or saying what was tried: never another program instead.

use std::{
    collections::HashMap, fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command,
};

use synod_proto::v1::{self, spawn_agent_request::Work};
use synod_tests::World;

use crate::{programs, world};

#[track_caller]
fn refused(world: &World, program: &str, code: i32, said: &str) {
    let out = world.synod(["exec", "--", program, "word"]).code(code);
    assert!(
        out.stderr().contains(program),
        "the path tried is named: {out}"
    );
    assert!(out.stderr().contains(said), "{out}");
    let run = world.all_runs().remove(0);
    let attempt = World::only_attempt(&run);
    assert_eq!(
        (run.state.as_str(), attempt.reason.as_str()),
        ("failed", "spawn-failed")
    );
    assert_eq!((attempt.exit_code, attempt.signal), (None, None));
}

/// P7
#[test]
fn a_missing_program_is_told_as_127_and_an_unusable_one_as_126() {
    let world = world();
    let plain = world.at("plain");
    fs::write(&plain, "#!/bin/sh\nexit 0\n").unwrap();
    let broken = world.at("broken");
    fs::write(&broken, "#!/nowhere/interpreter\n").unwrap();
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    refused(&world, &world.at("missing"), 127, "no such program");
    refused(&world, "no-program-of-this-name", 127, "PATH");
    refused(&world, &plain, 126, "not executable");
    refused(&world, "/tmp", 126, "is a directory");
    // As `env` has it: the file that was not found is the interpreter.
    refused(&world, &broken, 127, "interpreter");
    world.assert_invariants();
}

/// By another process: a program that is open for writing here, even for a moment, is open in whatever another
/// test starts at that moment, and cannot be executed.
fn copy(program: &Path, to: &Path) {
    let copied = Command::new("cp").arg(program).arg(to).status();
    assert!(copied.unwrap().success());
}

/// P7
#[test]
fn a_program_removed_between_attempts_is_never_replaced_by_another_of_its_name() {
    let world = world();
    let own = world.at("tool");
    copy(&world.programs().fake_agent, Path::new(&own));
    // Another one of that name stands where a search would find it.
    let elsewhere = world.work().join("bin");
    fs::create_dir(&elsewhere).unwrap();
    copy(Path::new("/bin/true"), &elsewhere.join("tool"));
    let path = format!("{}:{}", elsewhere.display(), std::env::var("PATH").unwrap());
    let call = |args: &[&str]| {
        let mut command = world.synod_command(args);
        command.env("PATH", &path);
        world.finish(command, None)
    };
    call(&["exec", "--name", "job", "--", "./tool", "exit", "3"]).code(3);
    let first = world.all_runs().remove(0);
    fs::remove_file(&own).unwrap();
    call(&["retry", &first.executions[0].id]).success();
    let second = world.all_runs().remove(0);
    let second = world.wait_end(&second.id);
    assert_ne!(second.id, first.id);
    let attempt = World::only_attempt(&second);
    assert_eq!(attempt.reason, "spawn-failed");
    assert!(attempt.detail.contains("tool"), "{}", attempt.detail);
    world.assert_invariants();
}

/// P13
#[test]
fn runs_of_the_same_command_and_name_are_never_mixed() {
    let world = world();
    let gate = world.at("go");
    let script = [
        "print-env",
        "SYNOD_ATTEMPT",
        "wait-file",
        &gate,
        "print-env",
        "SYNOD_ATTEMPT",
    ];
    let ids: Vec<String> = (0..4)
        .map(|_| world.exec_detached(&["--name", "twin"], &script))
        .collect();
    for id in &ids {
        world.wait_running(id);
    }
    fs::write(&gate, "").unwrap();
    let mut names = Vec::new();
    for id in &ids {
        let run = world.wait_end(id);
        let attempt = World::only_attempt(&run);
        let printed = String::from_utf8(world.raw_output(id)).unwrap();
        assert_eq!(printed, format!("{0}\n{0}\n", attempt.id));
        names.push(run.name);
    }
    names.sort();
    names.dedup();
    assert_eq!(
        names.len(),
        ids.len(),
        "a name stands for one run: {names:?}"
    );
    world.assert_invariants();
}

/// P13
#[test]
fn two_agents_with_the_same_command_are_told_apart() {
    let programs = programs();
    let argv = programs.fake(&[
        "read-prompt",
        "print-env",
        "SYNOD_EXECUTION",
        "answer",
        "[]",
    ]);
    let config = synod_tests::config::agent("alice", "one", &argv, "")
        + &synod_tests::config::agent("bob", "two", &argv, "");
    let world = World::with(programs).config(config).build();
    let spec = world.spec_dir(
        "spec",
        &[("spec.md", "# A\n\nThe shop shall send a receipt.\n")],
    );
    let out = world.synod([
        "--json",
        "gate",
        "run",
        "clarify",
        "--spec",
        &spec,
        "--roster",
        "alice,bob",
    ]);
    let run = world.run(out.json()["id"].as_str().unwrap());
    let agents: Vec<&str> = run
        .executions
        .iter()
        .map(|one| one.agent.as_str())
        .collect();
    assert_eq!(agents, ["alice", "bob"]);
    for execution in &run.executions {
        let printed = String::from_utf8(world.raw_output(&execution.id)).unwrap();
        assert_eq!(printed.lines().next(), Some(execution.id.as_str()));
    }
    out.success();
    world.assert_invariants();
}

/// What no shell could ask for, but a client of the API can.
#[track_caller]
fn spawn(world: &World, argv: &[&str], cwd: &str, env: HashMap<String, String>) -> v1::Run {
    let request = v1::SpawnAgentRequest {
        request_id: format!("request-{}-{}", argv.len(), env.len()),
        work: Some(Work::Command(v1::CommandLine {
            argv: argv.iter().map(|&word| word.to_owned()).collect(),
            input: Vec::new(),
        })),
        cwd: cwd.to_owned(),
        env,
        ..Default::default()
    };
    let answer = world.block_on(world.supervisor().spawn_agent(request));
    answer.expect("a run").into_inner().run.expect("the run")
}

/// P7
#[test]
fn arguments_or_variables_too_long_for_the_kernel_are_a_failed_start_that_says_so() {
    let world = world();
    world.start_daemon();
    let long = "x".repeat(200_000);
    let many: HashMap<String, String> = (0..60)
        .map(|number| (format!("LONG_{number}"), "y".repeat(100_000)))
        .collect();
    let runs = [
        spawn(&world, &["/bin/true", &long], "/tmp", HashMap::new()),
        spawn(
            &world,
            &["/bin/true"],
            "/tmp",
            HashMap::from([("LONG".into(), long.clone())]),
        ),
        spawn(&world, &["/bin/true"], "/tmp", many),
    ];
    for run in runs {
        let run = world.wait_end(&run.id);
        assert_eq!(
            (run.state.as_str(), run.reason.as_str()),
            ("failed", "spawn-failed")
        );
        let detail = &run.executions[0].detail;
        assert!(detail.contains("too long"), "{detail}");
    }
    world.assert_invariants();
}

/// P7
#[test]
fn a_working_directory_removed_while_the_work_was_queued_is_named() {
    let world = World::with(programs())
        .config("[limits]\nmax_running = 1\n")
        .build();
    let gate = world.at("go");
    let first = world.exec_detached(&[], &["wait-file", &gate]);
    world.wait_running(&first);
    let dir = world.at("leaving");
    fs::create_dir(&dir).unwrap();
    let second = world.exec_detached(&["--cwd", &dir], &["print", "never"]);
    fs::remove_dir(&dir).unwrap();
    fs::write(&gate, "").unwrap();
    let run = world.wait_end(&second);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("failed", "spawn-failed")
    );
    assert!(
        run.executions[0].detail.contains(&dir),
        "{}",
        run.executions[0].detail
    );
    assert_eq!(world.wait_end(&first).state, "passed");
    world.assert_invariants();
}
