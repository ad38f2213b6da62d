//! What holds for every report, and how each looks.

use std::sync::OnceLock;

use jsonschema::Validator;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::Value;
use synod_proto::v1::{
    Anchor, Finding, GetReportResponse, LedgerEntry, Located, Place, PlacedFinding, Question,
    ReportedEntry, Voice,
};

use super::{Report, json, junit, markdown, samples, sarif};
use crate::exit::Exit;

const BASE: &str = "examples/checkout/";

fn report(answer: &GetReportResponse) -> Report<'_> {
    Report::new(answer, BASE, crate::render::samples::look().now).unwrap()
}

/// The official schema; see the note beside it.
fn schema() -> &'static Validator {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let text = include_str!("../../../tests/sarif/sarif-schema-2.1.0.json");
        let mut schema: Value = serde_json::from_str(text).unwrap();
        // Its one pattern that is no regular expression (`]?`), for a field that is never written here.
        for of in ["run", "toolComponent"] {
            let path = format!("/definitions/{of}/properties/language");
            let language = schema.pointer_mut(&path).unwrap();
            language.as_object_mut().unwrap().remove("pattern").unwrap();
        }
        jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    })
}

#[track_caller]
fn valid(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = schema()
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    value
}

/// Every event of a report, as GitHub reads it.
fn read(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(
        text,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM,
    )
    .collect()
}

#[track_caller]
fn holds_only_our_html(text: &str) {
    let mut open = 0;
    for event in read(text) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                open += html.matches("<details>").count();
                open -= html.matches("</details>").count();
                let ours = html.trim() == "</details>"
                    || html.starts_with("<details><summary>")
                        && html.trim_end().ends_with("</summary>")
                        && html.matches('<').count() == 3;
                assert!(ours, "{html}");
            }
            Event::Start(pulldown_cmark::Tag::Link { .. } | pulldown_cmark::Tag::Image { .. }) => {
                panic!("a link in {text}");
            }
            _ => {}
        }
    }
    assert_eq!(open, 0, "{text}");
}

