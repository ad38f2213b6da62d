//! A run of five reviewers of three families, one of which gave no valid answer: findings of every kind.

use prost_types::Duration;
use synod_proto::v1::{
    Anchor, Attempt, Counts, Execution, Finding, Missing, Question, Run, Verdict, Voice,
};

use crate::render::samples::{self, at};

const AGENTS: [(&str, &str, &str); 5] = [
    ("claude-opus", "claude", "anthropic"),
    ("gemini", "gemini", "google"),
    ("claude-sonnet", "claude", "anthropic"),
    ("ambiguity", "rules", "local"),
    ("consistency", "rules", "local"),
];

fn id(first: &str) -> String {
    format!("{first:0<32}")
}

fn execution(n: u32) -> Execution {
    let (agent, family, provider) = AGENTS[n as usize];
    let failed = agent == "claude-sonnet";
    let attempt = Attempt {
        id: id(&format!("a{n}")),
        execution_id: id(&format!("e{n}")),
        run_id: id("9"),
        number: 1,
        state: "exited".into(),
        exit_code: Some(0),
        reason: "completed".into(),
        started_at: Some(at(1)),
        ended_at: Some(at(40 + i64::from(n) * 7)),
        output_bytes: Some(5_400 * (u64::from(n) + 1)),
        error_bytes: Some(if failed { 312 } else { 0 }),
        containment: "cgroup-v2".into(),
        timeout: Some(Duration {
            seconds: 300,
            nanos: 0,
        }),
        last_line: "}".into(),
        last_output_at: Some(at(39)),
        ..Attempt::default()
    };
    Execution {
        id: id(&format!("e{n}")),
        run_id: id("9"),
        agent: agent.into(),
        family: family.into(),
        provider: provider.into(),
        state: if failed { "failed" } else { "completed" }.into(),
        reason: if failed {
            "schema-mismatch"
        } else {
            "completed"
        }
        .into(),
        detail: if failed {
            "at findings/0/kind: expected one of ambiguity, gap; found “nit”"
        } else {
            ""
        }
        .into(),
        queued_at: Some(at(0)),
        ended_at: Some(at(41 + i64::from(n) * 7)),
        position: Some(n),
        attempts: vec![attempt],
        ..Execution::default()
    }
}

fn voice(n: usize, severity: &str, answer: &str, reasoning: &str) -> Voice {
    let (agent, family, _) = AGENTS[n];
    Voice {
        agent: agent.into(),
        family: family.into(),
        execution_id: id(&format!("e{n}")),
        attempt_id: id(&format!("a{n}")),
        severity: severity.into(),
        answer: answer.into(),
        reasoning: reasoning.into(),
        ..Voice::default()
    }
}

fn finding(name: &str, words: [&str; 4], text: &str, voices: Vec<Voice>) -> Finding {
    let [severity, agreement, decision, rule] = words;
    Finding {
        id: id(name),
        run_id: id("9"),
        kind: "ambiguity".into(),
        text: text.into(),
        severity: severity.into(),
        agreement: agreement.into(),
        decision: decision.into(),
        rule: rule.into(),
        resolvability: "suggest-fix".into(),
        anchors: vec![Anchor {
            path: "spec.md".into(),
            start: Some(310),
            end: Some(337),
            quote: "The checkout shall be fast".into(),
        }],
        voices,
        ..Finding::default()
    }
}

