//! A run under way: lines drawn again in place on a terminal, one plain line for each step without one.

use synod_proto::v1::{Attempt, Execution, Run};
use synod_shared::sanitize;

use super::{Look, age, between, clean, runs, short, table::cut, tone_of, usage};

/// The run in one line, then one line for each agent. Each fits the width.
pub fn panel(run: &Run, look: &Look) -> Vec<String> {
    let elapsed = between(run.created_at.as_ref(), run.ended_at.as_ref(), look.now);
    let head = format!(
        "{}  {}  {}/{} done  {}",
        clean(&run.name),
        clean(&run.state),
        runs::done(run),
        runs::agents(run),
        elapsed.unwrap_or_default(),
    );
    // The last column stays free: a full line would wrap on some terminals.
    let width = look.width.saturating_sub(1);
    let name_width = run
        .executions
        .iter()
        .map(|execution| name(execution).chars().count())
        .max()
        .unwrap_or_default()
        .min(24);
    std::iter::once(cut(&head, width))
        .chain(
            run.executions
                .iter()
                .map(|execution| agent(execution, name_width, width, look)),
        )
        .collect()
}

/// The agent, and what it is asked for where that is no answer: `alice, ballot`.
fn name(execution: &Execution) -> String {
    let agent = clean(&execution.agent);
    match clean(&execution.part) {
        part if part.is_empty() || part == agent => agent,
        part => format!("{agent}, {part}"),
    }
}

fn agent(execution: &Execution, name_width: usize, width: usize, look: &Look) -> String {
    let newest = execution.attempts.last();
    let state = cut(&clean(&execution.state), 10);
    let name = cut(&name(execution), name_width);
    let elapsed = newest
        .and_then(|a| between(a.started_at.as_ref(), a.ended_at.as_ref(), look.now))
        .unwrap_or_default();
    let before = format!("  {name:name_width$}  ");
    let after = format!("  {elapsed:>7}  {}", said(execution, newest, look));
    let left = width.saturating_sub(before.chars().count() + 10);
    let state = look
        .colour
        .paint(tone_of(&execution.state), &format!("{state:10}"));
    format!("{before}{state}{}", cut(&after, left))
        .trim_end()
        .to_owned()
}

/// The last output with its age, or why it ended.
fn said(execution: &Execution, newest: Option<&Attempt>, look: &Look) -> String {
    let ended = execution.ended_at.is_some();
    if ended && !execution.reason.is_empty() && execution.reason != "completed" {
        return reason(execution);
    }
    let Some(attempt) = newest else {
        return "waiting for a place".to_owned();
    };
    let line = sanitize::line(usage::activity(attempt), 200);
    match &attempt.last_output_at {
        // The last line of an answer is a closing brace: how much there is says more.
        _ if ended => match (&attempt.usage, attempt.output_bytes) {
            (Some(used), _) => usage::short(used),
            (None, Some(bytes)) => format!("{bytes} bytes"),
            (None, None) => String::new(),
        },
        Some(at) => {
            let age = age(at, look.now).unwrap_or_default();
            format!("{age} ago: {line}")
        }
        None => "no output yet".to_owned(),
    }
}

fn reason(execution: &Execution) -> String {
    match (clean(&execution.reason), clean(&execution.detail)) {
        (reason, detail) if detail.is_empty() => reason,
        (reason, detail) => format!("{reason}: {detail}"),
    }
}

fn round(round: &str) -> String {
    match round {
        "ballot" => "the ballot: each agent votes on what all found".to_owned(),
        "arbitration" => "the arbiter, who decides what is disputed".to_owned(),
        round => clean(round),
    }
}

/// What happened between two looks at a run, a line each.
pub fn steps(before: Option<&Run>, after: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    if before.is_none() {
        lines.push(format!(
            "{} ({}) {}",
            clean(&after.name),
            short(&after.id),
            clean(&after.state)
        ));
    }
    for execution in &after.executions {
        let known = before.and_then(|run| run.executions.iter().find(|e| e.id == execution.id));
        if known.is_none_or(|known| known.state != execution.state) {
            let why = match execution.ended_at {
                Some(_) if execution.reason != "completed" => format!(" ({})", reason(execution)),
                Some(_) | None => String::new(),
            };
            lines.push(format!(
                "{}: {}{why}",
                name(execution),
                clean(&execution.state)
            ));
        }
    }
    if before.is_some_and(|run| run.round != after.round) && !after.round.is_empty() {
        lines.push(format!(
            "{} goes on with {}",
            clean(&after.name),
            round(&after.round)
        ));
    }
    if before.is_some_and(|run| run.state != after.state) {
        lines.push(format!("{} {}", clean(&after.name), clean(&after.state)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_panel_shows_each_agent_with_its_last_output() {
        let look = samples::look();
        let lines = panel(&samples::running(), &look);
        assert!(lines.iter().all(|line| line.chars().count() < 80));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn steps_are_told_once() {
        let before = samples::running();
        let mut after = before.clone();
        assert!(steps(Some(&before), &after).is_empty());
        after.executions[0].state = "failed".into();
        after.executions[0].reason = "no-json".into();
        after.executions[0].ended_at = Some(samples::at(90));
        after.state = "deciding".into();
        insta::assert_snapshot!(
            [steps(None, &before), steps(Some(&before), &after)]
                .concat()
                .join("\n")
        );
    }

    #[test]
    fn a_further_round_is_told_with_who_votes() {
        let mut before = samples::decided();
        before.round.clear();
        before.executions.truncate(3);
        let after = samples::decided();
        insta::assert_snapshot!(steps(Some(&before), &after).join("\n"));
        let panel = panel(&after, &samples::look()).join("\n");
        assert!(
            panel.contains("alice, ballot") && panel.contains("judge, arbiter"),
            "{panel}"
        );
    }

    /// O13
    #[test]
    fn what_an_agent_prints_cannot_move_the_cursor() {
        let mut run = samples::running();
        run.executions[0].attempts[0].last_line = "\u{1b}[2J\u{1b}]0;x\u{7}owned\u{202e}".into();
        let shown = panel(&run, &samples::look()).join("\n");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));
        assert!(shown.contains("owned<U+202E>"));
    }
}
