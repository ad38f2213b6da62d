//! Probes, and the figures that come of them and of what people say.

use serde_json::json;
use synod_proto::v1::{
    self, GetCalibrationRequest, ListLedgerRequest, SpawnQualityGateRequest,
    answer_question_request::Disposition,
};
use synod_tests::World;
use tonic::Code;

use crate::{
    Cast,
    cast::{ask, spec},
    finding, world,
};

/// The only place a fault can be planted in is the number of FR-1.
const PROBED: &str = "# Search

## Requirements

- FR-1: The system shall end a search after 2 s.
- FR-2: The list shall be sorted by name.
";

fn request(subject: &str, roster: &[&str], id: &str) -> SpawnQualityGateRequest {
    SpawnQualityGateRequest {
        request_id: id.to_owned(),
        gate: "clarify".to_owned(),
        subject: subject.to_owned(),
        roster: roster.iter().map(|name| (*name).to_owned()).collect(),
        env: std::env::vars()
            .filter(|(name, _)| name == "PATH")
            .collect(),
        quorum: Some(u32::try_from(roster.len().min(2)).unwrap()),
        probe_seed: Some(7),
        ..SpawnQualityGateRequest::default()
    }
}

/// Submits a probe and waits for its end.
#[track_caller]
fn probe(world: &World, request: SpawnQualityGateRequest) -> v1::Run {
    let mut daemon = world.supervisor();
    let answer = world
        .block_on(daemon.spawn_quality_gate(request))
        .unwrap()
        .into_inner();
    assert!(!answer.attached);
    let run = answer.run.unwrap();
    world.synod(["wait", &run.id]).success();
    world.run(&run.id)
}

#[track_caller]
fn figures(world: &World, gate: &str) -> v1::GetCalibrationResponse {
    let mut daemon = world.supervisor();
    let gate = gate.to_owned();
    let request = GetCalibrationRequest { gate };
    world
        .block_on(daemon.get_calibration(request))
        .unwrap()
        .into_inner()
}

fn recall(figures: &v1::GetCalibrationResponse) -> Vec<(&str, &str, u32, u32, u32)> {
    let lines = figures.recall.iter();
    lines
        .map(|line| {
            let (agent, fault) = (line.agent.as_str(), line.fault.as_str());
            (agent, fault, line.found, line.planted, line.unanswered)
        })
        .collect()
}

fn ledger(world: &World) -> usize {
    let mut daemon = world.supervisor();
    let all = world.block_on(daemon.list_ledger(ListLedgerRequest::default()));
    all.unwrap().into_inner().entries.len()
}

#[test]
fn a_probe_measures_its_agents_asks_nobody_and_leaves_everything_as_it_was() {
    let world = world();
    let seen = world.at("seen");
    let vague = finding("FR-1 gives no time.", "critical", "end a search");
    Cast::new(&world)
        .agent("alice", "red", &["answer", &json!([vague]).to_string()])
        .agent("bob", "blue", &["answer", "[]"])
        .agent("carol", "green", &["print", "sorry"])
        .program(
            "dora",
            "grey",
            &["/bin/sh", "-c", "pwd > \"$0\"; ls -A >> \"$0\"", &seen],
        )
        .enter();
    let subject = world.spec_dir("search", &[("spec.md", PROBED)]);
    world.start_daemon();
    let roster = ["alice", "bob", "carol", "dora"];
    let run = probe(&world, request(&subject, &roster, "one"));

    assert!(run.probe);
    assert!(run.name.starts_with("probe-clarify/search"), "{}", run.name);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("passed", "probed")
    );
    assert_eq!(run.findings.len(), 1, "{:#?}", run.findings);
    assert!(run.questions.is_empty());
    assert_eq!(ledger(&world), 0);
    // One round: nobody votes, nobody is an arbiter.
    assert_eq!(run.executions.len(), roster.len());

    let mut files = std::fs::read_dir(&subject).unwrap();
    let only = files.next().unwrap().unwrap();
    assert!(files.next().is_none());
    assert_eq!(std::fs::read_to_string(only.path()).unwrap(), PROBED);
    // Agents see what they are shown, and the specification nowhere.
    let mut daemon = world.supervisor();
    let request = v1::GetPromptRequest {
        id: run.executions[0].id.clone(),
    };
    let prompt = world.block_on(daemon.get_prompt(request)).unwrap();
    let prompt = String::from_utf8(prompt.into_inner().prompt).unwrap();
    assert!(prompt.contains("shall end a search."), "{prompt}");
    let place = world.state_dir().join("nowhere");
    let seen = std::fs::read_to_string(seen).unwrap();
    assert_eq!(seen.trim(), place.to_str().unwrap());

    let known = figures(&world, "clarify");
    assert_eq!(
        recall(&known),
        [
            ("alice", "all", 1, 1, 0),
            ("alice", "number-deleted", 1, 1, 0),
            ("bob", "all", 0, 1, 0),
            ("bob", "number-deleted", 0, 1, 0),
            ("carol", "all", 0, 0, 1),
            ("carol", "number-deleted", 0, 0, 1),
            ("dora", "all", 0, 0, 1),
            ("dora", "number-deleted", 0, 0, 1),
        ]
    );
    assert_eq!(figures(&world, "another").recall, []);
    // What a probe's agents raise nobody judges.
    assert!(known.agents.is_empty() && known.families.is_empty());
}

