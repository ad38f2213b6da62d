//! The disputed run of `sample`, with a ballot and an arbiter: every kind of vote, ruling and earlier decision.

use synod_proto::v1::{
    Attempt, Basis, Cast, Counts, Execution, Finding, LedgerEntry, Located, Question, Run, Usage,
};

use super::sample::disputed;
use crate::render::samples::at;

/// An entry of the ledger about the sample's subject.
pub fn entry(first: &str, standing: &str, disposition: &str, claim: &str) -> LedgerEntry {
    let settled = standing == "settled";
    LedgerEntry {
        id: format!("{first:0<32}"),
        gate: "clarify".into(),
        subject: disputed().subject,
        kind: "ambiguity".into(),
        claim: claim.into(),
        severity: "important".into(),
        standing: standing.into(),
        disposition: disposition.into(),
        answer: match disposition {
            "answer" => "EUR and CHF, rounded half to even".into(),
            _ => String::new(),
        },
        by: if settled { "ada".into() } else { String::new() },
        from: if settled { "cli".into() } else { String::new() },
        at: Some(at(-7_200)),
        run_id: format!("{:0<32}", "8e7d"),
        paths: vec!["spec.md".into()],
        quote: "Totals are shown in the customer's currency.".into(),
        revision: 7,
        ..LedgerEntry::default()
    }
}

/// Three entries: settled, to be mended, watched.
pub fn entries() -> Vec<LedgerEntry> {
    vec![
        entry(
            "1ed9e1",
            "settled",
            "answer",
            "Which currencies are there, and how is rounded?",
        ),
        entry(
            "1ed9e2",
            "settled",
            "must-fix",
            "Refunds take 14 days in spec.md and 30 days in PRD.md.",
        ),
        entry(
            "1ed9e3",
            "watched",
            "",
            "The payment page may be slow on mobile networks.",
        ),
    ]
}

fn asked(n: u32, agent: &str, family: &str, part: &str, state: &str) -> Execution {
    let done = state == "completed";
    let ids = [
        format!("{:0<32}", format!("a{part}{n}")),
        format!("{:0<32}", format!("e{part}{n}")),
    ];
    let [attempt, execution] = ids;
    Execution {
        id: execution.clone(),
        run_id: disputed().id,
        agent: agent.into(),
        family: family.into(),
        provider: "local".into(),
        state: state.into(),
        reason: if done {
            "completed".into()
        } else {
            String::new()
        },
        part: part.into(),
        position: Some(n),
        queued_at: Some(at(75)),
        ended_at: done.then(|| at(88)),
        attempts: vec![Attempt {
            id: attempt,
            execution_id: execution,
            run_id: disputed().id,
            number: 1,
            state: if done { "exited" } else { "running" }.into(),
            started_at: Some(at(76)),
            ended_at: done.then(|| at(88)),
            output_bytes: Some(812),
            usage: Some(Usage {
                input_tokens: Some(6_100),
                output_tokens: Some(240),
                cost_usd: Some(0.021),
                ..Usage::default()
            }),
            ..Attempt::default()
        }],
        ..Execution::default()
    }
}

fn cast(n: u32, agent: &str, family: &str, real: &str, answer: &str) -> Cast {
    Cast {
        agent: agent.into(),
        family: family.into(),
        execution_id: format!("{:0<32}", format!("eballot{n}")),
        real: real.into(),
        answer: answer.into(),
        ..Cast::default()
    }
}

/// See the module: two voted, the arbiter has ruled, one finding was settled in an earlier run.
pub fn balloted() -> Run {
    let mut run = disputed();
    run.executions.extend([
        asked(5, "claude-opus", "claude", "ballot", "completed"),
        asked(6, "gemini", "gemini", "ballot", "completed"),
        asked(7, "mistral", "mistral", "arbiter", "completed"),
    ]);
    let [fast, refund, slow, cards] = &mut run.findings[..] else {
        return run;
    };
    fast.voices[0].claim = "“fast” is not defined".into();
    fast.voices[0].suggested_fix =
        "The checkout answers within 300 ms (p95, at the server).".into();
    // Whoever raised it has said so.
    fast.ballots = Vec::new();
    refund.ballots = vec![cast(6, "gemini", "gemini", "yes", "14 days")];
    slow.ballots = vec![cast(5, "claude-opus", "claude", "no", "")];
    slow.agreement = "contested".into();
    slow.decision = "note".into();
    slow.basis = Some(Basis {
        by: "arbiter".into(),
        agent: "mistral".into(),
        ruling: "overrule".into(),
        reason: "PRD.md gives a limit for mobile networks in section 4.".into(),
        entry: None,
    });
    cards.ballots = vec![cast(6, "gemini", "gemini", "unsure", "")];
    let settled = entry(
        "1ed9e1",
        "settled",
        "answer",
        "Which currencies are there, and how is rounded?",
    );
    let earlier = Finding {
        id: format!("{:0<32}", "f5"),
        text: settled.claim.clone(),
        severity: "important".into(),
        agreement: "unconfirmed".into(),
        decision: "settled".into(),
        answer: settled.answer.clone(),
        rule: "settled in an earlier run; its text has not changed".into(),
        voices: vec![refund.voices[1].clone()],
        ballots: vec![cast(5, "claude-opus", "claude", "yes", "")],
        ledger_id: settled.id.clone(),
        position: Some(4),
        located: Some(Located {
            path: "src/money.rs".into(),
            side: "new".into(),
            first: 10,
            last: 12,
            ..Located::default()
        }),
        basis: Some(Basis {
            by: "ledger".into(),
            entry: Some(settled),
            ..Basis::default()
        }),
        ..cards.clone()
    };
    run.findings.push(earlier);
    if let Some(verdict) = &mut run.verdict {
        let counts = |resolved, asked, watched, noted, settled| Counts {
            resolved: Some(resolved),
            asked: Some(asked),
            watched: Some(watched),
            noted: Some(noted),
            settled: Some(settled),
            ..Counts::default()
        };
        verdict.before_ballot = Some(counts(0, 3, 1, 0, 1));
        verdict.after_ballot = Some(counts(1, 2, 0, 1, 1));
        verdict.counts = Some(counts(1, 3, 0, 0, 1));
        verdict.ballots_asked = Some(2);
        verdict.ballots_valid = Some(2);
    }
    run
}

/// The same while the ballot is held: one has voted.
pub fn in_ballot() -> Run {
    let mut run = disputed();
    run.state = "executing".into();
    run.reason = String::new();
    run.round = "ballot".into();
    run.findings.clear();
    run.questions.clear();
    run.verdict = None;
    run.executions.extend([
        asked(5, "claude-opus", "claude", "ballot", "completed"),
        asked(6, "gemini", "gemini", "ballot", "running"),
    ]);
    run
}

/// The disputed run, whose first question is asked blind, is overdue and was reminded of.
pub fn blind() -> Run {
    let mut run = balloted();
    run.findings[0].audited = "resolve".into();
    run.questions[0] = Question {
        audit: true,
        due_at: Some(at(-200)),
        reminders: Some(2),
        rank: 300,
        ..run.questions[0].clone()
    };
    run
}
