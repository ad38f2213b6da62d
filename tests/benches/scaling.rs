//! Time against size: how long the extractor takes for outputs that double, and the matcher for
//! findings that do. A ratio of 2 for each doubling is linear. Counted is processor time of this
//! thread, so that a busy machine changes little.
//!
//! `cargo bench -p synod-tests --bench scaling`; a word after `--` picks tables by their title.
//! What one run costs at fixed sizes is in `pure`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures, and says by panicking that it cannot go on"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use synod_consensus::cluster::{Claim, cluster};
use synod_consensus::{
    Corpus, Input, Invalid, Quote, RawFinding, Resolvability, Schema, Severity, extract,
};

const KB: usize = 1024;
const LARGEST: usize = 64 * KB * KB;
const CODE: &str = "R-7f3a";

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    for (title, output) in OUTPUTS {
        if wanted(&words, title) {
            extraction(title, *output);
        }
    }
    for (title, finding) in FINDINGS {
        if wanted(&words, title) {
            matching(title, *finding);
        }
    }
}

fn wanted(words: &[String], title: &str) -> bool {
    words.is_empty() || words.iter().any(|word| title.contains(word.as_str()))
}

/// An output of about as many bytes.
type Output = fn(usize) -> String;

const OUTPUTS: &[(&str, Output)] = &[
    ("log lines with JSON, the answer at the end", |size| {
        let line = "[12:00:01] tool said {\"ok\": true, \"left\": [1, 2]} and \"went\" on {\n";
        line.repeat(size / line.len()) + &answer(&["nobody could test it"])
    }),
    ("one answer, up to 32 MB read", |size| {
        let reasoning = "nobody could \\\"test\\\" it as it stands ".repeat(8);
        answer(&vec![
            reasoning.as_str();
            (size / (reasoning.len() + 120)).clamp(1, 2000)
        ]) + &" ".repeat(size / 2)
    }),
    ("many attempts without a receipt", |size| {
        let attempt = "{\"receipts\":{},\"findings\":[]}\n";
        attempt.repeat(size / attempt.len())
    }),
    ("nothing but {", |size| "{".repeat(size)),
    ("nothing but quotes", |size| "\"".repeat(size)),
    ("strings that two readings fight over", |size| {
        "[\"{\\\"".repeat(size / 5)
    }),
];

fn answer(reasonings: &[&str]) -> String {
    let one = |reasoning: &&str| {
        format!(
            "{{\"kind\":\"ambiguity\",\"claim\":\"The response time is open\",\
             \"severity\":\"important\",\"resolvability\":\"suggest-fix\",\
             \"reasoning\":\"{reasoning}\"}}"
        )
    };
    let all: Vec<String> = reasonings.iter().map(one).collect();
    format!(
        "{{\"receipts\":{{\"spec.md\":\"{CODE}\"}},\"findings\":[{}]}}\n",
        all.join(",")
    )
}

fn extraction(title: &str, output: Output) {
    let schema = Schema::clarify().unwrap();
    let receipts = BTreeMap::from([("spec.md".to_owned(), CODE.to_owned())]);
    println!("\n### Extraction: {title}\n");
    println!("| size | found | time | ratio | MB/s |");
    println!("|---:|---|---:|---:|---:|");
    let mut before: Option<Duration> = None;
    let mut size = KB;
    while size <= LARGEST {
        let bytes = output(size).into_bytes();
        let found = match extract(&bytes, &schema, &receipts, None) {
            Ok(_) => "answer",
            Err(invalid) => Invalid::reason(&invalid),
        };
        let took = median(|| {
            let _ = black_box(extract(black_box(&bytes), &schema, &receipts, None));
        });
        let rate = bytes.len() as f64 / (KB * KB) as f64 / took.as_secs_f64();
        println!(
            "| {} | {found} | {took:.1?} | {} | {rate:.0} |",
            shown(bytes.len()),
            ratio(before, took)
        );
        before = Some(took);
        size *= 2;
    }
}

