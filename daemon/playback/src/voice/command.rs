//! Any program: what it says on standard output, what it does on standard error.

use super::{Facts, Failure, Line, Speech};

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Begins | Speech::Done => Vec::new(),
        Speech::Says(text) | Speech::Final(text) => {
            let line = text.strip_suffix('\n').unwrap_or(text);
            vec![Line::Text(line.to_owned())]
        }
        Speech::Thinks(text) => vec![Line::Aside(format!("thinking: {text}"))],
        Speech::Plans(entries) => entries
            .iter()
            .map(|entry| Line::Aside(format!("[ ] {entry}")))
            .collect(),
        Speech::Calls => {
            let call = facts.called();
            vec![Line::Aside(format!("{}: {}", call.tool, call.what))]
        }
        Speech::Returned(text) => vec![Line::Aside(text.clone())],
        Speech::Retries { status, after_ms } => vec![Line::Aside(format!(
            "status {status}, trying again in {after_ms} ms"
        ))],
        Speech::Fails(failure) => vec![Line::Aside(sentence(failure, facts)), Line::Code(1)],
        Speech::Unknown(number) => vec![Line::Text(format!("~ {number} ~"))],
    }
}

fn sentence(failure: &Failure, facts: &Facts) -> String {
    format!(
        "error: {} (status {})",
        failure.message(&facts.model),
        failure.status()
    )
}
