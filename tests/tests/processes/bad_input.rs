//! Bad input: one clear sentence, the right exit code, nothing started, nothing lost.

use std::{collections::HashMap, fs};

use synod_proto::v1::{self, spawn_agent_request::Work};
use synod_tests::{Output, World, config};
use tonic::Code;

use crate::{programs, world};

const SPEC: &str = "# A\n\nThe shop shall send a receipt.\n";

/// One sentence in one line, with each of these words in it, and nothing begun.
#[track_caller]
fn refused(world: &World, out: &Output, code: i32, words: &[&str]) {
    let sentence = out.refusal(code);
    assert_eq!(sentence.lines().count(), 1, "{out}");
    for word in words {
        assert!(sentence.contains(word), "{word:?} is missing: {sentence}");
    }
    nothing_begun(world);
}

#[track_caller]
fn nothing_begun(world: &World) {
    if world.find_daemon().is_some() {
        assert!(world.all_runs().is_empty(), "nothing may be started");
    }
    for dir in ["runs", "archive", "submissions", "env"] {
        let dir = world.state_dir().join(dir);
        let left = fs::read_dir(&dir).into_iter().flatten().count();
        assert_eq!(left, 0, "{} holds what was refused", dir.display());
    }
}

#[track_caller]
fn gate_refused(world: &World, gate: &str, more: &[&str], code: i32, words: &[&str]) {
    let mut args = vec!["gate", "run", gate];
    args.extend(more);
    refused(world, &world.synod(args), code, words);
}

#[test]
fn an_unknown_gate_or_agent_is_refused_with_the_known_ones() {
    let world = world();
    let spec = world.spec_dir("spec", &[("spec.md", SPEC)]);
    gate_refused(
        &world,
        "clarfy",
        &["--spec", &spec],
        3,
        &["clarfy", "clarify"],
    );
    gate_refused(
        &world,
        "clarify",
        &["--spec", &spec, "--roster", "ambigity"],
        2,
        &["ambigity", "ambiguity"],
    );
    gate_refused(
        &world,
        "clarify",
        &["--spec", &spec, "--roster", "ambiguity,ambiguity"],
        2,
        &["twice"],
    );
    gate_refused(
        &world,
        "clarify",
        &["--spec", &spec, "--quorum", "9"],
        2,
        &["9", "3"],
    );
    refused(
        &world,
        &world.synod(["run", "--agent", "alcie", "hello"]),
        2,
        &["alcie", "known agents"],
    );
}

#[test]
fn a_spec_that_cannot_be_read_is_refused_before_anything_starts() {
    let world = world();
    let missing = world.at("missing");
    gate_refused(
        &world,
        "clarify",
        &["--spec", &missing],
        2,
        &["missing", "expected"],
    );
    let empty = world.spec_dir("empty", &[("spec.md", "")]);
    gate_refused(&world, "clarify", &["--spec", &empty], 2, &["empty"]);
    let blank = world.spec_dir("blank", &[("spec.md", " \n\t\n")]);
    gate_refused(&world, "clarify", &["--spec", &blank], 2, &["empty"]);
    let bare = world.spec_dir("bare", &[("notes.txt", "x")]);
    gate_refused(&world, "clarify", &["--spec", &bare], 2, &["no Markdown"]);
    let nothing = world.spec_dir("nothing", &[]);
    gate_refused(
        &world,
        "clarify",
        &["--spec", &nothing],
        2,
        &["no Markdown"],
    );
    let binary = world.spec_dir("binary", &[]);
    fs::write(world.work().join("binary/spec.md"), b"# A\xff\xfe\n").unwrap();
    gate_refused(&world, "clarify", &["--spec", &binary], 2, &["UTF-8"]);
}

/// A superuser may read any file, so what nobody can read stands in here: a link to nowhere, a folder, a pipe.
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let world = world();
    let dangling = world.spec_dir("dangling", &[]);
    std::os::unix::fs::symlink("/nowhere/at/all", world.work().join("dangling/spec.md")).unwrap();
    gate_refused(&world, "clarify", &["--spec", &dangling], 2, &["spec.md"]);
    let folder = world.spec_dir("folder", &[]);
    fs::create_dir(world.work().join("folder/spec.md")).unwrap();
    gate_refused(&world, "clarify", &["--spec", &folder], 2, &["spec.md"]);
    let pipe = world.spec_dir("pipe", &[]);
    let place = world.work().join("pipe/spec.md");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&place)
            .status()
            .unwrap()
            .success()
    );
    gate_refused(&world, "clarify", &["--spec", &pipe], 2, &["spec.md"]);
    if !rustix::process::geteuid().is_root() {
        let closed = world.spec_dir("closed", &[("spec.md", SPEC)]);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        fs::set_permissions(world.work().join("closed/spec.md"), mode).unwrap();
        gate_refused(
            &world,
            "clarify",
            &["--spec", &closed],
            2,
            &["spec.md", "ermission"],
        );
    }
}

