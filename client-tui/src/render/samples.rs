//! Messages for the snapshots of views: fixed ids, a fixed clock.

use prost_types::{Duration, Timestamp};
use synod_proto::v1::{
    Agent, Anchor, Attempt, AttemptProgress, Basis, Cast, Change, Counts, Deleted, Execution,
    Finding, Gate, GetDaemonStatusResponse, LedgerEntry, ListAgentsResponse, Missing, Provider,
    Question, Roster, Run, Usage, Verdict, Voice, change::Entity,
};

use super::{Colour, Look};

const BEGIN: i64 = 1_772_366_400;

/// So many seconds after the run was submitted.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp {
        seconds: BEGIN + seconds,
        nanos: 0,
    }
}

/// 80 columns, no colour, 100 seconds after the run was submitted.
pub fn look() -> Look {
    Look {
        width: 80,
        table_width: 80,
        colour: Colour::Never,
        now: jiff::Timestamp::new(BEGIN + 100, 0).unwrap(),
        zone: jiff::tz::TimeZone::UTC,
    }
}

fn id(first: &str) -> String {
    format!("{first:0<32}")
}

fn attempt(n: u32, state: &str) -> Attempt {
    Attempt {
        id: id(&format!("a{n}77c0de")),
        execution_id: id(&format!("e{n}15ab1e")),
        run_id: id("3f9a02bc"),
        number: 1,
        state: state.into(),
        started_at: Some(at(2)),
        output_bytes: Some(1234),
        error_bytes: Some(0),
        containment: "cgroup-v2".into(),
        pid: Some(4242),
        ..Attempt::default()
    }
}

fn execution(n: u32, agent: &str, state: &str) -> Execution {
    Execution {
        id: id(&format!("e{n}15ab1e")),
        run_id: id("3f9a02bc"),
        agent: agent.into(),
        state: state.into(),
        family: "rules".into(),
        provider: "local".into(),
        queued_at: Some(at(0)),
        position: Some(n),
        ..Execution::default()
    }
}

/// A gate of three: one done, one printing, one waiting.
pub fn running() -> Run {
    let mut printing = attempt(0, "running");
    printing.last_line = "reading spec.md, section 4 of 9: payment and refunds".into();
    printing.last_output_at = Some(at(96));
    let mut done = attempt(1, "exited");
    done.ended_at = Some(at(7));
    done.exit_code = Some(0);
    done.reason = "completed".into();
    let mut first = execution(0, "ambiguity", "running");
    first.attempts = vec![printing];
    let mut second = execution(1, "testability", "completed");
    second.attempts = vec![done];
    second.ended_at = Some(at(8));
    second.reason = "completed".into();
    Run {
        id: id("3f9a02bc"),
        name: "clarify/checkout#1".into(),
        state: "executing".into(),
        revision: 17,
        kind: "gate".into(),
        gate: "clarify".into(),
        gate_version: 1,
        subject: "/home/ada/shop/examples/checkout".into(),
        created_at: Some(at(0)),
        quorum: 2,
        roster: vec![
            "ambiguity".into(),
            "testability".into(),
            "consistency".into(),
        ],
        executions: vec![first, second, execution(2, "consistency", "queued")],
        ..Run::default()
    }
}

fn voice(agent: &str, family: &str, answer: &str, reasoning: &str) -> Voice {
    Voice {
        agent: agent.into(),
        family: family.into(),
        answer: answer.into(),
        reasoning: reasoning.into(),
        severity: "important".into(),
        ..Voice::default()
    }
}