#[test]
fn the_same_faults_again_are_another_run_but_no_more_known_and_a_run_of_the_text_is_no_probe() {
    let world = world();
    Cast::new(&world)
        .agent("alice", "red", &["answer", "[]"])
        .enter();
    let subject = world.spec_dir("search", &[("spec.md", PROBED)]);
    world.start_daemon();
    let first = probe(&world, request(&subject, &["alice"], "one"));
    let second = probe(&world, request(&subject, &["alice"], "two"));
    assert_ne!(first.id, second.id);
    let run = ask(&world, &subject, &["alice"], &[]).run;
    assert!(!run.probe);
    assert_eq!(run.reason, "completed");
    assert_eq!(recall(&figures(&world, ""))[0], ("alice", "all", 0, 1, 0));
}

#[test]
fn a_text_in_which_nothing_can_be_planted_is_refused() {
    let world = world();
    Cast::new(&world)
        .agent("alice", "red", &["answer", "[]"])
        .enter();
    let subject = world.spec_dir("search", &[("spec.md", "It is blue.\n")]);
    world.start_daemon();
    let mut daemon = world.supervisor();
    let refused = world.block_on(daemon.spawn_quality_gate(request(&subject, &["alice"], "one")));
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(
        refused.message().starts_with("nothing can be planted"),
        "{refused}"
    );
    assert!(world.all_runs().is_empty());
}

#[test]
fn agents_are_counted_right_by_what_people_said_and_not_by_what_they_said_in_bulk() {
    let world = world();
    let [time, length, address] = [
        ("FR-1 gives no time for quickly.", "answer a search quickly"),
        ("FR-2 gives no length of inactivity.", "after inactivity"),
        ("FR-4 names no address.", "by e-mail"),
    ]
    .map(|(claim, quote)| finding(claim, "critical", quote));
    Cast::new(&world)
        .agent(
            "alice",
            "red",
            &["answer", &json!([time, length, address]).to_string()],
        )
        .agent("bob", "blue", &["answer", &json!([time]).to_string()])
        .enter();
    let run = ask(&world, &spec(&world), &["alice", "bob"], &[]).run;
    let mut daemon = world.supervisor();
    for (beginning, said) in [
        ("FR-1", Disposition::MustFix(v1::MustFix {})),
        ("FR-2", Disposition::Dismiss(v1::Dismiss {})),
    ] {
        let mut questions = run.questions.iter();
        let question = questions.find(|q| q.text.starts_with(beginning)).unwrap();
        let answer = v1::AnswerQuestionRequest {
            answered_from: "test".to_owned(),
            request_id: beginning.to_owned(),
            question_id: question.id.clone(),
            content_hash: question.content_hash.clone(),
            disposition: Some(said),
            answered_by: "somebody".to_owned(),
        };
        world.block_on(daemon.answer_question(answer)).unwrap();
    }
    world.synod(["answer", &run.id, "--rest", "dismiss"]);

    let known = figures(&world, "");
    let counts = |all: &[v1::Calibration]| -> Vec<(String, String, u32, u32)> {
        let of = |c: &v1::Calibration| (c.name.clone(), c.family.clone(), c.right, c.judged);
        all.iter().map(of).collect()
    };
    let row = |name: &str, family: &str, right, judged| {
        (name.to_owned(), family.to_owned(), right, judged)
    };
    assert_eq!(
        counts(&known.agents),
        [row("alice", "red", 1, 2), row("bob", "blue", 1, 1)]
    );
    assert_eq!(
        counts(&known.families),
        [row("blue", "", 1, 1), row("red", "", 1, 2)]
    );
    // Below five nothing is said of the share, and nothing is measured or weighed.
    assert!(
        known
            .agents
            .iter()
            .all(|known| known.low_permille.is_none())
    );
    assert_eq!(known.correlation_permille, None);
    assert_eq!(known.shared_audited, Some(0));
    assert!(known.weights_permille.is_empty());
    let notes = known.notes.join("\n");
    assert!(notes.contains("counts only what was asked"), "{notes}");
}
