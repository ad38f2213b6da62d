//! A verdict stands for whoever submits the same again: nobody is asked twice about what is decided and unchanged.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask, ask_gate, gate, spec, submit},
    finding, with, world,
};

const BOTH: [&str; 2] = ["alice", "bob"];
const TIME: &str = "FR-1 gives no time for quickly.";
const INACTIVITY: &str = "FR-2 does not say after how many minutes.";

/// Two agents that count how often they are asked and raise this.
fn raising(world: &World, findings: &Value) {
    raising_as(world, findings, "");
}

fn raising_as(world: &World, findings: &Value, more: &str) {
    let (starts, findings) = (world.at("starts"), findings.to_string());
    let script = [
        "read-prompt",
        "append",
        &starts,
        "start",
        "answer",
        &findings,
    ];
    Cast::new(world)
        .agent_with("alice", "red", &script, more)
        .agent("bob", "blue", &script)
        .enter();
}

/// The same agents, that now raise this: what they say is no part of how they are configured.
fn saying(world: &World, findings: &Value) {
    let said = world.at("said");
    std::fs::write(&said, findings.to_string()).unwrap();
    let script = ["read-prompt", "answer", &said];
    Cast::new(world)
        .agent("alice", "red", &script)
        .agent("bob", "blue", &script)
        .enter();
}

fn starts(world: &World) -> usize {
    let kept = std::fs::read_to_string(world.at("starts"));
    kept.unwrap_or_default().lines().count()
}

fn open() -> Value {
    json!([with(
        finding(TIME, "critical", "answer a search quickly"),
        json!({"options": ["200 ms", "1 s"]}),
    )])
}

/// Another matter that is asked about.
fn other() -> Value {
    finding(INACTIVITY, "critical", "end a session after inactivity")
}

fn answer(world: &World, question: &str, word: &str) {
    world.synod(["answer", question, word]).success();
}

/// R6
#[test]
fn a_passed_gate_is_not_asked_again_until_something_changes() {
    let world = world();
    raising(&world, &json!([]));
    let spec = spec(&world);
    let first = ask(&world, &spec, &BOTH, &[]);
    assert_eq!((first.end(), starts(&world)), ((0, "passed"), 2));
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(
        (again.run.id.as_str(), again.end(), starts(&world)),
        (first.run.id.as_str(), (0, "passed"), 2)
    );
    // The next daemon knows it too, by another way to write the same place.
    world.kill_daemon();
    let there = format!("{spec}/../checkout");
    assert_eq!(submit(&world, &there, &BOTH, &[]), first.run.id);
    // To people it says that nobody was asked.
    let words = ["gate", "run", "clarify", "--spec", &spec, "--roster"];
    let told = world.synod(words.iter().chain(&["alice,bob"])).success();
    let remark = told.stderr();
    assert!(
        remark.contains("nothing has changed since clarify/checkout"),
        "{told}"
    );
    assert!(remark.contains("--force"), "{told}");
    assert!(told.stdout().contains("passed"), "{told}");
    assert_eq!(starts(&world), 2);

    let another = |asked: usize, flags: &[&str]| {
        let run = ask(&world, &spec, &BOTH, flags).run;
        assert_eq!(starts(&world), asked, "{flags:?}");
        run.id
    };
    let forced = another(4, &["--force"]);
    assert_ne!(forced, first.run.id);
    assert_eq!(
        another(4, &[]),
        forced,
        "the newest verdict is the one that stands"
    );
    another(6, &["--quorum", "1"]);
    std::fs::write(format!("{spec}/spec.md"), format!("{SPEC}\nMore.\n")).unwrap();
    another(8, &[]);
    std::fs::write(format!("{spec}/spec.md"), SPEC).unwrap();
    assert_eq!(another(8, &[]), forced, "what it was before is what it was");
    world.assert_invariants();
}

#[test]
fn an_agent_that_is_configured_otherwise_is_asked() {
    let world = world();
    raising(&world, &json!([]));
    let spec = spec(&world);
    ask(&world, &spec, &BOTH, &[]);
    let args = format!("args = [\"append\", {:?}, \"x\"]\n", world.at("other"));
    raising_as(&world, &json!([]), &args);
    ask(&world, &spec, &BOTH, &[]);
    assert_eq!(starts(&world), 4);
    // How long it may take is not what it is asked.
    raising_as(&world, &json!([]), &format!("{args}timeout = \"7m\"\n"));
    ask(&world, &spec, &BOTH, &[]);
    assert_eq!(starts(&world), 4);
}