/// A gate that asks two questions, one of them settled.
pub fn asking() -> Run {
    let mut run = running();
    run.state = "awaiting-human".into();
    run.reason = "questions-open".into();
    let fast = Finding {
        id: id("7c1e55aa"),
        kind: "ambiguity".into(),
        text: "“The checkout shall be fast” names no number: what is fast, measured where, for which share of requests?".into(),
        severity: "critical".into(),
        agreement: "confirmed".into(),
        decision: "ask".into(),
        answer: "p95 under 300 ms at the server".into(),
        anchors: vec![Anchor {
            path: "spec.md".into(),
            start: Some(310),
            end: Some(337),
            quote: "The checkout shall be fast".into(),
        }],
        voices: vec![
            voice("alice", "house", "p95 under 300 ms at the server", "Other limits in the PRD are given at the server, and 300 ms is the budget of the payment provider."),
            voice("ambiguity", "rules", "", "vague quality “fast” without a number"),
        ],
        rule: "confirmed, one answer × critical: ask, preselected".into(),
        options: vec!["p95 under 300 ms at the server".into(), "p99 under one second in the browser".into()],
        ..Finding::default()
    };
    let refund = Finding {
        id: id("99d0f00d"),
        kind: "contradiction".into(),
        text: "Refunds take 14 days in spec.md and 30 days in PRD.md.".into(),
        severity: "important".into(),
        agreement: "contested".into(),
        decision: "ask".into(),
        voices: vec![voice("alice", "house", "", "")],
        rule: "contested × important: arbitrate; no arbiter, so ask".into(),
        ..Finding::default()
    };
    let note = Finding {
        id: id("01234567"),
        kind: "ambiguity".into(),
        text: "“etc.” leaves the list of cards open.".into(),
        severity: "minor".into(),
        agreement: "unconfirmed".into(),
        decision: "note".into(),
        anchors: vec![Anchor {
            path: "spec.md".into(),
            quote: "Visa, Mastercard, etc.".into(),
            ..Anchor::default()
        }],
        voices: vec![voice("ambiguity", "rules", "", "open list")],
        rule: "unconfirmed × minor: note".into(),
        ..Finding::default()
    };
    let question = |of: &Finding, state: &str, rank: i32| Question {
        id: of.id.clone(),
        run_id: run.id.clone(),
        finding_id: of.id.clone(),
        state: state.into(),
        text: of.text.clone(),
        options: of.options.clone(),
        recommended: of.answer.clone(),
        content_hash: "c0ffee".into(),
        rank,
        severity: of.severity.clone(),
        section: "spec.md:Payment".into(),
        ..Question::default()
    };
    let mut settled = question(&refund, "settled", 230);
    settled.disposition = "answer".into();
    settled.answer = "14 days".into();
    settled.answered_by = "ada".into();
    settled.answered_at = Some(at(95));
    run.questions = vec![question(&fast, "open", 360), settled];
    run.findings = vec![fast, refund, note];
    run.verdict = Some(Verdict {
        run_id: run.id.clone(),
        state: run.state.clone(),
        trust: "3 of 3 answered, 2 families ≈ 1.4 independent votes; 0 resolved without you, 2 for you, 1 noted".into(),
        answered: vec!["alice".into(), "ambiguity".into(), "testability".into()],
        ..Verdict::default()
    });
    run
}

