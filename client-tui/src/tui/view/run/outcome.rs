//! What became of a run that is one agent's alone: its attempts, newest first.

use synod_proto::v1::{Attempt, Execution, Run};
use synod_shared::sanitize;

use super::lines::Lines;
use crate::{
    render::{Tone, age, between, clean, instant, short, span, tone_of, usage},
    tui::{
        keys::Action,
        model::{Model, run::TextRow},
        view::runs::to_proto,
    },
};

/// One sentence for the head.
pub fn sentence(model: &Model, run: &Run) -> String {
    let newest = newest(model, run);
    let Some(attempt) = newest else {
        return "it has not been started yet".to_owned();
    };
    match (attempt.ended_at.is_some(), ended_how(&attempt)) {
        (false, _) => "at work: its end is awaited".to_owned(),
        (true, Some(how)) => format!("ended with {how}"),
        (true, None) => match clean(&attempt.reason) {
            reason if reason.is_empty() => "ended".to_owned(),
            reason => format!("ended: {reason}"),
        },
    }
}

fn newest(model: &Model, run: &Run) -> Option<Attempt> {
    let parts = model.shown().parts(&run.id)?;
    let execution = parts.executions.last()?;
    model.shown().newest_attempt(execution)
}

fn ended_how(attempt: &Attempt) -> Option<String> {
    let code = attempt.exit_code.map(|code| format!("exit code {code}"));
    let signal = attempt.signal.map(|signal| format!("signal {signal}"));
    code.or(signal)
}

/// The lines for so many columns.
pub fn rows(model: &Model, run: &Run, width: u16) -> Vec<TextRow> {
    let known = model.shown();
    let mut lines = Lines::new(width);
    let executions = known.parts(&run.id).map(|parts| &parts.executions);
    // Such a run has one execution: work that is done once more is another run.
    let id = executions.and_then(|executions| executions.last());
    let Some((id, execution)) = id.and_then(|id| Some((id, known.execution(id)?))) else {
        return lines.rows;
    };
    let attempts = known.attempts_of(id);
    if attempts.is_empty() {
        let waits = between(execution.queued_at.as_ref(), None, model.moment());
        let words = match waits.filter(|_| execution.ended_at.is_none()) {
            Some(waits) => format!("not started yet; waits {waits}"),
            None => "never started".to_owned(),
        };
        lines.add("attempt", &words, Tone::Plain);
    }
    if !execution.detail.is_empty() {
        let tone = tone_of(&execution.state);
        lines.add("why", &clean(&execution.detail), tone);
    }
    for attempt in attempts.iter().rev().filter_map(|id| known.attempt(id)) {
        one(model, &mut lines, execution, &attempt, attempts.len());
    }
    lines.rows
}

fn one(model: &Model, lines: &mut Lines, execution: &Execution, attempt: &Attempt, all: usize) {
    let state = clean(&attempt.state);
    lines.add(
        "attempt",
        &format!("{} of {all}, {state}", attempt.number),
        tone_of(&attempt.state),
    );
    match ended_how(attempt) {
        Some(how) => {
            let well = attempt.exit_code == Some(0);
            lines.add(
                "ended with",
                &how,
                if well { Tone::Good } else { Tone::Bad },
            );
        }
        None if attempt.ended_at.is_none() => lines.add("ended with", "not yet", Tone::Faint),
        None => {}
    }
    if !attempt.reason.is_empty() {
        let again = super::told::again(model, attempt);
        let again = again.map_or_else(String::new, |again| format!(", {again}"));
        let words = format!("{}{again}", clean(&attempt.reason));
        lines.add("reason", &words, Tone::Plain);
    }
    if !attempt.detail.is_empty() && attempt.detail != execution.detail {
        lines.add("in words", &clean(&attempt.detail), Tone::Plain);
    }
    said(model, lines, attempt);
    let measured = attempt.duration.as_ref().map(millis).map(span);
    let (from, to) = (attempt.started_at.as_ref(), attempt.ended_at.as_ref());
    if let Some(ran) = measured.or_else(|| between(from, to, model.moment())) {
        let limit = attempt.timeout.as_ref().map(millis).map(span);
        let limit = limit.map_or_else(String::new, |limit| format!(" of at most {limit}"));
        let word = if to.is_some() { "ran" } else { "runs" };
        lines.add(word, &format!("{ran}{limit}"), Tone::Plain);
    }
    if let Some(at) = from.and_then(instant) {
        let at = at.to_zoned(model.zone.clone());
        lines.add(
            "started",
            &at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Tone::Plain,
        );
    }
    if let Some(pid) = attempt.pid {
        lines.add("pid", &pid.to_string(), Tone::Plain);
    }
    if !attempt.containment.is_empty() {
        lines.add("held by", &clean(&attempt.containment), Tone::Plain);
    }
    let bytes = |bytes: Option<u64>| bytes.unwrap_or_default();
    let printed = format!(
        "{} bytes of output, {} of error output",
        bytes(attempt.output_bytes),
        bytes(attempt.error_bytes)
    );
    lines.add("printed", &printed, Tone::Plain);
    if !attempt.last_line.is_empty() && attempt.transcript_bytes() == 0 {
        let at = attempt.last_output_at.as_ref().and_then(instant);
        let age = at.and_then(|at| age(&to_proto(at), model.moment()));
        let age = age.filter(|_| attempt.ended_at.is_none());
        let age = age.map_or_else(String::new, |age| format!("  ({age} ago)"));
        lines.add(
            "last line",
            &format!("{}{age}", clean(&attempt.last_line)),
            Tone::Plain,
        );
    }
    lines.add("id", &short(&attempt.id), Tone::Faint);
}

/// What a structured agent does now, or how its final message begins.
fn said(model: &Model, lines: &mut Lines, attempt: &Attempt) {
    if attempt.ended_at.is_none() && !attempt.activity.is_empty() {
        lines.add("now", &clean(&attempt.activity), Tone::Strong);
    }
    if let Some(last) = model.shown().final_text(&attempt.id) {
        let text = sanitize::text(&last.text).replace('\t', "    ");
        lines.add("said at last", text.trim(), Tone::Strong);
        if last.bytes > last.text.len() as u64 {
            let key = model.settings.keys.first(Action::RunOutput);
            let key = key.map_or_else(String::new, |key| format!("; {key} shows all"));
            let words = format!("… of {} bytes{key}", last.bytes);
            lines.add("", &words, Tone::Faint);
        }
    }
    told(model, lines, attempt);
}

/// What it tells of itself.
fn told(model: &Model, lines: &mut Lines, attempt: &Attempt) {
    if !attempt.model.is_empty() {
        lines.add("model", &clean(&attempt.model), Tone::Plain);
    }
    if !attempt.session_id.is_empty() {
        let key = model.settings.keys.first(Action::CopySession);
        let key = key.map_or_else(String::new, |key| format!("  ({key} copies it)"));
        let words = format!("{}{key}", clean(&attempt.session_id));
        lines.add("session", &words, Tone::Plain);
    }
    if let Some(steps) = attempt.steps.filter(|steps| *steps > 0) {
        lines.add("steps", &steps.to_string(), Tone::Plain);
    }
    if let Some(used) = &attempt.usage {
        lines.add("used", &usage::whole(used), Tone::Plain);
    }
}

fn millis(duration: &prost_types::Duration) -> i64 {
    let seconds = duration.seconds.saturating_mul(1000);
    seconds.saturating_add(i64::from(duration.nanos) / 1_000_000)
}
