//! `show`: everything about one run.

use synod_proto::v1::{Attempt, Execution, Run};

use synod_shared::sanitize;

use super::{
    Look, Tone, ago, between, clean, instant, questions, rounds, short, span, tone_of, usage,
    verdict, workspace, wrap,
};

/// Characters of a final message that `show` prints; `logs --final` has all of it.
const EXCERPT: usize = 300;

/// The rounds of a gate, by the part of their executions.
const PARTS: &[(&str, &str)] = &[
    ("", "ANSWERS"),
    (rounds::BALLOT, "BALLOT"),
    (rounds::ARBITER, "ARBITER"),
];

/// The run, its agents with their attempts, and the verdict if there is one.
pub fn show(run: &Run, look: &Look) -> String {
    let mut lines = Vec::new();
    let state = look.colour.paint(tone_of(&run.state), &clean(&run.state));
    let name = look.colour.paint(Tone::Strong, &clean(&run.name));
    lines.push(format!("{name}  {state}"));
    let mut field = |title: &str, value: String| {
        if !value.is_empty() {
            let first = format!("  {title:9} ");
            lines.extend(wrap::wrap(&value, look.width, &first, &" ".repeat(12)));
        }
    };
    field("id", clean(&run.id));
    field("kind", kind(run));
    field("subject", clean(&run.subject));
    field("diff", clean(&run.diff));
    field("workspace", workspace::field(run));
    if run.reason != run.state {
        field("reason", clean(&run.reason));
    }
    field(
        "submitted",
        run.created_at
            .as_ref()
            .map(|at| ago(at, look))
            .unwrap_or_default(),
    );
    field(
        "ended",
        run.ended_at
            .as_ref()
            .map(|at| ago(at, look))
            .unwrap_or_default(),
    );
    field(
        "took",
        run.ended_at
            .as_ref()
            .and_then(|end| between(run.created_at.as_ref(), Some(end), look.now))
            .unwrap_or_default(),
    );
    field(
        "used",
        run.usage.as_ref().map(usage::whole).unwrap_or_default(),
    );
    field("revision", run.revision.to_string());
    for (part, title) in PARTS {
        let of_part: Vec<&Execution> = run
            .executions
            .iter()
            .filter(|it| it.part == *part)
            .collect();
        // A run of one round needs no headings.
        if !of_part.is_empty() && run.executions.iter().any(|it| !it.part.is_empty()) {
            lines.push(String::new());
            lines.push(look.colour.paint(Tone::Strong, title));
        }
        for execution in of_part {
            lines.push(String::new());
            lines.extend(one_execution(execution, look));
        }
    }
    let newer = |it: &&Execution| !PARTS.iter().any(|(part, _)| it.part == *part);
    for execution in run.executions.iter().filter(newer) {
        lines.push(String::new());
        lines.push(
            look.colour
                .paint(Tone::Strong, &clean(&execution.part).to_uppercase()),
        );
        lines.extend(one_execution(execution, look));
    }
    if run.verdict.is_some() || !run.findings.is_empty() {
        lines.push(String::new());
        lines.push(verdict::verdict(run, look));
    } else if !run.questions.is_empty() {
        lines.push(String::new());
        lines.push(questions::questions(
            &run.questions,
            questions::Many::All,
            |_| clean(&run.name),
            look,
        ));
    }
    lines.join("\n")
}

fn kind(run: &Run) -> String {
    match run.kind.as_str() {
        "gate" => format!(
            "gate {} version {}{}, quorum {} of {}{}",
            clean(&run.gate),
            run.gate_version,
            match clean(&run.gate_origin) {
                origin if origin.is_empty() || origin == "builtin" => String::new(),
                origin => format!(" ({origin})"),
            },
            run.quorum,
            run.roster.len(),
            if run.probe {
                ", a probe: it measures its agents and decides nothing"
            } else {
                ""
            }
        ),
        kind => clean(kind),
    }
}

fn one_execution(execution: &Execution, look: &Look) -> Vec<String> {
    let state = look
        .colour
        .paint(tone_of(&execution.state), &clean(&execution.state));
    let belongs = [&execution.family, &execution.provider]
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(|word| clean(word))
        .collect::<Vec<_>>()
        .join(", ");
    let belongs = match belongs.as_str() {
        "" => String::new(),
        words => format!(" [{words}]"),
    };
    let mut lines = vec![format!(
        "{}{belongs}  {state}  execution {}",
        clean(&execution.agent),
        short(&execution.id)
    )];
    if !execution.reason.is_empty() && execution.reason != "completed" {
        let why = match clean(&execution.detail) {
            detail if detail.is_empty() => clean(&execution.reason),
            detail => format!("{}: {detail}", clean(&execution.reason)),
        };
        lines.extend(wrap::indented(&why, look.width, 2));
    }
    for attempt in &execution.attempts {
        lines.extend(one_attempt(attempt, &execution.detail, look));
    }
    lines
}