/// A gate of three families that held a ballot and asked an arbiter: one question left, findings of every decision,
/// one agent without a valid answer.
pub fn decided() -> Run {
    let mut run = asking();
    let round = |n: u32, agent: &str, part: &str, cost: f64| {
        let mut attempt = attempt(n, "exited");
        attempt.usage = Some(Usage {
            cost_usd: Some(cost),
            ..Usage::default()
        });
        Execution {
            part: part.into(),
            queued_at: Some(at(i64::from(n) * 5)),
            ended_at: Some(at(i64::from(n) * 5 + 9)),
            reason: "completed".into(),
            attempts: vec![attempt],
            ..execution(n, agent, "completed")
        }
    };
    let mut broken = round(2, "carol", "", 0.02);
    broken.state = "failed".into();
    broken.reason = "no-json".into();
    run.executions = vec![
        round(0, "alice", "", 0.05),
        round(1, "bob", "", 0.04),
        broken,
        round(3, "alice", "ballot", 0.20),
        round(4, "bob", "ballot", 0.11),
        round(6, "judge", "arbiter", 0.30),
    ];
    run.round = "arbitration".into();
    run.roster = vec!["alice".into(), "bob".into(), "carol".into()];
    let cast = |agent: &str, family: &str, real: &str| Cast {
        agent: agent.into(),
        family: family.into(),
        real: real.into(),
        ..Cast::default()
    };
    run.findings[0].ballots = vec![cast("alice", "house", "yes"), cast("bob", "claude", "yes")];
    run.findings[0].possibly_same = vec![run.findings[2].id.clone()];
    run.findings[1].ballots = vec![cast("alice", "house", "yes"), cast("bob", "claude", "no")];
    let mut watched = run.findings[2].clone();
    watched.id = id("aa7c4ed0");
    watched.severity = "important".into();
    watched.decision = "watch".into();
    watched.text = "Nothing says who may refund.".into();
    watched.rule = "unconfirmed × important: watch".into();
    let mut resolved = run.findings[0].clone();
    resolved.id = id("4e501ed0");
    resolved.severity = "minor".into();
    resolved.decision = "resolve".into();
    resolved.text = "“soon” should be “within one minute”.".into();
    resolved.answer = "within one minute".into();
    resolved.rule = "confirmed, one answer × minor: resolve".into();
    resolved.options.clear();
    resolved.possibly_same.clear();
    let mut ruled = resolved.clone();
    ruled.id = id("401ed000");
    ruled.text = "“user” and “customer” are one.".into();
    ruled.answer = "customer".into();
    ruled.agreement = "contested".into();
    ruled.severity = "important".into();
    ruled.rule = "contested × important: arbitrate".into();
    ruled.ballots = vec![cast("alice", "house", "yes"), cast("bob", "claude", "no")];
    ruled.basis = Some(Basis {
        by: "arbiter".into(),
        agent: "judge".into(),
        ruling: "uphold".into(),
        reason: "the glossary knows customer only".into(),
        ..Basis::default()
    });
    let mut earlier = resolved.clone();
    earlier.id = id("ea411e40");
    earlier.decision = "settled".into();
    earlier.text = "“the admin” may be any of three roles.".into();
    earlier.answer = "the shop's owner".into();
    earlier.ballots.clear();
    earlier.basis = Some(Basis {
        by: "ledger".into(),
        entry: Some(LedgerEntry {
            id: format!("{:0<64}", "1ed9e4"),
            standing: "settled".into(),
            disposition: "answer".into(),
            answer: "the shop's owner".into(),
            by: "ada".into(),
            from: "cli".into(),
            at: Some(at(-86_400)),
            run_id: id("0dd1"),
            ..LedgerEntry::default()
        }),
        ..Basis::default()
    });
    run.findings.extend([watched, resolved, ruled, earlier]);
    run.questions[1].disposition = "must-fix".into();
    run.questions[1].answer.clear();
    run.questions[1].answered_from = "tui on build-7".into();
    run.questions[0].due_at = Some(at(90));
    let verdict = run.verdict.get_or_insert_default();
    verdict.trust = "2 of 3 answered, 2 families ≈ 1.4 independent votes; 2 resolved without you, 2 for you, 1 watched, 1 noted".into();
    verdict.answered = vec!["alice".into(), "bob".into()];
    verdict.missing = vec![Missing {
        agent: "carol".into(),
        reason: "no-json".into(),
        detail: "its output held no JSON".into(),
    }];
    verdict.notes = vec!["bob gave two different answers; the last one counts".into()];
    let counts = |asked: u32, confirmed: u32, contested: u32| Counts {
        asked: Some(asked),
        confirmed: Some(confirmed),
        contested: Some(contested),
        ..Counts::default()
    };
    verdict.before_ballot = Some(counts(5, 0, 0));
    verdict.after_ballot = Some(counts(2, 3, 1));
    verdict.ballots_valid = Some(2);
    verdict.ballots_asked = Some(2);
    run
}