#[test]
fn what_was_rejected_stays_so_and_what_is_open_is_waited_for() {
    let world = world();
    raising(&world, &open());
    let spec = spec(&world);
    let first = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(first.end(), (10, "awaiting-human"));
    let waiting = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(
        waiting.run.id, first.run.id,
        "its questions are open: it is joined"
    );
    let asked = starts(&world);
    world
        .synod(["answer", &first.only().id, "--must-fix"])
        .success();
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(
        (again.run.id.as_str(), again.end()),
        (first.run.id.as_str(), (1, "rejected"))
    );
    assert_eq!(starts(&world), asked);
    world.assert_invariants();
}

/// R1, R2: what nobody answered, or not all, was not decided.
#[test]
fn a_run_without_a_quorum_cancelled_or_with_somebody_missing_is_no_verdict_to_stand() {
    let world = world();
    let starts_at = world.at("starts");
    let counted = ["read-prompt", "append", &starts_at, "start"];
    let script = |last: &[&'static str]| -> Vec<String> {
        let words = counted.iter().chain(last);
        words.map(|word| (*word).to_owned()).collect()
    };
    let roster = ["alice", "bob", "carol"];
    let cast = |third: &[&'static str], second: &[&'static str]| {
        Cast::new(&world)
            .played("alice", "red", &script(&["answer", "[]"]))
            .played("bob", "blue", &script(second))
            .played("carol", "green", &script(third))
            .enter();
    };
    let spec = spec(&world);
    for (third, second, end) in [
        (&["exit", "3"][..], &["exit", "3"][..], (11, "no-quorum")),
        (
            &["exit", "3"][..],
            &["answer", "[]"][..],
            (0, "passed-degraded"),
        ),
    ] {
        cast(third, second);
        let before = starts(&world);
        let first = ask(&world, &spec, &roster, &[]);
        assert_eq!(first.end(), end);
        let again = ask(&world, &spec, &roster, &[]);
        assert_ne!(again.run.id, first.run.id);
        assert_eq!(starts(&world) - before, 6, "{end:?}");
    }
    cast(&["wait-file", "/nowhere"], &["answer", "[]"]);
    let run = submit(&world, &spec, &roster, &[]);
    world.synod(["cancel", &run]).success();
    assert_eq!(world.wait_end(&run).state, "cancelled");
    let again = submit(&world, &spec, &roster, &[]);
    assert_ne!(again, run);
    world.synod(["cancel", &again]).success();
    world.wait_end(&again);
    world.assert_invariants();
}

/// R8: a false pass that an old verdict would give.
#[test]
fn a_verdict_stands_no_longer_once_another_run_decided_about_its_subject() {
    let world = world();
    raising(&world, &json!([]));
    let spec = spec(&world);
    let passed = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(passed.end(), (0, "passed"));
    // The text around FR-1 changes, somebody finds that FR-1 must be fixed, and the change is taken back.
    std::fs::write(format!("{spec}/spec.md"), format!("{SPEC}\nMore.\n")).unwrap();
    raising(&world, &open());
    let changed = ask(&world, &spec, &BOTH, &[]);
    world
        .synod(["answer", &changed.only().id, "--must-fix"])
        .success();
    std::fs::write(format!("{spec}/spec.md"), SPEC).unwrap();
    raising(&world, &json!([]));
    let back = ask(&world, &spec, &BOTH, &[]);
    assert_ne!(back.run.id, passed.run.id);
    assert_eq!(
        back.end(),
        (1, "rejected"),
        "FR-1 is as it was: it must be fixed"
    );
    world.assert_invariants();
}

#[test]
fn a_decision_that_was_forgotten_takes_the_verdict_that_rested_on_it_along() {
    let world = world();
    raising(&world, &open());
    let spec = spec(&world);
    let first = ask(&world, &spec, &BOTH, &[]);
    world
        .synod(["answer", &first.only().id, "--dismiss"])
        .success();
    let asked = starts(&world);
    assert_eq!(ask(&world, &spec, &BOTH, &[]).run.id, first.run.id);
    let listed = world.synod(["--json", "ledger"]).success();
    let entry: v1::LedgerEntry = {
        let mut client = world.supervisor();
        let page = world.block_on(client.list_ledger(v1::ListLedgerRequest::default()));
        page.unwrap().into_inner().entries.remove(0)
    };
    assert!(listed.stdout().contains(&entry.id), "{listed}");
    world.synod(["ledger", "forget", &entry.id]).success();
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_ne!(again.run.id, first.run.id);
    assert_eq!(again.end(), (10, "awaiting-human"));
    assert!(starts(&world) > asked);
    world.assert_invariants();
}