fn findings() -> Vec<Finding> {
    let p95 = "p95 under 300 ms at the server";
    let p99 = "p99 under one second in the browser";
    let mut fast = finding(
        "f1",
        ["critical", "contested", "ask", "contested × critical: ask"],
        "“The checkout shall be fast” names no number: what is fast, measured where, for which share of requests?",
        vec![
            voice(
                0,
                "critical",
                p95,
                "Other limits in the PRD are given at the server, and 300 ms is the budget of the payment provider.\n\nWithout a number no test can fail.",
            ),
            voice(
                1,
                "important",
                p99,
                "Customers see the browser, not the server.",
            ),
            voice(3, "minor", "", "vague quality “fast” without a number"),
        ],
    );
    fast.options = vec![p95.into(), p99.into()];
    fast.answer = p95.into();
    fast.possibly_same = vec![id("f3")];
    let mut refund = finding(
        "f2",
        [
            "important",
            "confirmed",
            "ask",
            "confirmed, one answer × important: ask, a voice is missing",
        ],
        "Refunds take 14 days in spec.md and 30 days in PRD.md.",
        vec![
            voice(0, "important", "14 days", ""),
            voice(1, "important", "14 days", ""),
            voice(4, "important", "", "same id, different numbers"),
        ],
    );
    refund.answer = "14 days".into();
    refund.anchors.clear();
    let mut slow = finding(
        "f3",
        [
            "important",
            "unconfirmed",
            "watch",
            "unconfirmed × important: watch",
        ],
        "The payment page may be slow on mobile networks.",
        vec![voice(
            1,
            "important",
            "",
            "no limit is given for slow networks",
        )],
    );
    slow.possibly_same = vec![id("f1")];
    let cards = finding(
        "f4",
        [
            "minor",
            "confirmed",
            "resolve",
            "confirmed, one answer × minor: resolve",
        ],
        "“etc.” leaves the list of cards open.",
        vec![
            voice(0, "minor", "Visa and Mastercard only", ""),
            voice(3, "minor", "", "open list"),
        ],
    );
    let mut all = vec![fast, refund, slow, cards];
    for (finding, position) in all.iter_mut().zip(0..) {
        finding.position = Some(position);
    }
    all
}

/// See the module: it waits for one answer, another question is settled.
pub fn disputed() -> Run {
    let findings = findings();
    let question = |finding: &Finding, state: &str| Question {
        id: finding.id.clone(),
        run_id: finding.run_id.clone(),
        finding_id: finding.id.clone(),
        state: state.into(),
        text: finding.text.clone(),
        options: finding.options.clone(),
        recommended: finding.answer.clone(),
        content_hash: "c0ffee".into(),
        severity: finding.severity.clone(),
        section: "spec.md:Payment".into(),
        ..Question::default()
    };
    let mut settled = question(&findings[1], "settled");
    settled.disposition = "answer".into();
    settled.answer = "14 days".into();
    settled.answered_by = "ada".into();
    settled.answered_at = Some(at(95));
    Run {
        id: id("9"),
        name: "clarify/checkout#3".into(),
        state: "awaiting-human".into(),
        reason: "questions-open".into(),
        gate: "clarify".into(),
        roster: AGENTS.iter().map(|(agent, ..)| (*agent).into()).collect(),
        quorum: 3,
        executions: (0..5).map(execution).collect(),
        questions: vec![question(&findings[0], "open"), settled],
        verdict: Some(Verdict {
            run_id: id("9"),
            state: "awaiting-human".into(),
            trust: "4 of 5 answered, 3 families ≈ 1.9 independent votes; 1 resolved without you, 2 for you, 1 watched; claude-sonnet gave no valid answer".into(),
            answered: vec!["claude-opus".into(), "gemini".into(), "ambiguity".into(), "consistency".into()],
            missing: vec![Missing {
                agent: "claude-sonnet".into(),
                reason: "schema-mismatch".into(),
                detail: String::new(),
            }],
            counts: Some(Counts {
                resolved: Some(1),
                asked: Some(2),
                watched: Some(1),
                noted: Some(0), ..Counts::default() }),
            ..Verdict::default()
        }),
        findings,
        ..samples::running()
    }
}

/// The same reviewers at work: done, printing, failed, waiting, and one that has said nothing yet.
pub fn at_work() -> Run {
    let mut run = disputed();
    run.state = "executing".into();
    run.reason = String::new();
    run.findings.clear();
    run.questions.clear();
    run.verdict = None;
    for (at, state) in [(1, "running"), (3, "running"), (4, "queued")] {
        let execution = &mut run.executions[at];
        execution.state = state.into();
        execution.reason = String::new();
        execution.ended_at = None;
        let attempt = &mut execution.attempts[0];
        attempt.state = "running".into();
        attempt.reason = String::new();
        attempt.exit_code = None;
        attempt.ended_at = None;
        attempt.pid = Some(4242);
        attempt.last_line = "reading spec.md, section 4 of 9: payment and refunds".into();
        attempt.last_output_at = Some(samples::at(96));
        if at == 3 {
            attempt.last_line.clear();
            attempt.last_output_at = None;
            attempt.output_bytes = Some(0);
        }
    }
    run.executions[4].attempts.clear();
    run
}