/// Two gates that ask: five questions in two sections of one, one of another that is less urgent; one is put off
/// and one is settled.
pub fn asking_much() -> Vec<Run> {
    let mut first = asking();
    let mut put = |name: &str, text: &str, severity: &str, rank: i32, section: &str| {
        let mut finding = first.findings[2].clone();
        finding.id = id(name);
        finding.text = text.into();
        finding.severity = severity.into();
        finding.decision = "ask".into();
        finding.anchors.clear();
        let question = Question {
            id: finding.id.clone(),
            run_id: first.id.clone(),
            finding_id: finding.id.clone(),
            state: "open".into(),
            text: finding.text.clone(),
            content_hash: format!("hash of {name}"),
            rank,
            severity: finding.severity.clone(),
            section: section.into(),
            ..Question::default()
        };
        first.findings.push(finding);
        first.questions.push(question);
    };
    put(
        "b0b0",
        "Who may cancel an order that was shipped?",
        "critical",
        320,
        "spec.md:Orders",
    );
    put(
        "cafe",
        "“Visa, Mastercard, etc.”: which cards are taken?",
        "important",
        210,
        "spec.md:Payment",
    );
    put(
        "dada",
        "“user” and “customer” seem to be the same.",
        "minor",
        110,
        "spec.md:Orders",
    );
    first.questions.last_mut().unwrap().state = "later".into();
    first.questions.last_mut().unwrap().disposition = "later".into();
    first.questions.last_mut().unwrap().answered_by = "ada".into();
    first.questions.last_mut().unwrap().answered_at = Some(at(90));
    first.open_questions = Some(4);
    for finding in &mut first.findings {
        finding.run_id.clone_from(&first.id);
    }
    let mut second = asking();
    second.id = id("5e1f");
    second.name = "analyze/checkout#2".into();
    second.gate = "analyze".into();
    second.executions.clear();
    second.questions.truncate(1);
    second.findings.truncate(1);
    second.verdict = None;
    for finding in &mut second.findings {
        finding.id = id("ace0");
        finding.run_id.clone_from(&second.id);
        finding.text = "Task T4 covers no requirement.".into();
        finding.options.clear();
    }
    for question in &mut second.questions {
        question.id = id("ace0");
        question.finding_id.clone_from(&question.id);
        question.run_id.clone_from(&second.id);
        question.text = "Task T4 covers no requirement.".into();
        question.severity = "important".into();
        question.rank = 230;
        question.options.clear();
        question.section = "tasks.md:Tasks".into();
        question.recommended = "drop T4".into();
    }
    vec![second, first]
}

/// A gate that only one of three answered.
pub fn without_quorum() -> Run {
    let mut run = running();
    run.state = "no-quorum".into();
    run.reason = "no-quorum".into();
    let missing = |agent: &str, reason: &str, detail: &str| Missing {
        agent: agent.into(),
        reason: reason.into(),
        detail: detail.into(),
    };
    run.verdict = Some(Verdict {
        trust: "1 of 3 answered, 2 needed: nothing can be said".into(),
        missing: vec![
            missing(
                "ambiguity",
                "schema-mismatch",
                "at findings/0/kind: expected one of ambiguity, gap; found “nit”; the answer was read from byte 1024 on",
            ),
            missing("consistency", "timeout", ""),
        ],
        ..Verdict::default()
    });
    run
}

/// A command that failed.
pub fn ended_command() -> Run {
    let mut attempt = attempt(0, "exited");
    attempt.exit_code = Some(7);
    attempt.reason = "exit-nonzero".into();
    attempt.ended_at = Some(at(5));
    attempt.error_bytes = Some(12);
    attempt.last_line = "make: *** [all] Error 7".into();
    attempt.last_output_at = Some(at(5));
    let mut execution = execution(0, "command", "failed");
    execution.family = String::new();
    execution.reason = "exit-nonzero".into();
    execution.detail = "the command ended with exit code 7".into();
    execution.ended_at = Some(at(5));
    execution.attempts = vec![attempt];
    Run {
        id: id("3f9a02bc"),
        name: "make#4".into(),
        state: "failed".into(),
        reason: "exit-nonzero".into(),
        kind: "command".into(),
        subject: "make all".into(),
        created_at: Some(at(0)),
        ended_at: Some(at(5)),
        revision: 9,
        executions: vec![execution],
        ..Run::default()
    }
}

