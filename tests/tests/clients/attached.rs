//! T2 for the command line: whoever is attached when the daemon is killed sees the same as if it had lived.

use serde_json::{Value, json};
use synod_tests::{World, config};

use crate::{attached_process::Attached, programs, release, world};

fn numbered(from: u32, to: u32) -> Vec<String> {
    (from..=to).map(|n| format!("line {n}")).collect()
}

/// Lines 1 to 5, and 6 to 10 once the file is there.
fn in_two_halves(go: &str) -> Vec<String> {
    let mut script = Vec::new();
    for (n, line) in numbered(1, 10).into_iter().enumerate() {
        if n == 5 {
            script.extend(["wait-file".to_owned(), go.to_owned()]);
        }
        script.extend(["print".to_owned(), line]);
    }
    script
}

fn start(world: &World, flags: &[&str], script: &[String]) -> String {
    let script: Vec<&str> = script.iter().map(String::as_str).collect();
    world.exec_detached(flags, &script)
}

/// T2
#[test]
fn a_follower_of_output_prints_each_line_once_across_a_killed_daemon() {
    let world = world();
    let go = world.at("go");
    let id = start(&world, &[], &in_two_halves(&go));
    let mut follower = Attached::new(&world, &["logs", "-f", &id]);
    follower.until(|line| line == "line 5");
    world.kill_daemon();
    // Joining in the middle of an outage is joining, too: this one starts the next daemon.
    let late = Attached::new(&world, &["logs", "-f", &id]);
    release(&world, "go");
    for one in [follower, late] {
        assert_eq!(one.finish(), (Some(0), numbered(1, 10)));
    }
    world.assert_invariants();
}

/// T2
#[test]
fn exec_prints_each_line_once_and_ends_with_the_commands_code_across_a_killed_daemon() {
    let world = world();
    let go = world.at("go");
    let mut script = in_two_halves(&go);
    script.extend(["exit".to_owned(), "7".to_owned()]);
    let script: Vec<&str> = script.iter().map(String::as_str).collect();
    let mut command = world.synod_command(["exec", "--"]);
    command.args(world.programs().fake(&script));
    let mut exec = Attached::of(command);
    exec.until(|line| line == "line 5");
    world.kill_daemon();
    release(&world, "go");
    assert_eq!(exec.finish(), (Some(7), numbered(1, 10)));
    assert_eq!(world.all_runs().len(), 1);
    world.assert_invariants();
}

/// T2
#[test]
fn a_follower_of_the_feed_misses_nothing_across_a_killed_daemon() {
    let world = world();
    let go = world.at("go");
    let id = world.exec_detached(&[], &["wait-file", &go]);
    world.wait_running(&id);
    let mut follower = Attached::new(&world, &["--json", "events", "--since", "0", "--follow"]);
    follower.until(|line| line.contains("agentStarted"));
    world.kill_daemon();
    release(&world, "go");
    world.start_daemon();
    world.synod(["wait", &id]).success();
    follower.until(|line| line.contains(r#""state":"passed""#));
    world.kill_daemon();
    let another = world.exec_detached(&["--name", "another"], &["print", "x"]);
    world.synod(["wait", &another]).success();
    let last = world.feed().last().unwrap().revision;
    follower.until(|line| revision(line) == last);
    let told: Vec<u64> = follower
        .terminate()
        .iter()
        .map(|line| revision(line))
        .collect();
    assert_eq!(told, (1..=last).collect::<Vec<_>>(), "gapless, each once");
    world.assert_invariants();
}

fn revision(line: &str) -> u64 {
    let change: Value = serde_json::from_str(line).unwrap();
    change["revision"].as_str().unwrap().parse().unwrap()
}

/// T2
#[test]
fn wait_and_gate_run_give_the_same_picture_and_code_across_a_killed_daemon() {
    let programs = programs();
    let world = World::new(programs.clone());
    let go = world.at("go");
    let claim = json!([{"kind": "ambiguity", "claim": "FR-1 gives no time.", "severity": "critical",
        "resolvability": "need-human", "quotes": [{"path": "spec.md", "text": "quickly"}]}]);
    let script = [
        "read-prompt",
        "print",
        "at work",
        "wait-file",
        &go,
        "answer",
        &claim.to_string(),
    ];
    world.write_config(
        &["alice", "bob"]
            .map(|name| config::agent(name, name, &programs.fake(&script), ""))
            .concat(),
    );
    let spec = world.spec_dir("spec", &[("spec.md", "- FR-1: It shall answer quickly.\n")]);
    let args = [
        "--json",
        "gate",
        "run",
        "clarify",
        "--spec",
        &spec,
        "--roster",
        "alice,bob",
    ];
    let gate = Attached::new(&world, &args);
    let run = synod_tests::eventually("a run", || {
        world.find_daemon()?;
        // There before anybody listens on it.
        std::os::unix::net::UnixStream::connect(world.socket()).ok()?;
        world.live_runs().into_iter().next()
    });
    world.wait_run(&run.id, |run| {
        run.executions
            .iter()
            .all(|e| e.attempts.iter().any(|a| a.last_line == "at work"))
    });
    let wait = Attached::new(&world, &["--json", "wait", &run.id]);
    let joined = Attached::new(&world, &args);
    synod_tests::eventually("three attached", || {
        let status = world.json(["daemon", "status"]);
        (status["subscribers"].as_u64()? >= 3).then_some(())
    });
    for _ in 0..2 {
        world.kill_daemon();
        world.start_daemon();
    }
    release(&world, "go");
    let picture = synod_shared::json::to_json(&world.wait_end(&run.id)).unwrap();
    for one in [gate, joined] {
        let (code, said) = one.finish();
        assert_eq!(code, Some(10), "{said:?}");
        let shown: Value = serde_json::from_str(&said.concat()).unwrap();
        assert_eq!(shown, picture);
    }
    let (code, said) = wait.finish();
    assert_eq!((code, said.len()), (Some(10), 1), "{said:?}");
    assert_eq!(
        serde_json::from_str::<Value>(&said[0]).unwrap()["state"],
        "awaiting-human"
    );
    world.assert_invariants();
}

impl Attached {
    /// Ends it; gives all it printed. Not by the keyboard's signal: what is run in the background of a script
    /// inherits that one ignored.
    #[track_caller]
    fn terminate(self) -> Vec<String> {
        self.signal(rustix::process::Signal::TERM);
        self.finish().1
    }
}