#[test]
fn the_markdown_of_a_full_run() {
    let answer = samples::full();
    let text = markdown::markdown(&report(&answer));
    holds_only_our_html(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_markdown_of_a_run_without_quorum() {
    let answer = samples::ended("no-quorum");
    insta::assert_snapshot!(markdown::markdown(&report(&answer)));
}

#[test]
fn the_junit_of_a_full_run() {
    let answer = samples::full();
    insta::assert_snapshot!(junit::junit(&report(&answer)).unwrap());
}

#[test]
fn the_junit_of_a_run_without_quorum() {
    let answer = samples::ended("no-quorum");
    insta::assert_snapshot!(junit::junit(&report(&answer)).unwrap());
}

#[test]
fn the_sarif_of_a_full_run() {
    let answer = samples::full();
    let text = sarif::sarif(&report(&answer));
    valid(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_sarif_of_a_review() {
    let answer = samples::review();
    let text = sarif::sarif(&report(&answer));
    valid(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_json_is_the_message_of_the_api() {
    let answer = samples::full();
    let text = json::json(&report(&answer)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value, synod_shared::json::to_json(&answer).unwrap());
}

#[test]
fn what_an_agent_would_write_instead_stands_below_its_word() {
    let answer = samples::review();
    let text = markdown::markdown(&report(&answer));
    assert!(text.contains("\n  - suggests: let total"), "{text}");
}

#[test]
fn an_open_audit_is_blind_in_every_report() {
    let mut answer = samples::full();
    let run = answer.run.as_mut().unwrap();
    run.questions[0].audit = true;
    run.questions[0].recommended = "SECRET".into();
    let finding = &mut run.findings[0];
    finding.audited = "resolve".into();
    finding.answer = "SECRET".into();
    finding.rule = "SECRET".into();
    finding.voices[0].reasoning = "SECRET".into();
    finding.voices[0].suggested_fix = "SECRET".into();
    let report = report(&answer);
    for text in [
        markdown::markdown(&report),
        junit::junit(&report).unwrap(),
        sarif::sarif(&report),
        json::json(&report).unwrap(),
    ] {
        assert!(!text.contains("SECRET"), "{text}");
    }
}

/// An empty report would close every alert.
#[test]
fn no_sarif_is_written_of_a_run_that_could_not_decide() {
    let exit = |state: &str| {
        let run = samples::ended(state).run.unwrap();
        sarif::refused(&run).map(|(exit, _)| exit)
    };
    assert_eq!(exit("no-quorum"), Some(Exit::NoQuorum));
    assert_eq!(exit("deadline-exceeded"), Some(Exit::DeadlineExceeded));
    assert_eq!(exit("cancelled"), Some(Exit::Cancelled));
    assert_eq!(exit("failed"), Some(Exit::Failed));
    for live in [
        "pending",
        "executing",
        "deciding",
        "a-word-of-a-newer-daemon",
    ] {
        assert_eq!(exit(live), Some(Exit::Refused), "{live}");
    }
    for decided in ["passed", "passed-degraded", "rejected", "awaiting-human"] {
        assert_eq!(exit(decided), None, "{decided}");
    }
    let mut probe = samples::full().run.unwrap();
    probe.probe = true;
    assert_eq!(
        sarif::refused(&probe).map(|(exit, _)| exit),
        Some(Exit::Refused)
    );
}

fn fingerprints(answer: &GetReportResponse) -> Vec<String> {
    let log = valid(&sarif::sarif(&report(answer)));
    let results = log["runs"][0]["results"].as_array().unwrap().clone();
    let print = |result: &Value| {
        result["partialFingerprints"]["synod/v1"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    results.iter().map(print).collect()
}

#[test]
fn what_this_run_did_not_find_again_keeps_its_alert() {
    let mut before = samples::full();
    before.standing.clear();
    let found = before.run.as_ref().unwrap().findings[0].clone();
    let mut after = before.clone();
    after.run.as_mut().unwrap().findings.remove(0);
    after.run.as_mut().unwrap().questions.remove(0);
    after.standing.push(ReportedEntry {
        entry: Some(LedgerEntry {
            kind: found.kind,
            claim: "the same in other words".into(),
            quote: found.anchors[0].quote.clone(),
            paths: vec![found.anchors[0].path.clone()],
            ..samples::entry("1", "settled", "must-fix")
        }),
        place: before.places[0].places.first().cloned(),
    });
    let (mut before, mut after) = (fingerprints(&before), fingerprints(&after));
    before.sort();
    after.sort();
    assert_eq!(before, after);
}

#[test]
fn no_two_results_have_one_fingerprint() {
    let mut prints = fingerprints(&samples::full());
    let all = prints.len();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), all);
}

/// O13
#[test]
fn hostile_words_stay_words_in_markdown() {
    for times in [1, 2_000] {
        let answer = samples::hostile(times);
        let text = markdown::markdown(&report(&answer));
        holds_only_our_html(&text);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{0}', '\r']));
        // Sites look for mentions and addresses in words, not in code.
        for event in read(&text) {
            if let Event::Text(words) = event {
                assert!(
                    !words.contains("@everyone") && !words.contains("http://"),
                    "{words}"
                );
            }
        }
        let headings = read(&text)
            .iter()
            .filter(|event| matches!(event, Event::Start(pulldown_cmark::Tag::Heading { .. })))
            .count();
        assert_eq!(
            headings,
            text.lines().filter(|line| line.starts_with("##")).count()
        );
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
    }
}

#[test]
fn hostile_words_stay_words_in_junit() {
    for times in [1, 2_000] {
        let answer = samples::hostile(times);
        let text = junit::junit(&report(&answer)).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let names: std::collections::BTreeSet<&str> = document
            .descendants()
            .filter(roxmltree::Node::is_element)
            .map(|node| node.tag_name().name())
            .collect();
        let known = [
            "failure",
            "properties",
            "property",
            "skipped",
            "system-out",
            "testcase",
            "testsuite",
            "testsuites",
        ];
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{0}', '\u{ffff}']));
        let said = document
            .descendants()
            .find(|node| node.has_tag_name("failure"))
            .unwrap();
        assert!(said.attribute("message").unwrap().contains("<script>"));
    }
}

#[test]
fn hostile_words_stay_words_in_sarif() {
    for times in [1, 2_000] {
        let answer = samples::hostile(times);
        let text = sarif::sarif(&report(&answer));
        let log = valid(&text);
        let message = log["runs"][0]["results"][0]["message"]["text"]
            .as_str()
            .unwrap();
        assert!(message.contains("[click] (https"), "{message}");
        assert!(!text.contains("\\u001b") && !text.contains('\u{202e}'));
    }
}

#[test]
fn the_counts_of_a_suite_are_those_of_its_cases() {
    for answer in [
        samples::full(),
        samples::ended("no-quorum"),
        samples::ended("cancelled"),
    ] {
        let text = junit::junit(&report(&answer)).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let suite = document
            .descendants()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        for (attribute, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let count = suite
                .descendants()
                .filter(|node| node.has_tag_name(element))
                .count();
            assert_eq!(
                suite.attribute(attribute),
                Some(count.to_string().as_str()),
                "{attribute}"
            );
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => any::<String>(),
        1 => Just(String::new()),
        1 => Just(samples::HOSTILE.to_owned()),
        2 => "[a-z /:#?%.-]{0,20}",
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(words).prop_map(str::to_owned)
}

prop_compose! {
    fn located()(path in text(), side in word(&["new", "old", ""]), first in any::<u32>(), last in any::<u32>(),
        fingerprint in text(), pre_existing in any::<bool>()) -> Located {
        Located { path, side, first, last, fingerprint, pre_existing }
    }
}

prop_compose! {
    fn place()(path in text(), lines in any::<[u32; 4]>(), bytes in any::<[u64; 2]>()) -> Place {
        let [first_line, first_column, last_line, end_column] = lines;
        Place { path, first_line, first_column, last_line, end_column, start: bytes[0], end: bytes[1] }
    }
}

prop_compose! {
    fn anchor()(path in text(), start in any::<Option<u64>>(), end in any::<Option<u64>>(), quote in text()) -> Anchor {
        Anchor { path, start, end, quote }
    }
}

prop_compose! {
    fn finding()(
        id in "[a-c]", kind in text(), claim in text(),
        severity in word(&["critical", "important", "minor", "?"]),
        decision in word(&["resolve", "ask", "arbitrate", "watch", "note", "settled", "?"]),
        answer in text(),
        anchors in proptest::collection::vec(anchor(), 0..3),
        fixes in proptest::collection::vec(text(), 0..3),
        possibly_same in proptest::collection::vec("[a-c]", 0..2),
        located in proptest::option::of(located()),
    ) -> Finding {
        let voices = fixes.into_iter().map(|suggested_fix| Voice { suggested_fix, ..Voice::default() }).collect();
        Finding { id, kind, text: claim, severity, decision, answer, anchors, voices, possibly_same, located, ..Finding::default() }
    }
}

prop_compose! {
    fn question()(
        id in "[a-c]",
        state in word(&["open", "later", "settled", "withdrawn", "?"]),
        disposition in word(&["answer", "must-fix", "dismiss", "duplicate", "?"]),
        answered_by in text(), options in proptest::collection::vec(text(), 0..3), audit in any::<bool>(),
    ) -> Question {
        Question { finding_id: id.clone(), id, state, disposition, answered_by, options, audit, ..Question::default() }
    }
}

prop_compose! {
    fn standing()(
        kind in text(), claim in text(), quote in text(),
        standing in word(&["settled", "resolved", "watched", "?"]),
        disposition in word(&["answer", "must-fix", "dismiss", "duplicate", ""]),
        paths in proptest::collection::vec(text(), 0..2),
        located in proptest::option::of(located()),
        place in proptest::option::of(place()),
    ) -> ReportedEntry {
        let entry = LedgerEntry { kind, claim, quote, standing, disposition, paths, located, ..LedgerEntry::default() };
        ReportedEntry { entry: Some(entry), place }
    }
}

prop_compose! {
    fn answers()(
        gate in text(), name in text(), subject in text(),
        state in word(&["passed", "passed-degraded", "rejected", "awaiting-human", "no-quorum", "cancelled"]),
        seconds in any::<i64>(),
        findings in proptest::collection::vec(finding(), 0..4),
        questions in proptest::collection::vec(question(), 0..3),
        standing in proptest::collection::vec(standing(), 0..3),
        places in proptest::collection::vec(("[a-c]", proptest::collection::vec(place(), 0..3)), 0..2),
        inputs in proptest::collection::vec(text(), 0..2),
    ) -> GetReportResponse {
        let mut answer = samples::full();
        let run = answer.run.as_mut().unwrap();
        run.gate = gate;
        run.name = name;
        run.subject = subject;
        run.state = state;
        run.created_at = Some(prost_types::Timestamp { seconds, nanos: 0 });
        run.findings = findings;
        run.questions = questions;
        answer.standing = standing;
        answer.inputs = inputs;
        answer.places = places.into_iter().map(|(finding_id, places)| PlacedFinding { finding_id, places }).collect();
        answer
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_a_run_holds_the_reports_are_well_formed(answer in answers()) {
        let report = report(&answer);
        let log = valid(&sarif::sarif(&report));
        let results = log["runs"][0]["results"].as_array().map_or(0, Vec::len);
        prop_assert_eq!(results, answer.run.as_ref().unwrap().findings.len() + answer.standing.len());
        let text = junit::junit(&report).unwrap();
        let document = roxmltree::Document::parse(&text);
        prop_assert!(document.is_ok(), "{:?}\n{}", document.err(), text);
        holds_only_our_html(&markdown::markdown(&report));
    }
}
