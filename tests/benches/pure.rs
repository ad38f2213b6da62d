//! The parts without input or output: what they cost when nothing else does.
//!
//! Files, processes and sockets are measured by `figures`, over the real programs.
#![allow(
    clippy::unwrap_used,
    reason = "a bench that cannot go on says so by panicking"
)]

use std::{collections::BTreeMap, fmt::Write as _};

use divan::{Bencher, counter::BytesCount};
use synod_consensus::{
    Answer, Evidence, Input, Policy, Quote, RawFinding, Resolvability, Schema, Severity, Table,
    decide, decide::Member, extract,
};
use synod_shared::sanitize;

fn main() {
    divan::main();
}

const AGENTS: usize = 7;
const FINDINGS: usize = 200;
const MEGABYTE: usize = 1024 * 1024;
const CODE: &str = "R-7f3a";

const SUBJECTS: [&str; 8] = [
    "search", "payment", "refund", "login", "invoice", "basket", "delivery", "report",
];
const FAULTS: [&str; 5] = [
    "has no measurable response time",
    "does not say who is allowed to do it",
    "leaves the behaviour after a failure open",
    "uses a unit that is defined nowhere",
    "contradicts the limit given elsewhere",
];

/// A spec with as many requirements as findings.
fn spec() -> Input {
    let mut text = String::from("# Shop\n");
    for at in 0..FINDINGS {
        let subject = SUBJECTS[at % SUBJECTS.len()];
        if at % 10 == 0 {
            write!(text, "\n## Section {}\n\n", at / 10).unwrap();
        }
        writeln!(
            text,
            "FR-{at}: The {subject} of step {at} must answer fast."
        )
        .unwrap();
    }
    Input {
        path: "spec.md".to_owned(),
        text,
    }
}

/// What one agent found: of each requirement something, in words that others share half of the time.
fn findings(agent: usize) -> Vec<RawFinding> {
    let severities = [Severity::Critical, Severity::Important, Severity::Minor];
    (0..FINDINGS)
        .map(|at| {
            let subject = SUBJECTS[at % SUBJECTS.len()];
            let fault = FAULTS[(at + agent % 2) % FAULTS.len()];
            RawFinding {
                kind: "ambiguity".to_owned(),
                claim: format!("The {subject} of step {at} {fault}"),
                severity: severities[(at + agent) % severities.len()],
                resolvability: Resolvability::SuggestFix,
                answer: Some(format!("within {} seconds", 1 + agent % 3)),
                options: Vec::new(),
                reasoning: Some("nobody could test it as it stands".to_owned()),
                suggested_fix: None,
                quotes: vec![Quote {
                    path: Some("spec.md".to_owned()),
                    text: format!("FR-{at}: The {subject} of step {at} must answer fast."),
                }],
                about: None,
                matter: None,
                place: None,
            }
        })
        .collect()
}

#[divan::bench]
fn consensus_over_7_agents_with_200_findings_each(bencher: Bencher<'_, '_>) {
    let members: Vec<Member> = (0..AGENTS)
        .map(|agent| Member {
            agent: format!("agent-{agent}"),
            family: format!("family-{}", agent % 4),
            execution_id: format!("e-{agent}"),
            attempt_id: format!("a-{agent}"),
            result: Ok(Answer {
                cleared: Vec::new(),
                findings: findings(agent),
            }),
            range: Some(0..10),
        })
        .collect();
    let policy = Policy {
        quorum: 4,
        roster_size: AGENTS,
        table: Table::default(),
        arbiter: None,
        ballot: false,
        audit_permille: 0,
        seed: String::new(),
        shape: synod_consensus::Shape::Findings,
        record: synod_consensus::TrackRecord::default(),
    };
    let evidence = Evidence::of(members, vec![spec()], policy);
    bencher.bench_local(|| decide(divan::black_box(&evidence)));
}

/// Output of this many megabytes: log lines with braces and quotes in them, the answer at the end.
#[divan::bench(args = [1, 10])]
fn extraction_from_megabytes_of_prose(bencher: Bencher<'_, '_>, megabytes: usize) {
    let mut output = String::new();
    while output.len() < megabytes * MEGABYTE {
        output
            .push_str("[12:00:01] tool said {\"ok\": true, \"left\": [1, 2]} and \"went\" on {\n");
    }
    output.push_str(&answer(20));
    bench_extraction(bencher, &output);
}

/// The answer itself is this many megabytes long, in as many findings as a schema lets through.
#[divan::bench(args = [1, 10])]
fn extraction_of_an_answer_of_megabytes(bencher: Bencher<'_, '_>, megabytes: usize) {
    const MANY: usize = 200;
    let reasoning = r#"so nobody could \"test\" it "#.repeat(megabytes * MEGABYTE / MANY / 28);
    bench_extraction(bencher, &answer_with(MANY, &reasoning));
}

fn bench_extraction(bencher: Bencher<'_, '_>, output: &str) {
    let schema = Schema::clarify().unwrap();
    let receipts = BTreeMap::from([("spec.md".to_owned(), CODE.to_owned())]);
    let found = extract(output.as_bytes(), &schema, &receipts, None);
    assert!(found.is_ok(), "{found:?}");
    bencher
        .counter(BytesCount::new(output.len()))
        .bench_local(|| {
            extract(
                divan::black_box(output.as_bytes()),
                &schema,
                &receipts,
                None,
            )
        });
}

fn answer(count: usize) -> String {
    answer_with(count, "as it stands")
}

fn answer_with(count: usize, reasoning: &str) -> String {
    let one = |at: usize| {
        format!(
            "{{\"kind\":\"ambiguity\",\"claim\":\"Step {at} has no measurable response time\",\
             \"severity\":\"important\",\"resolvability\":\"suggest-fix\",\"answer\":\"2 seconds\",\
             \"reasoning\":\"{reasoning}\",\"suggested_fix\":\"say so in step {at}\"}}"
        )
    };
    let all: Vec<String> = (0..count.max(1)).map(one).collect();
    format!(
        "{{\"receipts\":{{\"spec.md\":\"{CODE}\"}},\"findings\":[{}]}}\n",
        all.join(",")
    )
}

/// A megabyte as a terminal program prints it: colours, links, titles.
#[divan::bench]
fn sanitising_a_megabyte(bencher: Bencher<'_, '_>) {
    let mut output = String::new();
    while output.len() < MEGABYTE {
        output.push_str(
            "\x1b[1;32mok\x1b[0m größer \x1b]8;;http://x\x07link\x1b]8;;\x07 plain text\n",
        );
    }
    bencher
        .counter(BytesCount::new(output.len()))
        .bench_local(|| sanitize::bytes(divan::black_box(output.as_bytes())));
}
