//! `events`: a change in one line.

use synod_proto::v1::{Change, Snapshot, change::Entity};
use synod_shared::sanitize;

use super::{Look, clean, instant, short};

/// Revision, time, what it is about, what it is now.
pub fn change(change: &Change, look: &Look) -> String {
    let time = change
        .at
        .as_ref()
        .and_then(instant)
        .map(|at| {
            at.to_zoned(look.zone.clone())
                .strftime("%H:%M:%S%.3f")
                .to_string()
        })
        .unwrap_or_default();
    let about = change.entity.as_ref().map(about).unwrap_or_default();
    format!("{:>7}  {time}  {about}", change.revision)
}

fn about(entity: &Entity) -> String {
    let with_reason = |state: &str, reason: &str| match reason {
        "" => clean(state),
        reason => format!("{} ({})", clean(state), clean(reason)),
    };
    match entity {
        Entity::Run(run) => format!(
            "run        {}  {}  {}",
            short(&run.id),
            with_reason(&run.state, &run.reason),
            clean(&run.name)
        ),
        Entity::Execution(execution) => format!(
            "execution  {}  {}  {}",
            short(&execution.id),
            with_reason(&execution.state, &execution.reason),
            clean(&execution.agent)
        ),
        Entity::Attempt(attempt) => {
            let end = match (attempt.exit_code, attempt.signal) {
                (Some(code), _) => format!("  exit code {code}"),
                (None, Some(signal)) => format!("  signal {signal}"),
                (None, None) => String::new(),
            };
            format!(
                "attempt    {}  {}  of execution {}{end}",
                short(&attempt.id),
                with_reason(&attempt.state, &attempt.reason),
                short(&attempt.execution_id),
            )
        }
        Entity::Progress(progress) => format!(
            "progress   {}  {} bytes  {}",
            short(&progress.attempt_id),
            progress.output_bytes,
            sanitize::line(&progress.last_line, 60)
        ),
        Entity::Finding(finding) => format!(
            "finding    {}  {}  [{}] {}",
            short(&finding.id),
            clean(&finding.decision),
            clean(&finding.severity),
            sanitize::line(&finding.text, 80)
        ),
        Entity::Question(question) => format!(
            "question   {}  {}  {}",
            short(&question.id),
            with_reason(&question.state, &question.disposition),
            sanitize::line(&question.text, 80)
        ),
        Entity::Verdict(verdict) => format!(
            "verdict    {}  {}  {}",
            short(&verdict.run_id),
            clean(&verdict.state),
            clean(&verdict.trust)
        ),
        Entity::Ledger(entry) => format!(
            "ledger     {}  {}  {}",
            short(&entry.id),
            with_reason(&entry.standing, &entry.disposition),
            sanitize::line(&entry.claim, 80)
        ),
        Entity::Deleted(deleted) => {
            format!(
                "deleted    {}  {}",
                short(&deleted.id),
                clean(&deleted.kind)
            )
        }
    }
}

/// Why a snapshot was sent instead of changes.
pub fn snapshot(snapshot: &Snapshot) -> String {
    let why = match snapshot.cause.as_str() {
        "requested" => "as asked".to_owned(),
        "other-feed" => "the database is another one than before".to_owned(),
        "future-revision" => "the revision asked for is yet to come".to_owned(),
        "pruned-revision" => "older changes are no longer kept".to_owned(),
        "fell-behind" => "this reader was too slow and missed changes".to_owned(),
        cause => clean(cause),
    };
    format!(
        "the feed goes on after revision {}: {why}; `synod ps --all` lists the {} runs it knows",
        snapshot.revision,
        snapshot.runs.len() as u64 + snapshot.older_runs,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn each_kind_of_change_is_one_line() {
        let lines: Vec<String> = samples::changes()
            .iter()
            .map(|one| change(one, &samples::look()))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
