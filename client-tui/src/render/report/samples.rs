//! Reports for tests: one with all there is, and one in which every word of somebody else is hostile.

use synod_proto::v1::{
    GetReportResponse, LedgerEntry, Located, Missing, Place, PlacedFinding, Question,
    ReportedEntry, Run,
};

use crate::render::samples;

fn place(path: &str, line: u32, start: u64, length: u64) -> Place {
    Place {
        path: path.into(),
        first_line: line,
        first_column: 5,
        last_line: line,
        end_column: 5 + u32::try_from(length).unwrap(),
        start,
        end: start + length,
    }
}

pub fn entry(id: &str, standing: &str, disposition: &str) -> LedgerEntry {
    LedgerEntry {
        id: format!("{id:0<64}"),
        gate: "clarify".into(),
        subject: "/home/ada/shop/examples/checkout".into(),
        kind: "ambiguity".into(),
        claim: "“recently” names no span of time.".into(),
        severity: "important".into(),
        standing: standing.into(),
        disposition: disposition.into(),
        by: if standing == "settled" {
            "bob".into()
        } else {
            String::new()
        },
        from: if standing == "settled" {
            "tui on build-7".into()
        } else {
            String::new()
        },
        at: Some(samples::at(-86_400)),
        run_id: format!("{:0<32}", "0dd1"),
        paths: vec!["spec.md".into()],
        quote: "orders placed recently".into(),
        ..LedgerEntry::default()
    }
}

/// A gate that held a ballot and asked an arbiter, with findings of every decision and entries of every standing.
pub fn full() -> GetReportResponse {
    let run = samples::decided();
    let places = vec![
        PlacedFinding {
            finding_id: run.findings[0].id.clone(),
            places: vec![place("spec.md", 12, 310, 27)],
        },
        PlacedFinding {
            finding_id: run.findings[2].id.clone(),
            places: vec![place("spec.md", 31, 901, 22)],
        },
    ];
    let standing = |standing: &str, disposition: &str, line: u32| ReportedEntry {
        entry: Some(entry(
            &format!("{standing}{disposition}{line}"),
            standing,
            disposition,
        )),
        place: Some(place("spec.md", line, u64::from(line) * 40, 22)),
    };
    GetReportResponse {
        run: Some(run),
        standing: vec![
            standing("settled", "must-fix", 40),
            standing("settled", "dismiss", 41),
            standing("settled", "answer", 42),
            standing("resolved", "", 43),
            standing("watched", "", 44),
        ],
        places,
        inputs: vec!["spec.md".into(), "PRD.md".into()],
        root: "/home/ada/shop/examples/checkout".into(),
        revision: 99,
        known: Vec::new(),
    }
}

/// A review of a diff.
pub fn review() -> GetReportResponse {
    let mut answer = full();
    let run = answer.run.as_mut().unwrap();
    run.gate = "review".into();
    run.name = "review/shop#4".into();
    run.diff = "main..feature".into();
    for (number, finding) in (10..).zip(&mut run.findings) {
        finding.kind = "bug".into();
        finding.located = Some(Located {
            path: "src/pay ment.rs".into(),
            side: if number == 12 { "old" } else { "new" }.into(),
            first: number,
            last: number + 1,
            fingerprint: format!("{number:0>64}"),
            pre_existing: number == 13,
        });
        if let Some(voice) = finding.voices.first_mut() {
            voice.suggested_fix = "let total = sum(&items)?;\n".into();
        }
    }
    answer.standing.truncate(1);
    answer.places.clear();
    answer
}

/// What an agent may say to get out of where it is shown.
pub const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} ]]> --> <script>alert(1)</script> \
    <img src=x onerror=y> [click](https://evil.example) ![i](http://evil.example/i.png) @everyone #1 \
    `code` ``` </details> <!-- **bold** | cell | \u{202e}right to left\u{2066} \u{0} \u{1} \u{ffff} &amp; &#64; \
    http://evil.example www.evil.example 1. # head\r\n\n# Heading\n\n- item\n\n<b>x</b>\n\n| a | b |\n|---|---|\n";

/// The run with hostile words wherever somebody else's words stand; of the first finding, and of the verdict, they
/// are repeated so often.
pub fn hostile(times: usize) -> GetReportResponse {
    let mut answer = full();
    let bad = HOSTILE.to_owned();
    let run = answer.run.as_mut().unwrap();
    run.subject.clone_from(&bad);
    run.reason.clone_from(&bad);
    run.gate_origin.clone_from(&bad);
    run.diff.clone_from(&bad);
    let verdict = run.verdict.as_mut().unwrap();
    verdict.trust.clone_from(&bad);
    verdict.notes = vec![bad.clone(); 30];
    verdict.missing = vec![
        Missing {
            agent: bad.clone(),
            reason: bad.clone(),
            detail: bad.clone(),
        };
        3
    ];
    verdict.answered = vec![bad.clone()];
    for execution in &mut run.executions {
        execution.agent.clone_from(&bad);
        execution.family.clone_from(&bad);
        execution.reason.clone_from(&bad);
    }
    for finding in &mut run.findings {
        for text in [
            &mut finding.kind,
            &mut finding.text,
            &mut finding.severity,
            &mut finding.agreement,
            &mut finding.answer,
            &mut finding.rule,
            &mut finding.matter,
        ] {
            text.clone_from(&bad);
        }
        finding.options = vec![bad.clone(); 20];
        for anchor in &mut finding.anchors {
            anchor.path.clone_from(&bad);
            anchor.quote.clone_from(&bad);
        }
        if let Some(voice) = finding.voices.first().cloned() {
            finding.voices = vec![voice; 40];
        }
        for voice in &mut finding.voices {
            voice.agent.clone_from(&bad);
            voice.family.clone_from(&bad);
            voice.answer.clone_from(&bad);
            voice.reasoning.clone_from(&bad);
            voice.suggested_fix.clone_from(&bad);
        }
        for cast in &mut finding.ballots {
            cast.agent.clone_from(&bad);
            cast.real.clone_from(&bad);
        }
    }
    let (finding, question) = (run.findings[0].clone(), run.questions[0].clone());
    for number in 0..60 {
        let id = format!("{number:032}");
        let mut finding = finding.clone();
        finding.id.clone_from(&id);
        if number % 2 == 0 {
            finding.decision = "note".into();
        } else {
            run.questions.push(Question {
                id: id.clone(),
                finding_id: id,
                options: vec![bad.clone(); 20],
                recommended: bad.clone(),
                section: bad.clone(),
                answered_by: bad.clone(),
                ..question.clone()
            });
        }
        run.findings.push(finding);
    }
    let long = HOSTILE.repeat(times);
    run.verdict.as_mut().unwrap().trust.clone_from(&long);
    let first = &mut run.findings[0];
    first.text.clone_from(&long);
    first.rule.clone_from(&long);
    first.anchors[0].quote.clone_from(&long);
    first.voices[0].reasoning.clone_from(&long);
    for reported in &mut answer.standing {
        let entry = reported.entry.as_mut().unwrap();
        entry.claim.clone_from(&bad);
        entry.kind.clone_from(&bad);
        entry.answer.clone_from(&bad);
        entry.by.clone_from(&bad);
        entry.from.clone_from(&bad);
        entry.quote.clone_from(&bad);
    }
    answer
}

/// A run that ended so, without anything found.
pub fn ended(state: &str) -> GetReportResponse {
    let mut run: Run = samples::without_quorum();
    run.state = state.into();
    run.reason = state.into();
    GetReportResponse {
        run: Some(run),
        inputs: vec!["spec.md".into()],
        ..GetReportResponse::default()
    }
}
