//! The daemon dies within and between the rounds: nobody is asked twice, and the verdict is the one of a quiet day.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{World, cast::said, config, eventually, random::Random};

use crate::{
    SPEC,
    cast::{gate, release, submit_gate},
    finding, programs,
    replay::replayed,
    stage::{agents, in_round, of_part, time, vote},
    with,
};

const GATES: usize = 20;
const ROSTER: [&str; 3] = ["alice", "bob", "carol"];

/// When the daemon is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Answered,
    Voting,
    Voted,
    Arbitrating,
}

impl Moment {
    const ALL: [Self; 4] = [Self::Answered, Self::Voting, Self::Voted, Self::Arbitrating];

    /// Whether it has come, or is past.
    fn has_come(self, run: &v1::Run) -> bool {
        let part = |part| of_part(run, part);
        let begun = |part| {
            of_part(run, part)
                .iter()
                .any(|one| !one.attempts.is_empty())
        };
        match self {
            Self::Answered => part("").iter().all(|one| one.state == "completed"),
            Self::Voting => begun("ballot"),
            Self::Voted => {
                let ballots = part("ballot");
                !ballots.is_empty() && ballots.iter().all(|one| one.state == "completed")
            }
            Self::Arbitrating => begun("arbiter"),
        }
    }
}

/// Agents that append the attempt they play in, and then their script. In later rounds they wait for `go`, or a
/// moment.
fn enter(world: &World, waits: &[&str]) {
    gate(world, "judged", "ballot = true\narbiter = \"judge\"\n");
    let inactivity = with(
        finding(
            "FR-2 gives no length of inactivity.",
            "critical",
            "after inactivity",
        ),
        json!({"answer": "15 minutes"}),
    );
    let raised = json!([time("important"), inactivity]);
    let script = |answer: &Value, votes: &Value| {
        let mut ballot = waits.to_vec();
        let votes = votes.to_string();
        ballot.extend(["vote", &votes]);
        [
            in_round("first", &["answer", &answer.to_string()]),
            in_round("ballot", &ballot),
        ]
        .concat()
    };
    let mut judge = waits.to_vec();
    judge.extend([
        "rule",
        r#"[{"claim": "FR-1", "ruling": "uphold", "answer": "200 ms", "reason": "So."}]"#,
    ]);
    let scripts = [
        ("alice", "red", script(&raised, &json!([vote("", "yes")]))),
        (
            "bob",
            "blue",
            script(
                &json!([]),
                &json!([vote("FR-1", "no"), vote("FR-2", "yes")]),
            ),
        ),
        ("carol", "green", script(&json!([]), &json!([]))),
        ("judge", "black", in_round("arbitration", &judge)),
    ];
    let mut text = config::SHORT_GRACE.to_owned();
    for (name, family, script) in scripts {
        let fake = world.programs().fake_agent.display().to_string();
        let shell = format!(
            "echo $SYNOD_ATTEMPT >>{}; exec {fake} \"$@\"",
            world.at("starts")
        );
        let mut argv = ["sh", "-c", &shell, "sh"].map(str::to_owned).to_vec();
        argv.extend(script);
        text.push_str(&config::agent(name, family, &argv, ""));
    }
    world.write_config(&text);
}

fn submit(world: &World, subject: &str) -> String {
    let spec = world.spec_dir(subject, &[("spec.md", SPEC)]);
    submit_gate(world, "judged", &spec, &ROSTER, &[])
}

/// What the run says when nobody dies.
fn undisturbed(world: &World) -> Value {
    let run = world.wait_end(&submit(world, "undisturbed"));
    assert_eq!(run.state, "awaiting-human", "{run:#?}");
    assert_asked_once(&run);
    said(&run)
}

/// Everybody was asked once in each round, with one attempt.
#[track_caller]
fn assert_asked_once(run: &v1::Run) {
    assert_eq!(agents(&of_part(run, "")), ROSTER);
    assert_eq!(agents(&of_part(run, "ballot")), ROSTER);
    assert_eq!(agents(&of_part(run, "arbiter")), ["judge"]);
    for execution in &run.executions {
        assert_eq!(execution.attempts.len(), 1, "{execution:#?}");
    }
}

