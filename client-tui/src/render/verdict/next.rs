//! What to do about a verdict now.

use synod_proto::v1::{Question, Run};

use crate::render::{Look, Tone, clean, short, wrap};

/// The bulk answer that makes sense: taking what is recommended needs a recommendation.
fn rest(run: &Run, name: &str) -> String {
    let recommended =
        |question: &Question| question.state != "settled" && !question.recommended.is_empty();
    if run.questions.iter().any(recommended) {
        format!("synod answer {name} --rest recommended    take what is recommended")
    } else {
        format!("synod answer {name} --rest later    put off all that is open")
    }
}

fn must_fix(run: &Run) -> impl Iterator<Item = String> {
    run.questions
        .iter()
        .filter(|question| question.disposition == "must-fix")
        .map(|question| {
            let what = [clean(&question.section), clean(&question.text)];
            let what = what.iter().filter(|word| !word.is_empty());
            format!(
                "must be fixed: {}",
                what.cloned().collect::<Vec<_>>().join(": ")
            )
        })
}

/// For each agent without a valid answer that was started, how to see what it printed.
fn printed(run: &Run) -> Vec<String> {
    let missing = run.verdict.iter().flat_map(|verdict| &verdict.missing);
    missing
        .filter(|missing| missing.reason != "spawn-failed")
        .filter_map(|missing| run.executions.iter().rfind(|e| e.agent == missing.agent))
        .filter_map(|execution| {
            let attempt = execution.attempts.last()?;
            let only_errors = attempt.output_bytes.unwrap_or_default() == 0
                && attempt.error_bytes.is_some_and(|bytes| bytes > 0);
            let stderr = if only_errors { " --stderr" } else { "" };
            Some(format!(
                "synod logs {}{stderr}    what {} printed",
                short(&execution.id),
                clean(&execution.agent)
            ))
        })
        .collect()
}

/// What to do now.
pub(super) fn next(run: &Run, look: &Look) -> Vec<String> {
    let name = clean(&run.name);
    let title = look.colour.paint(Tone::Strong, "NEXT");
    let steps: Vec<String> = match run.state.as_str() {
        "awaiting-human" => vec![
            format!("synod questions {name}    all open questions with their options"),
            rest(run, &name),
            "then mend what must be fixed; once nothing is open the verdict stands".to_owned(),
        ],
        "rejected" => must_fix(run)
            .chain(["mend that, then run the gate again".to_owned()])
            .collect(),
        "no-quorum" => [
            vec![format!("synod show {name}    why each agent failed")],
            printed(run),
            vec!["then run the gate again, or with fewer agents: --roster, --quorum".to_owned()],
        ]
        .concat(),
        "deadline-exceeded" => [
            vec![format!("synod show {name}    what was answered in time")],
            printed(run),
            vec!["raise the gate's [gate.deadlines], or run it again".to_owned()],
        ]
        .concat(),
        "passed-degraded" => vec![format!(
            "nothing is open, but voices are missing; synod show {name} tells which"
        )],
        "passed" => vec!["nothing is open: go on".to_owned()],
        "cancelled" => vec!["run the gate again when you want its answer".to_owned()],
        _ => vec![format!("synod wait {name}    blocks until it ends")],
    };
    let mut lines = vec![String::new(), title];
    for step in steps {
        if step.starts_with("synod ") {
            // To be copied whole.
            lines.push(format!("  {step}"));
        } else {
            lines.extend(wrap::wrap(&step, look.width, "  ", "    "));
        }
    }
    lines
}
