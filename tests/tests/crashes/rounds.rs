//! The daemon is killed at durable calls of a gate with a ballot: nobody is asked twice, and what it says stands.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use synod_proto::v1;
use synod_tests::{
    World,
    cast::{Cast, SPEC},
    eventually,
    random::Random,
};

use crate::{
    expected::starts_file,
    programs,
    submit::{environment, is_lost, submit_gate},
    traced::{DURABLE, Fate, Side, Story, Traced, can_trace},
};

/// Points that are drawn, or `SYNOD_CRASH_POINTS`.
const SAMPLES: u64 = 12;
const AT_MOST: Duration = Duration::from_secs(90);
pub const FINDING: &str = r#"[{"kind": "ambiguity", "claim": "FR-1 gives no time for quickly.", "severity": "important",
    "resolvability": "suggest-fix", "quotes": [{"path": "spec.md", "text": "answer a search quickly"}],
    "answer": "200 ms", "reasoning": "Two readings."}]"#;

/// The gate they are asked by.
pub fn request(world: &World) -> v1::SpawnQualityGateRequest {
    v1::SpawnQualityGateRequest {
        request_id: "gate".to_owned(),
        gate: "clarify".to_owned(),
        subject: world.at("spec"),
        roster: ["alice", "bob"].map(str::to_owned).to_vec(),
        env: environment(world),
        ..Default::default()
    }
}

/// Alice raises one matter, and bob sees it once he is asked. Each says in which round it was started.
fn enter(world: &World) {
    world.spec_dir("spec", &[("spec.md", SPEC)]);
    let starts = starts_file(world);
    let agent = |name: &str, answer: &str| {
        let (first, ballot) = (format!("{name} answers"), format!("{name} votes"));
        let votes = r#"[{"claim": "", "real": "yes", "answer": "200 ms"}]"#;
        [
            "in", "first", "[", "append", &starts, &first, "answer", answer, "]", "in", "ballot",
            "[", "append", &starts, &ballot, "vote", votes, "]",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    Cast::new(world)
        .played("alice", "red", &agent("alice", FINDING))
        .played("bob", "blue", &agent("bob", "[]"))
        .enter();
}

/// The daemon is killed at the n-th durable call after it has started; an ordinary one brings the gate to its end.
fn killed_at(n: u64, side: Side) -> Story {
    let world = World::new(programs());
    enter(&world);
    let pid = world.start_daemon();
    let fate = Fate::KilledAt {
        calls: DURABLE,
        n,
        side,
        hold: Duration::from_millis(5),
    };
    let mut daemon = Traced::attach(&world, pid, fate);
    eventually("the gate's end, or the daemon's", || {
        if daemon.has_ended() {
            return Some(());
        }
        let mut client = world.supervisor();
        match world.block_on(client.spawn_quality_gate(request(&world))) {
            Ok(answer) => {
                let run = answer.into_inner().run.unwrap();
                (run.ended_at.is_some() && world.live_dirs().is_empty()).then_some(())
            }
            Err(status) => {
                assert!(is_lost(&status), "refused: {status:?}");
                None
            }
        }
    });
    if !daemon.has_ended() {
        // Ends in peace, or by its fate.
        drop(world.synod(["daemon", "stop"]));
    }
    let story = daemon.end();
    world.start_daemon();
    let run = world.wait_end(&submit_gate(&world, &request(&world)).id);
    assert_eq!(run.state, "passed", "{run:#?}");
    assert_eq!(world.all_runs().len(), 1);
    let text = fs::read_to_string(starts_file(&world)).unwrap();
    let started: Vec<&str> = text.lines().collect();
    let once: BTreeSet<&str> = started.iter().copied().collect();
    assert_eq!(
        (started.len(), once.len()),
        (4, 4),
        "each once: {started:?}"
    );
    let id = run.id;
    let replay = v1::ReplayGateRequest {
        run_id: id.clone(),
        ..Default::default()
    };
    let replay = world.block_on(world.supervisor().replay_gate(replay));
    assert!(replay.unwrap().into_inner().same);
    world.assert_invariants();
    eventually("the directories in the archive", || {
        world.live_dirs().is_empty().then_some(())
    });
    let env = names(&world.state_dir().join("env"));
    assert_eq!(env.len(), 0, "no environment is left");
    eventually("nothing but what the run can be weighed by again", || {
        let kept = ["gate.json", "inputs.json"].map(|kind| format!("{id}.{kind}"));
        (names(&world.state_dir().join("submissions")) == kept).then_some(())
    });
    story
}

/// Names of files, sorted.
pub fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// C1, C8
#[test]
fn a_daemon_killed_at_durable_calls_of_a_ballot_asks_nobody_twice() {
    let test = "a_daemon_killed_at_durable_calls_of_a_ballot_asks_nobody_twice";
    if !can_trace(test) {
        return;
    }
    let mut random = Random::seeded(test);
    let begun = Instant::now();
    let all = killed_at(u64::MAX, Side::Before).calls;
    assert!(all > 20, "{all} durable calls are too few to be true");
    let given = std::env::var("SYNOD_CRASH_POINTS").ok();
    let wanted = given.map_or(SAMPLES, |text| text.parse().expect("a number of points"));
    let mut tried = 0;
    while tried < wanted && (wanted > SAMPLES || begun.elapsed() < AT_MOST) {
        let n = 1 + random.below(all);
        let side = [Side::Before, Side::After][random.below(2) as usize];
        eprintln!("killed at call {n} of {all}, {side:?}");
        killed_at(n, side);
        tried += 1;
    }
    eprintln!("{test}: {tried} of {all} points, {:?}", begun.elapsed());
}
