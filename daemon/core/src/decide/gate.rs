//! A gate on its way: waiting, going ahead, weighing, waiting for people, ending.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use synod_consensus::{Disposition, Finding as Content, Outcome, RunEnd, settle};
use synod_shared::{
    ids::{FindingId, RunId},
    words::{ExecutionState, Reason, RunState},
};

use super::{Turn, cancel, ledger, round};
use crate::{
    entity::{
        About, Finding, GateWork, Missing, Part, Question, Run, Stop, Verdict, Voices, Weighed,
        Work,
    },
    input::Weighing,
    time::Now,
};

/// Time has passed: looks at every live gate.
pub(super) fn advance_all(turn: &mut Turn<'_>) {
    let due: Vec<Run> = turn.state.gates().map(|(run, _)| run.clone()).collect();
    for run in due {
        advance(turn, run);
    }
}

/// Moves a gate on as far as its executions and its deadlines allow.
pub(super) fn advance(turn: &mut Turn<'_>, mut run: Run) {
    let Work::Gate(gate) = run.work.clone() else {
        return;
    };
    match run.state {
        RunState::Pending | RunState::Executing => wait(turn, run, &gate),
        RunState::Deciding | RunState::AwaitingHuman => {
            if run.stop == Some(Stop::Cancelled) {
                run.open_questions = 0;
                end(turn, run, RunState::Cancelled, Reason::Cancelled);
            }
        }
        RunState::Passed
        | RunState::PassedDegraded
        | RunState::Rejected
        | RunState::Failed
        | RunState::NoQuorum
        | RunState::DeadlineExceeded
        | RunState::Cancelled => {}
    }
}

fn wait(turn: &mut Turn<'_>, mut run: Run, gate: &GateWork) {
    let all = turn.state.executions_of(&run);
    if all
        .map(|execution| execution.state)
        .all(ExecutionState::is_terminal)
    {
        match run.stop {
            Some(Stop::Cancelled) => end(turn, run, RunState::Cancelled, Reason::Cancelled),
            // Answers that were on their way when the deadline came may make up the quorum after all. A later round
            // changes nothing about them.
            Some(Stop::Deadline) if turn.state.valid_answers(&run, gate) < gate.policy.quorum => {
                let verdict = deadline_verdict(turn, &run, gate);
                turn.put_verdict(verdict);
                end(turn, run, RunState::DeadlineExceeded, Reason::Timeout);
            }
            Some(Stop::Deadline | Stop::WentAhead) | None => {
                run.state = RunState::Deciding;
                turn.put_run(run);
            }
        }
        return;
    }
    if run.stop.is_some() {
        return;
    }
    let passed = |since, limit| turn.now.until(since, limit).is_none();
    let over = passed(&gate.opened, gate.deadlines.fail_after);
    let stop = match gate.round() {
        // Nobody is needed for a round after the first: whoever is missing has said nothing.
        Some(round) if over || passed(&round.opened, gate.deadlines.partial_after) => {
            Stop::WentAhead
        }
        None if passed(&gate.opened, gate.deadlines.partial_after)
            && turn.state.valid_answers(&run, gate) >= gate.policy.quorum =>
        {
            Stop::WentAhead
        }
        None if over => Stop::Deadline,
        Some(_) | None => return,
    };
    run.stop = Some(stop);
    turn.put_run(run.clone());
    cancel::stop_all(turn, &run, stop);
    // Those that had not been started have ended with this.
    if let Some(run) = turn.state.run(run.id).cloned() {
        wait_if_all_ended(turn, run, gate);
    }
}

fn wait_if_all_ended(turn: &mut Turn<'_>, run: Run, gate: &GateWork) {
    if turn
        .state
        .executions_of(&run)
        .all(|execution| execution.state.is_terminal())
    {
        wait(turn, run, gate);
    }
}

