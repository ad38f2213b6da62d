//! What a run came to, as files for other programs: from real runs, through the command line.

use serde_json::{Value, json};
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask, spec},
    finding,
    stage::{TIME, says},
    with, world,
};

const LENGTH: &str = "FR-2 gives no length of inactivity.";
const ADDRESS: &str = "FR-4 names no address.";
const ROSTER: [&str; 2] = ["alice", "bob"];

fn everybody_raises(world: &World, claims: &[(&str, &str)]) {
    let findings = claims.iter().map(|(claim, quote)| {
        let options = json!({"answer": "the first", "options": ["the first", "the second"]});
        with(finding(claim, "critical", quote), options)
    });
    let script = says(&findings.collect(), &json!([]));
    Cast::new(world)
        .played("alice", "red", &script)
        .played("bob", "blue", &script)
        .enter();
}

const ALL: [(&str, &str); 3] = [
    (TIME, "answer a search quickly"),
    (LENGTH, "after inactivity"),
    (ADDRESS, "by e-mail"),
];

fn sarif(world: &World, run: &str) -> Value {
    let words = ["gate", "report", run, "--format", "sarif"];
    let out = world.synod(words).success();
    serde_json::from_str(&out.stdout()).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// By claim: how it stands, its level, its line and what it is called.
fn results(sarif: &Value) -> Vec<(String, String, String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let mut all: Vec<_> = results
        .iter()
        .map(|result| {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            (
                text(&result["message"]["text"]),
                text(&result["properties"]["standing"]),
                text(&result["level"]),
                region["startLine"].as_u64().unwrap_or(0),
                text(&result["partialFingerprints"]["synod/v1"]),
            )
        })
        .collect();
    all.sort();
    all
}

fn answer(world: &World, run: &synod_proto::v1::Run, claim: &str, word: &str) {
    let found = run.findings.iter().find(|found| found.text == claim);
    let id = &found.unwrap_or_else(|| panic!("{claim} is not asked")).id;
    world.synod(["answer", id, word]).success();
}

#[test]
fn each_form_tells_how_every_matter_of_a_run_stands() {
    let world = world();
    everybody_raises(&world, &ALL);
    let run = ask(&world, &spec(&world), &ROSTER, &[]).run;
    answer(&world, &run, LENGTH, "--must-fix");
    answer(&world, &run, ADDRESS, "--dismiss");

    let file = sarif(&world, &run.id);
    assert_eq!(file["version"], "2.1.0");
    assert_eq!(
        file["runs"][0]["automationDetails"]["id"],
        "synod/clarify/checkout/"
    );
    let found = results(&file);
    let short: Vec<(&str, &str, &str, u64)> = found
        .iter()
        .map(|(text, standing, level, line, _)| {
            (
                text.split(". ").next().unwrap(),
                standing.as_str(),
                level.as_str(),
                *line,
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("FR-1 gives no time for quickly", "open", "error", 5),
            ("FR-2 gives no length of inactivity", "must-fix", "error", 6),
            (ADDRESS, "dismissed", "error", 8),
        ]
    );
    let rule = &file["runs"][0]["results"][0]["ruleId"];
    assert_eq!(rule, "clarify/ambiguity");

    let markdown = world.synod(["gate", "report", &run.id]).success().stdout();
    for words in [
        "## ",
        "For you to decide (1)",
        "To be fixed",
        TIME,
        LENGTH,
        ADDRESS,
    ] {
        assert!(markdown.contains(words), "{words} in {markdown}");
    }
    let junit = world
        .synod(["gate", "report", &run.id, "--format", "junit"])
        .success()
        .stdout();
    assert!(
        junit.contains("failures=\"2\"") && junit.contains("errors=\"0\""),
        "{junit}"
    );
    let words = ["gate", "report", &run.id, "--format", "json"];
    let object = world.synod(words).success().json();
    assert_eq!(object["run"]["id"], run.id);
    assert_eq!(object["inputs"], json!(["spec.md"]));
    world.assert_invariants();
}

#[test]
fn a_run_reports_in_the_form_it_was_asked_for_and_ends_as_it_would() {
    let world = world();
    everybody_raises(&world, &ALL);
    let spec = spec(&world);
    let args = [
        "gate",
        "run",
        "clarify",
        "--spec",
        &spec,
        "--roster",
        "alice,bob",
    ];
    let out = world
        .synod(args.iter().chain(&["--format", "sarif"]))
        .code(10);
    let file: Value = serde_json::from_str(&out.stdout()).unwrap();
    assert_eq!(results(&file).len(), 3);
}

/// R1: whoever uploads an empty file closes every alert.
#[test]
fn without_a_quorum_no_sarif_is_written_and_junit_tells_an_error() {
    let world = world();
    Cast::new(&world)
        .agent("alice", "red", &["read-prompt", "exit", "3"])
        .agent("bob", "blue", &["read-prompt", "exit", "3"])
        .enter();
    let run = ask(&world, &spec(&world), &ROSTER, &[]).run;
    let file = world.at("kept.sarif");
    std::fs::write(&file, "before").unwrap();
    let words = [
        "gate", "report", &run.id, "--format", "sarif", "--output", &file,
    ];
    let said = world.synod(words).refusal(11);
    assert!(
        said.contains("too few agents gave a valid answer"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "before");
    let junit = world
        .synod(["gate", "report", &run.id, "--format", "junit"])
        .success()
        .stdout();
    assert!(junit.contains("errors=\"3\""), "{junit}");
}

#[test]
fn what_a_run_does_not_find_again_keeps_its_alert_and_its_name() {
    let world = world();
    everybody_raises(&world, &ALL);
    let spec = spec(&world);
    let first = ask(&world, &spec, &ROSTER, &[]).run;
    answer(&world, &first, LENGTH, "--must-fix");
    let before = results(&sarif(&world, &first.id));

    // Two lines more above, and nobody finds anything: one is to be fixed, two are still asked by the first run.
    std::fs::write(format!("{spec}/spec.md"), format!("# New\n\n{SPEC}")).unwrap();
    everybody_raises(&world, &[]);
    let second = ask(&world, &spec, &ROSTER, &[]).run;
    assert_eq!(second.state, "awaiting-human");
    let after = results(&sarif(&world, &second.id));
    let names = |all: &[(String, String, String, u64, String)]| {
        let mut names: Vec<(String, u64)> = all.iter().map(|one| (one.4.clone(), one.3)).collect();
        names.sort();
        names
    };
    let moved: Vec<(String, u64)> = names(&before)
        .into_iter()
        .map(|(name, line)| (name, line + 2))
        .collect();
    assert_eq!(names(&after), moved);
    let standing: Vec<&str> = after.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(standing, ["open", "must-fix", "open"]);
    let markdown = world
        .synod(["gate", "report", &second.id])
        .success()
        .stdout();
    assert!(markdown.contains("For you to decide (2)"), "{markdown}");
    assert!(markdown.contains("To be fixed (1)"), "{markdown}");

    // What is put off is asked as before.
    answer(&world, &first, ADDRESS, "--later");
    assert_eq!(results(&sarif(&world, &second.id)), after);

    // Once the first run's questions are answered, that is what the file says.
    world
        .synod(["answer", &first.id, "--rest", "dismiss"])
        .success();
    let settled = results(&sarif(&world, &second.id));
    let standing: Vec<&str> = settled.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(standing, ["dismissed", "must-fix", "dismissed"]);
    // Raised again with other words of the same paragraph quoted, it is the same alert.
    everybody_raises(
        &world,
        &[(TIME, "shall answer a search"), (ADDRESS, "send a receipt")],
    );
    let again = ask(&world, &spec, &ROSTER, &[]).run;
    assert_ne!(again.id, second.id);
    let called = |all: Vec<(String, String, String, u64, String)>| {
        let mut all: Vec<String> = all.into_iter().map(|one| one.4).collect();
        all.sort();
        all
    };
    assert_eq!(called(results(&sarif(&world, &again.id))), called(settled));
    everybody_raises(&world, &[]);
    // And when its text has changed, it is gone.
    let changed = SPEC.replace("after inactivity", "after 10 minutes");
    std::fs::write(format!("{spec}/spec.md"), changed).unwrap();
    let third = ask(&world, &spec, &ROSTER, &[]).run;
    assert_eq!(third.state, "passed");
    let left = results(&sarif(&world, &third.id));
    assert_eq!(left.len(), 2, "{left:?}");
    world.assert_invariants();
}