/// Two agents of two kinds.
pub fn agents() -> ListAgentsResponse {
    let agent = |name: &str, provider: &str, family: &str, argv: &[&str]| Agent {
        name: name.into(),
        adapter: "command".into(),
        argv: argv.iter().map(|&word| word.into()).collect(),
        provider: provider.into(),
        family: family.into(),
        timeout: Some(Duration {
            seconds: 600,
            nanos: 0,
        }),
        origin: "user".into(),
        state: "ok".into(),
        ..Agent::default()
    };
    let mut missing = agent("careful", "google", "gemini", &["gemini", "--acp"]);
    missing.adapter = "acp".into();
    missing.state = "missing".into();
    missing.problems = vec!["gemini: no such program in PATH (/usr/bin)".into()];
    ListAgentsResponse {
        agents: vec![
            agent(
                "alice",
                "anthropic",
                "claude",
                &[
                    "sh",
                    "-c",
                    "cat >/dev/null; cat a-rather-long-file-name.json",
                ],
            ),
            agent(
                "ambiguity",
                "local",
                "rules",
                &["synodd", "reviewer", "ambiguity"],
            ),
            missing,
        ],
        providers: vec![
            Provider {
                name: "anthropic".into(),
                max_running: Some(3),
                running: Some(1),
                queued: Some(0),
            },
            Provider {
                name: "local".into(),
                ..Provider::default()
            },
        ],
        rosters: vec![Roster {
            name: "all".into(),
            agents: vec!["alice".into(), "careful".into()],
        }],
    }
}

/// The gate `clarify`.
pub fn gate() -> Gate {
    Gate {
        name: "clarify".into(),
        version: 1,
        checkpoint: "before-plan".into(),
        description: "Looks for ambiguities in a specification, before it is planned.".into(),
        roster: vec![
            "ambiguity".into(),
            "testability".into(),
            "consistency".into(),
        ],
        quorum: "majority".into(),
        inputs: vec!["spec.md".into(), "PRD.md (optional)".into()],
        toml: "[gate]\nname = \"clarify\"\n".into(),
        origin: "builtin".into(),
        ..Gate::default()
    }
}

/// A daemon with a warning.
pub fn daemon() -> GetDaemonStatusResponse {
    GetDaemonStatusResponse {
        pid: 4711,
        version: "0.1.0".into(),
        revision: 42,
        socket: "/run/user/1000/synod/synod.sock".into(),
        state_dir: "/home/ada/.local/state/synod".into(),
        containment: "session".into(),
        running: Some(2),
        queued: Some(0),
        subscribers: Some(1),
        protocol: 1,
        uptime: Some(Duration {
            seconds: 7_800,
            nanos: 0,
        }),
        warnings: vec!["no cgroup can be made below this one, so process trees are held by session only: children that hide their mark may escape".into()],
        log: "/home/ada/.local/state/synod/synodd.log".into(),
        ..GetDaemonStatusResponse::default()
    }
}

/// One change of each kind.
pub fn changes() -> Vec<Change> {
    let run = asking();
    let entities = [
        Entity::Run(run.clone()),
        Entity::Execution(run.executions[1].clone()),
        Entity::Attempt(run.executions[1].attempts[0].clone()),
        Entity::Progress(AttemptProgress {
            attempt_id: id("a077c0de"),
            output_bytes: 512,
            last_line: "thinking".into(),
            ..AttemptProgress::default()
        }),
        Entity::Finding(run.findings[1].clone()),
        Entity::Question(run.questions[1].clone()),
        Entity::Verdict(run.verdict.clone().unwrap_or_default()),
        Entity::Deleted(Deleted {
            kind: "progress".into(),
            id: id("a077c0de"),
        }),
    ];
    (40..)
        .zip(entities)
        .map(|(revision, entity)| Change {
            revision,
            at: Some(at(50)),
            entity: Some(entity),
            ..Change::default()
        })
        .collect()
}