fn deadline_verdict(turn: &Turn<'_>, run: &Run, gate: &GateWork) -> Verdict {
    let (answered, missing) = roll_call(turn, run);
    Verdict {
        run: run.id,
        gate: gate.gate.clone(),
        state: RunState::DeadlineExceeded,
        line: format!(
            "{} of {} answered before the deadline, {} were needed; nothing was decided",
            answered.len(),
            gate.roster.len(),
            gate.policy.quorum
        ),
        answered,
        missing,
        weighed: None,
        decided_at_us: turn.now.utc_us,
    }
}

fn roll_call(turn: &Turn<'_>, run: &Run) -> (Vec<String>, Vec<Missing>) {
    let mut answered = Vec::new();
    let mut missing = Vec::new();
    for execution in turn.state.speakers(run) {
        if execution.state == ExecutionState::Completed {
            answered.push(execution.agent.name.clone());
        } else {
            missing.push(Missing {
                agent: execution.agent.name.clone(),
                reason: execution
                    .reason
                    .map(|reason| reason.to_string())
                    .unwrap_or_default(),
                detail: execution.detail.clone(),
            });
        }
    }
    (answered, missing)
}

/// The answers have been weighed.
pub(super) fn weighed(turn: &mut Turn<'_>, weighing: Weighing) {
    let Weighing {
        run: id,
        outcome,
        sections,
        ledger: known,
        outcome_hash,
        open,
    } = weighing;
    let Some(run) = turn.state.run(id).cloned() else {
        return;
    };
    let Work::Gate(gate) = run.work.clone() else {
        return;
    };
    if run.state != RunState::Deciding {
        return;
    }
    if let Some(opening) = open {
        round::open(turn, run, *gate, opening);
        return;
    }
    let (answered, missing) = roll_call(turn, &run);
    let Outcome {
        findings,
        mut trust,
        quorum,
        ..
    } = outcome;
    for (position, content) in (0..).zip(findings) {
        let section = sections.get(&content.key).cloned().unwrap_or_default();
        let finding = finding(id, position, content);
        // A probe measures: nobody is asked, nothing is remembered.
        if gate.probe.is_none() {
            if finding.content.decision.is_open() {
                let put = question(turn.now, &gate, &finding, section);
                turn.put_question(put);
            }
            ledger::decided(turn, &run, &gate, &finding, &known);
        }
        turn.put_finding(finding);
    }

    for round in gate.rounds.iter().filter(|round| !round.unheld.is_empty()) {
        let what = match round.part {
            Part::Answer => "first round",
            Part::Ballot => "ballot",
            Part::Arbiter => "arbitration",
        };
        let note = format!("the {what} could not be held: {}", round.unheld);
        trust.notes.push(note);
    }
    let verdict = Verdict {
        run: id,
        gate: gate.gate.clone(),
        state: RunState::Deciding,
        line: trust.line.clone(),
        answered,
        missing,
        weighed: Some(Weighed {
            trust,
            quorum,
            ledger: known,
            outcome_hash,
        }),
        decided_at_us: turn.now.utc_us,
    };
    settle_run(turn, run, verdict);
}

/// The id of a finding: derived from its run and its content, so that weighing again gives the same one.
#[must_use]
pub fn finding_id(run: RunId, key: &str) -> FindingId {
    let digest = Sha256::new()
        .chain_update(run.to_string())
        .chain_update([0])
        .chain_update(key)
        .finalize();
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = from;
    }
    FindingId::from_bytes(bytes)
}

fn finding(run: RunId, position: u32, content: Content) -> Finding {
    Finding {
        id: finding_id(run, &content.key),
        run,
        possibly_same: content
            .possibly_same
            .iter()
            .map(|key| finding_id(run, key))
            .collect(),
        position,
        voices: Voices::InFull,
        content,
    }
}