/// R8: what was decided while a run waited for people was no part of what it was weighed with.
#[test]
fn a_verdict_does_not_stand_over_what_another_run_decided_before_its_last_question_was_answered() {
    let world = world();
    let spec = spec(&world);
    saying(&world, &json!([other()]));
    let waiting = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(waiting.end(), (10, "awaiting-human"));
    saying(&world, &open());
    let meanwhile = ask(&world, &spec, &BOTH, &["--quorum", "1"]);
    let mut found = meanwhile.run.findings.iter();
    let time = found.find(|found| found.text == TIME).unwrap();
    answer(&world, &time.id, "--must-fix");
    answer(&world, &waiting.only().id, "--dismiss");
    assert_eq!(world.wait_end(&waiting.run.id).state, "passed");
    saying(&world, &json!([]));
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_ne!(again.run.id, waiting.run.id);
    assert_eq!(again.end(), (1, "rejected"), "FR-1 must be fixed");
    world.assert_invariants();
}

/// Reviews of one repository have one subject: what is decided about one change says nothing of another.
#[test]
fn a_verdict_stands_though_another_run_decided_about_words_that_are_not_in_its_text() {
    let world = world();
    let spec = spec(&world);
    saying(&world, &json!([]));
    let passed = ask(&world, &spec, &BOTH, &[]);
    let more = format!("{SPEC}- FR-5: The shop shall be quick.\n");
    std::fs::write(format!("{spec}/spec.md"), more).unwrap();
    let claim = "FR-5 gives no time for quick.";
    saying(
        &world,
        &json!([finding(claim, "critical", "The shop shall be quick")]),
    );
    let changed = ask(&world, &spec, &BOTH, &[]);
    answer(&world, &changed.only().id, "--must-fix");
    std::fs::write(format!("{spec}/spec.md"), SPEC).unwrap();
    assert_eq!(ask(&world, &spec, &BOTH, &[]).run.id, passed.run.id);
    world.assert_invariants();
}

#[test]
fn a_decision_that_is_forgotten_while_a_run_waits_takes_its_verdict_along_too() {
    let world = world();
    let spec = spec(&world);
    saying(&world, &open());
    let first = ask(&world, &spec, &BOTH, &[]);
    answer(&world, &first.only().id, "--dismiss");
    let mut both = open();
    both.as_array_mut().unwrap().push(other());
    saying(&world, &both);
    let waiting = ask(&world, &spec, &BOTH, &["--force"]);
    assert_eq!(waiting.end(), (10, "awaiting-human"));
    let settled = waiting.run.findings.iter().find(|one| one.text == TIME);
    let settled = settled.unwrap();
    assert_eq!(settled.decision, "settled");
    world
        .synod(["ledger", "forget", &settled.ledger_id])
        .success();
    assert_eq!(
        submit(&world, &spec, &BOTH, &[]),
        waiting.run.id,
        "it is joined as long as it waits"
    );
    answer(&world, &waiting.run.questions[0].id, "--dismiss");
    assert_eq!(world.wait_end(&waiting.run.id).state, "passed");
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_ne!(again.run.id, waiting.run.id);
    assert_eq!(again.end(), (10, "awaiting-human"), "FR-1 is asked anew");
    world.assert_invariants();
}

/// R9: what nobody answered is not answered by a verdict from before it was asked.
#[test]
fn a_verdict_stands_no_longer_once_the_same_was_asked_again_and_cancelled_with_open_questions() {
    let world = world();
    let spec = spec(&world);
    saying(&world, &json!([]));
    let passed = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(passed.end(), (0, "passed"));
    saying(&world, &open());
    let forced = ask(&world, &spec, &BOTH, &["--force"]);
    assert_eq!(forced.end(), (10, "awaiting-human"));
    world.synod(["cancel", &forced.run.id]).success();
    assert_eq!(world.wait_end(&forced.run.id).state, "cancelled");
    let again = ask(&world, &spec, &BOTH, &[]);
    assert_eq!(again.end(), (10, "awaiting-human"));
    answer(&world, &again.only().id, "--dismiss");
    assert_eq!(ask(&world, &spec, &BOTH, &[]).run.id, again.run.id);
    world.assert_invariants();
}

#[test]
fn an_arbiter_that_is_configured_otherwise_may_rule_otherwise() {
    let world = world();
    let spec = spec(&world);
    gate(&world, "judged", "arbiter = \"judge\"\n");
    let cast = |args: &str| {
        let script = ["read-prompt", "answer", "[]"];
        Cast::new(&world)
            .agent("alice", "red", &script)
            .agent("bob", "blue", &script)
            .agent_with("judge", "green", &script, args)
            .enter();
        ask_gate(&world, "judged", &spec, &BOTH, &[]).run.id
    };
    let first = cast("");
    assert_eq!(cast("timeout = \"7m\"\n"), first);
    assert_ne!(cast("args = [\"start\"]\n"), first);
    world.assert_invariants();
}
