//! Sample runs of agents that tell what they do: at work, done, refused by their provider, and asking for permission.

use synod_proto::v1::{Attempt, Execution, Permission, Question, Run, Usage};

use crate::render::samples::{self, at};

fn id(first: &str) -> String {
    format!("{first:0<32}")
}

fn usage(input: u32, output: u32, cost: Option<f64>, estimated: Option<bool>) -> Usage {
    Usage {
        input_tokens: Some(input),
        cached_tokens: Some(input / 3 * 2),
        output_tokens: Some(output),
        reasoning_tokens: Some(output / 4),
        cost_usd: cost,
        estimated,
    }
}

fn execution(n: u32, agent: &str, adapter: &str, state: &str) -> Execution {
    let attempt = Attempt {
        id: id(&format!("a{n}")),
        execution_id: id(&format!("e{n}")),
        run_id: id("5"),
        number: 1,
        state: "running".into(),
        started_at: Some(at(1)),
        pid: Some(4242),
        output_bytes: Some(54_321),
        error_bytes: Some(0),
        containment: "cgroup-v2".into(),
        last_line: "{\"type\":\"assistant\",\"message\":{}}".into(),
        last_output_at: Some(at(97)),
        ..Attempt::default()
    };
    Execution {
        id: id(&format!("e{n}")),
        run_id: id("5"),
        agent: agent.into(),
        adapter: adapter.into(),
        family: adapter.into(),
        provider: "local".into(),
        state: state.into(),
        queued_at: Some(at(0)),
        position: Some(n),
        attempts: vec![attempt],
        ..Execution::default()
    }
}

fn ended(execution: &mut Execution, reason: &str, detail: &str, code: i32) {
    execution.reason = reason.into();
    execution.detail = detail.into();
    execution.ended_at = Some(at(60));
    let attempt = &mut execution.attempts[0];
    attempt.state = "exited".into();
    attempt.exit_code = Some(code);
    attempt.reason = reason.into();
    attempt.detail = detail.into();
    attempt.ended_at = Some(at(60));
    attempt.transcript_bytes = Some(900);
}

/// A gate of four: at work, done, refused by its provider, a plain command.
pub fn at_work() -> Run {
    let mut working = execution(0, "claude", "claude", "running");
    let attempt = &mut working.attempts[0];
    attempt.activity = "runs cargo test -p checkout".into();
    attempt.session_id = "0b5c1e5e-4b0e-4c55-9d52-0d7c0ffee000".into();
    attempt.model = "claude-opus-5".into();
    attempt.steps = Some(7);
    attempt.usage = Some(usage(41_200, 812, Some(0.0531), Some(false)));
    attempt.transcript_bytes = Some(1_234);
    let mut done = execution(1, "codex", "codex", "completed");
    ended(&mut done, "completed", "", 0);
    let attempt = &mut done.attempts[0];
    attempt.session_id = "thread-77".into();
    attempt.model = "gpt-6-codex".into();
    attempt.steps = Some(3);
    attempt.usage = Some(usage(12_345, 678, Some(0.0042), Some(true)));
    let mut refused = execution(2, "gemini", "gemini", "failed");
    let why = "the provider allows no more requests for now";
    ended(&mut refused, "rate-limited", why, 1);
    refused.attempts[0].retry_at = Some(at(7_200));
    Run {
        id: id("5"),
        name: "clarify/checkout#7".into(),
        state: "executing".into(),
        kind: "gate".into(),
        gate: "clarify".into(),
        gate_version: 1,
        subject: "/home/ada/shop/examples/checkout".into(),
        created_at: Some(at(0)),
        quorum: 2,
        revision: 40,
        roster: ["claude", "codex", "gemini", "lint"]
            .map(str::to_owned)
            .to_vec(),
        executions: vec![
            working,
            done,
            refused,
            execution(3, "lint", "command", "running"),
        ],
        ..Run::default()
    }
}

fn question(n: u32, agent: u32, kind: &str, what: &str, paths: &[&str]) -> Question {
    let choices = [
        ("Allow once", "allow-once"),
        ("Always allow", "allow-always"),
        ("Reject", "reject-once"),
    ];
    Question {
        id: id(&format!("d{n}")),
        run_id: id("6"),
        state: "open".into(),
        text: format!("rev{agent} asks to be allowed: {what}"),
        options: choices.map(|(name, _)| name.to_owned()).to_vec(),
        content_hash: format!("hash {n}"),
        rank: 1_000_000,
        severity: "important".into(),
        section: format!("rev{agent}"),
        position: Some(0),
        about: "permission".into(),
        permission: Some(Permission {
            attempt_id: id("ac"),
            execution_id: id("ec"),
            agent: format!("rev{agent}"),
            tool_kind: kind.into(),
            what: what.into(),
            paths: paths.iter().map(|&path| path.into()).collect(),
            option_kinds: choices.map(|(_, kind)| kind.to_owned()).to_vec(),
        }),
        ..Question::default()
    }
}

/// A single agent over ACP that asks for two permissions and stands still.
pub fn asking() -> Run {
    let mut execution = execution(0, "rev1", "acp", "running");
    execution.id = id("ec");
    execution.run_id = id("6");
    let attempt = &mut execution.attempts[0];
    attempt.id = id("ac");
    attempt.execution_id = id("ec");
    attempt.run_id = id("6");
    attempt.activity = "waits for permission: rm -rf build && make all".into();
    attempt.session_id = "sess-1".into();
    attempt.usage = Some(usage(900, 40, None, None));
    attempt.steps = Some(1);
    attempt.transcript_bytes = Some(400);
    Run {
        id: id("6"),
        name: "agent/rev1#2".into(),
        state: "executing".into(),
        kind: "agent".into(),
        subject: "rev1: mend the build".into(),
        created_at: Some(at(1)),
        revision: 41,
        open_questions: Some(2),
        executions: vec![execution],
        questions: vec![
            question(1, 1, "execute", "rm -rf build && make all", &[]),
            question(
                2,
                1,
                "edit",
                "Edit src/lib.rs",
                &["/home/ada/shop/src/lib.rs", "/home/ada/shop/Cargo.toml"],
            ),
        ],
        ..Run::default()
    }
}

/// The same agent, done; its final message can be read.
pub fn done() -> Run {
    let mut run = asking();
    run.questions.clear();
    run.open_questions = Some(0);
    run.state = "passed".into();
    run.ended_at = Some(at(60));
    let execution = &mut run.executions[0];
    execution.state = "completed".into();
    ended(execution, "completed", "", 0);
    let attempt = &mut execution.attempts[0];
    attempt.activity.clear();
    attempt.model = "claude-opus-5".into();
    attempt.usage = Some(usage(41_200, 812, Some(1.2531), Some(true)));
    attempt.final_text = Some(
        "The build is mended.\n\n- `Cargo.toml` names the right crate\n- all 12 tests pass".into(),
    );
    attempt.final_text_bytes = Some(77);
    run
}

/// Those two, beside two gates that ask.
pub fn all() -> Vec<Run> {
    let mut all = vec![at_work(), asking()];
    all.extend(samples::asking_much());
    all
}

mod pictures;
mod tests;