fn shown(bytes: usize) -> String {
    if bytes < KB * KB {
        format!("{:.1} KB", bytes as f64 / KB as f64)
    } else {
        format!("{:.1} MB", bytes as f64 / (KB * KB) as f64)
    }
}

fn ratio(before: Option<Duration>, now: Duration) -> String {
    before.map_or_else(String::new, |before| {
        format!("{:.2}", now.as_secs_f64() / before.as_secs_f64())
    })
}

/// Of as many runs as fit into a tenth of a second, at least three.
fn median(mut run: impl FnMut()) -> Duration {
    let mut times = Vec::new();
    let began = Instant::now();
    while times.len() < 3 || (began.elapsed() < Duration::from_millis(100) && times.len() < 1001) {
        let start = worked();
        run();
        times.push(worked().saturating_sub(start));
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Processor time that this thread has used.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

const AGENTS: usize = 7;

/// What the nth finding of an agent says, and which requirement it quotes.
type Finding = fn(usize, usize) -> (String, usize);

const FAULTS: [&str; 5] = [
    "has no measurable response time",
    "does not say who is allowed to do it",
    "leaves the behaviour after a failure open",
    "uses a unit that is defined nowhere",
    "contradicts the limit given elsewhere",
];

const FINDINGS: &[(&str, Finding)] = &[
    (
        "each requirement once by each agent, half in other words",
        |agent, n| {
            let fault = FAULTS[(n + agent % 2) % FAULTS.len()];
            (format!("The search of step {n} {fault}"), n)
        },
    ),
    (
        "all about one requirement, nearly in the same words",
        |agent, n| {
            let fault = FAULTS[(n + agent) % FAULTS.len()];
            (format!("The search response for shoppers {fault}"), 0)
        },
    ),
    ("each about something of its own", |agent, n| {
        let word = |salt: usize| {
            format!(
                "{:x}",
                (agent * 1000 + n + salt).wrapping_mul(0x9E37_79B9_7F4A)
            )
        };
        (format!("{} {} {}", word(1), word(2), word(3)), n)
    }),
];

/// Preparing the inputs and resolving the anchors is counted; it is part of every weighing.
fn matching(title: &str, finding: Finding) {
    println!("\n### Matching by {AGENTS} agents: {title}\n");
    println!("| findings each | all | groups | time | ratio |");
    println!("|---:|---:|---:|---:|---:|");
    let mut before: Option<Duration> = None;
    // 142 each are the most that are compared; 200 each are left alone, and it is said.
    for each in [9, 18, 36, 71, 142, 200] {
        let inputs = [spec(each)];
        let findings: Vec<(usize, RawFinding)> = (0..AGENTS)
            .flat_map(|agent| (0..each).map(move |n| (agent, raw(finding(agent, n)))))
            .collect();
        let run = || {
            let corpus = Corpus::new(&inputs);
            let claims: Vec<Claim<'_>> = findings
                .iter()
                .map(|(member, finding)| Claim {
                    member: *member,
                    finding,
                    anchors: corpus.resolve(finding),
                    hash: finding.canonical_hash(),
                })
                .collect();
            cluster(&claims).groups.len()
        };
        let groups = run();
        let took = median(|| {
            black_box(run());
        });
        println!(
            "| {each} | {} | {groups} | {took:.1?} | {} |",
            findings.len(),
            ratio(before, took)
        );
        before = Some(took);
    }
}

fn requirement(n: usize) -> String {
    format!("FR-{n}: The search of step {n} must answer fast.")
}

fn spec(requirements: usize) -> Input {
    let lines: Vec<String> = (0..requirements).map(requirement).collect();
    Input {
        path: "spec.md".to_owned(),
        text: format!("# Shop\n\n{}\n", lines.join("\n")),
    }
}

fn raw((claim, quoted): (String, usize)) -> RawFinding {
    RawFinding {
        kind: "ambiguity".to_owned(),
        claim,
        severity: Severity::Important,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: vec![Quote {
            path: Some("spec.md".to_owned()),
            text: requirement(quoted),
        }],
        about: None,
        matter: None,
        place: None,
    }
}