#[test]
fn a_spec_of_a_hundred_megabytes_is_refused_by_its_size() {
    let world = world();
    let spec = world.spec_dir("large", &[]);
    let file = fs::File::create(world.work().join("large/spec.md")).unwrap();
    file.set_len(100 << 20).unwrap();
    gate_refused(
        &world,
        "clarify",
        &["--spec", &spec],
        2,
        &["spec.md", "5 MiB"],
    );
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused_with_line_and_suggestion() {
    let agent = config::agent(
        "alice",
        "house",
        &programs().fake(&["print", "x"]),
        "famly = \"x\"\n",
    );
    let world = World::with(programs()).config(agent).build();
    let words = ["config.toml:5", "famly", "did you mean \"family\"?"];
    refused(
        &world,
        &world.synod(["run", "--agent", "alice", "hello"]),
        2,
        &words,
    );
    let spec = world.spec_dir("spec", &[("spec.md", SPEC)]);
    gate_refused(&world, "clarify", &["--spec", &spec], 2, &words);
    // Looking at what there is still works.
    world.synod(["ps"]).success();
    world.synod(["daemon", "status"]).success();
}

#[test]
fn a_missing_variable_of_an_agent_is_named_before_anything_starts() {
    let agent = config::agent(
        "alice",
        "house",
        &programs().fake(&["print", "x"]),
        "env = [\"EXAMPLE_API_KEY\"]\n",
    );
    let world = World::with(programs()).config(agent).build();
    let out = world.synod(["run", "--agent", "alice", "hello"]);
    refused(&world, &out, 2, &["alice", "EXAMPLE_API_KEY"]);
}

#[test]
fn a_socket_path_over_107_bytes_is_refused_by_length() {
    let world = world();
    let fits = format!("/tmp/{}", "s".repeat(102));
    let long = format!("/tmp/{}", "s".repeat(103));
    assert_eq!((fits.len(), long.len()), (107, 108));
    refused(
        &world,
        &world.synod(["--socket", &long, "ps"]),
        2,
        &["108", "107"],
    );
    let out = world.synod(["--socket", &fits, "daemon", "status"]);
    assert_eq!(out.code, Some(4), "{out}");
}

#[test]
fn wrong_usage_is_told_with_exit_code_2_and_starts_no_daemon() {
    let world = world();
    for args in [
        ["frobnicate"].as_slice(),
        &["exec"],
        &["exec", "--timeout", "soon", "--", "true"],
        &["exec", "--timeout", "0", "--", "true"],
        &["gate", "run", "clarify"],
        &["wait"],
        &["exec", "--", ""],
    ] {
        let out = world.synod(args);
        // Of `exec`, 2 would be the command's own.
        let expected = if args[0] == "exec" { 125 } else { 2 };
        assert_eq!(out.code, Some(expected), "{args:?}: {out}");
        assert!(
            !out.stderr.is_empty() && out.stdout.is_empty(),
            "{args:?}: {out}"
        );
    }
    assert_eq!(world.find_daemon(), None);
}

#[test]
fn an_unknown_id_is_told_with_exit_code_3() {
    let world = world();
    for verb in ["show", "logs", "wait", "cancel", "retry"] {
        refused(
            &world,
            &world.synod([verb, "0123456789abcdef"]),
            3,
            &["0123456789abcdef"],
        );
    }
}

/// What the command line cannot say, but any client of the API can.
#[track_caller]
fn api_refused(world: &World, request: v1::SpawnAgentRequest, words: &[&str]) {
    let answer = world.block_on(world.supervisor().spawn_agent(request));
    let status = answer.expect_err("a refusal");
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    for word in words {
        assert!(
            status.message().contains(word),
            "{word:?} is missing: {status}"
        );
    }
    nothing_begun(world);
}

fn command(argv: &[&str]) -> v1::SpawnAgentRequest {
    v1::SpawnAgentRequest {
        request_id: "request-1".into(),
        work: Some(Work::Command(v1::CommandLine {
            argv: argv.iter().map(|&word| word.to_owned()).collect(),
            input: Vec::new(),
        })),
        cwd: "/tmp".into(),
        ..Default::default()
    }
}

#[test]
fn bad_requests_over_the_api_are_refused_with_a_sentence() {
    let world = world();
    world.start_daemon();
    let good = || command(&["true"]);
    api_refused(&world, command(&["true", "a\0b"]), &["NUL"]);
    api_refused(&world, command(&["tr\0ue"]), &["NUL"]);
    api_refused(&world, command(&[]), &["program"]);
    api_refused(&world, command(&[""]), &["program"]);
    for cwd in [
        "",
        "relative/dir",
        ".",
        "/nowhere/at/all",
        "/etc/passwd",
        "/tmp/a\0b",
    ] {
        let request = v1::SpawnAgentRequest {
            cwd: cwd.into(),
            ..good()
        };
        api_refused(&world, request, &["working directory"]);
    }
    for name in [
        "a/b",
        "a#1",
        "a b",
        "\u{1b}[31m",
        "a\0b",
        "0123456789abcdef0123456789abcdef",
    ] {
        let request = v1::SpawnAgentRequest {
            name: name.into(),
            ..good()
        };
        api_refused(&world, request, &["name"]);
    }
    for (seconds, nanos) in [(0, 0), (-1, 0), (0, -1)] {
        let timeout = Some(prost_types::Duration { seconds, nanos });
        api_refused(
            &world,
            v1::SpawnAgentRequest { timeout, ..good() },
            &["time limit"],
        );
    }
    for request_id in [String::new(), "a\0b".into(), "x".repeat(65)] {
        api_refused(
            &world,
            v1::SpawnAgentRequest {
                request_id,
                ..good()
            },
            &["request id"],
        );
    }
    api_refused(
        &world,
        v1::SpawnAgentRequest {
            work: None,
            ..good()
        },
        &["expected"],
    );
}

#[test]
fn a_nul_in_a_variable_of_an_agent_is_refused_or_left_out_before_the_start() {
    let agent = config::agent(
        "alice",
        "house",
        &programs().fake(&["print", "x"]),
        "env = [\"TOKEN\"]\n",
    );
    let world = World::with(programs()).config(agent).build();
    world.start_daemon();
    let request = |token: &str, lang: &str| v1::SpawnAgentRequest {
        request_id: format!("request-{}", token.len() + lang.len()),
        work: Some(Work::Agent(v1::AgentPrompt {
            name: "alice".into(),
            prompt: b"hello".to_vec(),
        })),
        cwd: "/tmp".into(),
        env: HashMap::from([
            ("TOKEN".to_owned(), token.to_owned()),
            ("LANG".to_owned(), lang.to_owned()),
        ]),
        ..Default::default()
    };
    api_refused(&world, request("a\0b", "C"), &["TOKEN", "NUL"]);
    // One that nobody asked for is not worth a refusal.
    let answer = world.block_on(world.supervisor().spawn_agent(request("token", "C\0")));
    let run = answer.unwrap().into_inner().run.unwrap();
    assert_eq!(world.wait_end(&run.id).state, "passed");
}

#[test]
fn a_gate_over_a_relative_path_is_refused_over_the_api() {
    let world = world();
    world.start_daemon();
    for subject in ["spec.md", "./spec", "", "/tmp/a\0b"] {
        let request = v1::SpawnQualityGateRequest {
            request_id: "request-1".into(),
            gate: "clarify".into(),
            subject: subject.into(),
            cwd: "/tmp".into(),
            ..Default::default()
        };
        let answer = world.block_on(world.supervisor().spawn_quality_gate(request));
        let status = answer.expect_err("a refusal");
        assert_eq!(
            status.code(),
            Code::InvalidArgument,
            "{subject:?}: {status}"
        );
        assert!(!status.message().is_empty());
    }
    nothing_begun(&world);
}

/// Whatever is refused meanwhile, what runs goes on.
#[test]
fn refusals_touch_nothing_that_runs() {
    let world = world();
    let gate = world.at("go");
    let id = world.exec_detached(&[], &["print", "one", "wait-file", &gate, "print", "two"]);
    world.wait_running(&id);
    let revision = world.snapshot().1.revision;
    world
        .synod(["gate", "run", "clarfy", "--spec", "/tmp"])
        .code(3);
    world.synod(["run", "--agent", "nobody", "x"]).code(2);
    world.synod(["cancel", "ffffffffffff"]).code(3);
    world.write_config("[nonsense]\n");
    world.synod(["exec", "--", "true"]).code(125);
    assert!(
        world
            .feed_since(revision)
            .iter()
            .all(|change| { matches!(change.entity, Some(v1::change::Entity::Progress(_))) }),
        "a refusal is no change"
    );
    fs::write(&gate, "").unwrap();
    assert_eq!(world.wait_end(&id).state, "passed");
    assert_eq!(world.raw_output(&id), b"one\ntwo\n");
    world.assert_invariants();
}