fn question(now: &Now, gate: &GateWork, finding: &Finding, section: String) -> Question {
    let content = &finding.content;
    let audit = content.audited.is_some();
    Question {
        id: finding.id,
        run: finding.run,
        text: content.text.clone(),
        severity: content.severity.word().to_owned(),
        options: content.options.clone(),
        // Whoever is asked to measure a decision is not told it.
        recommended: content.answer.clone().filter(|_| !audit),
        content_hash: content.question_hash.clone(),
        rank: content.rank,
        section,
        position: finding.position,
        settled: None,
        about: About::Finding,
        asked: Some(now.clone()),
        reminders: 0,
        due_at_us: gate.patience.due_after.map(|after| {
            now.utc_us
                .saturating_add(i64::try_from(after.as_micros()).unwrap_or(i64::MAX))
        }),
        audit,
    }
}

/// Where the run stands, now that people have said something.
pub(super) fn resettle(turn: &mut Turn<'_>, run: Run) {
    if let Some(verdict) = turn.state.verdict(run.id).cloned() {
        settle_run(turn, run, verdict);
    }
}

fn settle_run(turn: &mut Turn<'_>, mut run: Run, mut verdict: Verdict) {
    let Some(weighed) = verdict.weighed.clone() else {
        return;
    };
    let answers = said_in(turn, run.id);
    let outcome = Outcome {
        trust: weighed.trust,
        quorum: weighed.quorum,
        findings: turn
            .state
            .findings_of(run.id)
            .map(|finding| finding.content.clone())
            .collect(),
        state: RunEnd::Passed,
        next: synod_consensus::Next::Done,
    };
    let probes = matches!(&run.work, Work::Gate(gate) if gate.probe.is_some());
    let end_reason = match answers.is_empty() {
        _ if probes => Reason::Probed,
        true => Reason::Completed,
        false => Reason::Settled,
    };
    let (state, reason, open) = match settle(&outcome, &answers) {
        RunEnd::NoQuorum { .. } => (RunState::NoQuorum, Reason::NoQuorum, 0),
        RunEnd::AwaitingHuman { .. } | RunEnd::Rejected { .. } if probes => {
            (RunState::Passed, end_reason, 0)
        }
        RunEnd::AwaitingHuman { open } => {
            (RunState::AwaitingHuman, Reason::QuestionsOpen, open.len())
        }
        RunEnd::Rejected { .. } => (RunState::Rejected, Reason::MustFix, 0),
        RunEnd::PassedDegraded { .. } => (RunState::PassedDegraded, end_reason, 0),
        RunEnd::Passed => (RunState::Passed, end_reason, 0),
    };
    if verdict.state != state {
        verdict.state = state;
        turn.put_verdict(verdict);
    }
    run.open_questions = u32::try_from(open).unwrap_or(u32::MAX);
    if state.is_terminal() {
        end(turn, run, state, reason);
    } else {
        run.state = state;
        run.reason = Some(reason);
        turn.put_run(run);
    }
}

/// What people have said so far, by the keys of the findings.
pub(super) fn said_in(turn: &Turn<'_>, run: RunId) -> BTreeMap<String, Disposition> {
    let keys: BTreeMap<FindingId, String> = turn
        .state
        .findings_of(run)
        .map(|finding| (finding.id, finding.content.key.clone()))
        .collect();
    turn.state
        .questions_of(run)
        .filter_map(|question| {
            let said = question.settled.as_ref()?.disposition.clone();
            Some((keys.get(&question.id)?.clone(), in_keys(said, &keys)))
        })
        .collect()
}

/// Consensus speaks of findings by their keys, people by their ids.
fn in_keys(said: Disposition, keys: &BTreeMap<FindingId, String>) -> Disposition {
    match said {
        Disposition::DuplicateOf(id) => {
            let key = id
                .parse()
                .ok()
                .and_then(|id: FindingId| keys.get(&id).cloned());
            Disposition::DuplicateOf(key.unwrap_or(id))
        }
        said => said,
    }
}

fn end(turn: &mut Turn<'_>, mut run: Run, state: RunState, reason: Reason) {
    run.state = state;
    run.reason = Some(reason);
    run.ended_at_us = Some(turn.now.utc_us);
    turn.put_run(run);
}