fn one_attempt(attempt: &Attempt, said: &str, look: &Look) -> Vec<String> {
    let mut words = vec![clean(&attempt.state)];
    if let Some(code) = attempt.exit_code {
        words.push(format!("exit code {code}"));
    }
    if let Some(signal) = attempt.signal {
        words.push(format!("signal {signal}"));
    }
    if !attempt.reason.is_empty() {
        words.push(clean(&attempt.reason));
    }
    if let Some(took) = between(
        attempt.started_at.as_ref(),
        attempt.ended_at.as_ref(),
        look.now,
    ) {
        words.push(took);
    }
    if let Some(bytes) = attempt.output_bytes {
        words.push(format!("{bytes} bytes of output"));
    }
    if let Some(bytes) = attempt.error_bytes.filter(|bytes| *bytes > 0) {
        words.push(format!("{bytes} of error output"));
    }
    if let Some(pid) = attempt.pid.filter(|_| attempt.ended_at.is_none()) {
        words.push(format!("pid {pid}"));
    }
    if !attempt.containment.is_empty() {
        words.push(clean(&attempt.containment));
    }
    let head = format!(
        "attempt {} ({}): {}",
        attempt.number,
        short(&attempt.id),
        words.join(", ")
    );
    let mut lines = wrap::wrap(&head, look.width, "  ", "    ");
    if let Some(at) = &attempt.started_at {
        lines.push(format!("    started {}", ago(at, look)));
    }
    if let Some(at) = &attempt.ended_at {
        lines.push(format!("    ended {}", ago(at, look)));
    }
    // Said once is enough.
    if !attempt.detail.is_empty() && attempt.detail != said {
        lines.extend(wrap::indented(&clean(&attempt.detail), look.width, 4));
    }
    lines.extend(told(attempt, look));
    // What a structured agent prints is told above.
    if !attempt.last_line.is_empty() && attempt.transcript_bytes() == 0 {
        let when = attempt
            .last_output_at
            .as_ref()
            .map(|at| format!(", {}", ago(at, look)))
            .unwrap_or_default();
        let text = match clean(&attempt.last_line) {
            // The end of an answer in JSON says nothing.
            line if !line.contains(char::is_alphanumeric) => format!("last output{when}"),
            line => format!("last output{when}: {line}"),
        };
        lines.extend(wrap::wrap(&text, look.width, "    ", "      "));
    }
    lines
}

/// What the agent told of itself.
fn told(attempt: &Attempt, look: &Look) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |text: String| lines.extend(wrap::wrap(&text, look.width, "    ", "      "));
    if let Some(at) = &attempt.retry_at {
        line(format!(
            "the provider may be asked again {}; then `synod retry {}`",
            when(at, look),
            short(&attempt.execution_id)
        ));
    }
    let who = [("model", &attempt.model), ("session", &attempt.session_id)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(title, value)| format!("{title} {}", clean(value)))
        .collect::<Vec<_>>()
        .join(", ");
    if !who.is_empty() {
        line(who);
    }
    if let Some(used) = &attempt.usage {
        line(match attempt.steps {
            Some(1) => format!("{}, 1 step", usage::whole(used)),
            Some(steps) if steps > 0 => format!("{}, {steps} steps", usage::whole(used)),
            Some(_) | None => usage::whole(used),
        });
    }
    if attempt.ended_at.is_none() && !attempt.activity.is_empty() {
        line(format!("now: {}", clean(&attempt.activity)));
    }
    if let Some(text) = &attempt.final_text
        && !text.trim().is_empty()
        && attempt.transcript_bytes() > 0
    {
        line(format!("said at last: {}", sanitize::line(text, EXCERPT)));
    }
    lines
}

/// A moment to come, or one that has passed.
fn when(at: &prost_types::Timestamp, look: &Look) -> String {
    match instant(at) {
        Some(then) if then > look.now => {
            let wait = look.now.duration_until(then).as_millis();
            let wait = i64::try_from(wait).unwrap_or(i64::MAX);
            let zoned = then.to_zoned(look.zone.clone());
            format!("in {} ({})", span(wait), zoned.strftime("%F %H:%M"))
        }
        _ => "now".to_owned(),
    }
}

/// One line for the end of a run.
pub fn end(run: &Run) -> String {
    let reason = match clean(&run.reason) {
        reason if reason.is_empty() || reason == run.state || reason == "completed" => {
            String::new()
        }
        reason => format!(" ({reason})"),
    };
    format!("{}  {}{reason}", clean(&run.name), clean(&run.state))
}

/// One line for the end of a single-agent run, with the sentence that says why.
pub fn end_in_full(run: &Run) -> String {
    let details = run.executions.iter().flat_map(|execution| {
        let attempts = execution.attempts.iter().rev();
        std::iter::once(&execution.detail).chain(attempts.map(|attempt| &attempt.detail))
    });
    match details.map(|detail| clean(detail)).find(|d| !d.is_empty()) {
        Some(detail) => format!("{}: {detail}", end(run)),
        None => end(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_running_gate_is_shown_with_its_attempts() {
        insta::assert_snapshot!(show(&samples::running(), &samples::look()));
    }

    #[test]
    fn the_rounds_of_a_gate_are_told_apart() {
        let text = show(&samples::decided(), &samples::look());
        let (rounds, _) = text.split_once("FOR YOU TO DECIDE").unwrap();
        insta::assert_snapshot!(rounds);
    }

    #[test]
    fn the_end_of_a_single_agent_says_why() {
        assert_eq!(
            end_in_full(&samples::ended_command()),
            "make#4  failed (exit-nonzero): the command ended with exit code 7"
        );
    }

    #[test]
    fn an_ended_command_is_shown_with_its_exit_code() {
        insta::assert_snapshot!(show(&samples::ended_command(), &samples::look()));
    }
}