/// What agents say of their starts and what the daemon knows of its attempts are the same, each once; nothing is left.
#[track_caller]
fn assert_nothing_twice_and_nothing_left(world: &World) {
    let text = fs::read_to_string(world.at("starts")).unwrap();
    let started: Vec<&str> = text.lines().collect();
    let once: BTreeSet<&str> = started.iter().copied().collect();
    assert_eq!(once.len(), started.len(), "started twice: {started:?}");
    let runs = world.all_runs();
    let runs: Vec<v1::Run> = runs.iter().map(|run| world.run(&run.id)).collect();
    let attempts = runs.iter().flat_map(|run| &run.executions);
    let attempts: BTreeSet<&str> = attempts
        .flat_map(|one| &one.attempts)
        .map(|attempt| attempt.id.as_str())
        .collect();
    assert_eq!(once, attempts);
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
    eventually("every directory in the archive", || {
        world.live_dirs().is_empty().then_some(())
    });
    let env: Vec<_> = fs::read_dir(world.state_dir().join("env"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(env.is_empty(), "{env:?}");
}

/// C1, R10
#[test]
fn a_daemon_killed_in_or_between_rounds_asks_nobody_twice_and_decides_the_same() {
    let test = "a_daemon_killed_in_or_between_rounds_asks_nobody_twice_and_decides_the_same";
    let mut random = Random::seeded(test);
    let world = World::new(programs());
    enter(&world, &["sleep", "60"]);
    let expected = undisturbed(&world);
    for n in 0..GATES {
        let moment = Moment::ALL[n % Moment::ALL.len()];
        let id = submit(&world, &format!("gate-{n}"));
        world.wait_run(&id, |run| moment.has_come(run));
        random.pass_up_to(60);
        world.kill_daemon();
        if random.below(3) == 0 {
            // The next one dies on its way.
            let start = world.spawn_synod(["daemon", "start"]);
            random.pass_up_to(150);
            if let Some(pid) = world.find_daemon() {
                synod_tests::processes::signal(pid, rustix::process::Signal::KILL);
            }
            start.finish();
        }
        world.start_daemon();
        let run = world.wait_end(&id);
        assert_asked_once(&run);
        assert_eq!(said(&run), expected, "killed when {moment:?}");
        assert!(replayed(&world, &id, "").same, "killed when {moment:?}");
    }
    assert_nothing_twice_and_nothing_left(&world);
}

/// C4
#[test]
fn a_database_lost_while_ballots_run_is_rebuilt_and_nobody_is_asked_twice() {
    let world = World::new(programs());
    enter(&world, &[]);
    let expected = undisturbed(&world);
    enter(&world, &["wait-file", &world.at("go")]);
    let id = submit(&world, "lost");
    world.wait_run(&id, |run| {
        let ballots = of_part(run, "ballot");
        // Agents that have started: what was never claimed is not started by a daemon that finds it.
        let runs = |one: &v1::Execution| {
            let attempt = one.attempts.last();
            attempt.is_some_and(|attempt| attempt.state == "running")
        };
        ballots.iter().filter(|one| runs(one)).count() == 3
    });
    world.kill_daemon();
    for file in ["synod.db", "synod.db-wal", "synod.db-shm"] {
        fs::remove_file(world.state_dir().join(file)).unwrap();
    }
    world.start_daemon();
    let run = world.wait_run(&id, |run| Moment::Voting.has_come(run));
    assert_eq!(run.state, "executing", "the ballots go on");
    release(&world, "go");
    let run = world.wait_end(&id);
    assert_eq!(said(&run), expected);
    assert!(replayed(&world, &id, "").same);
    world.kill_daemon();
    world.start_daemon();
    assert_eq!(said(&world.run(&id)), expected, "and so it stays");
    // Those of the run that was undisturbed, and seven more.
    let text = fs::read_to_string(world.at("starts")).unwrap();
    assert_eq!(text.lines().count(), 2 * 7, "nobody is asked twice");
    assert_asked_once(&run);
    world.assert_invariants();
}
