//! One change in words: what happened, to whom, and which command it was. For rows that can be filtered and for
//! chains of cause and effect; `change` has the one-line form of `synod events`.

use synod_proto::v1::{
    Attempt, AttemptProgress, Change, Execution, Permission, Question, Run,
    change::{Entity, Lifecycle},
};
use synod_shared::sanitize;

use super::{clean, questions::wants, short};

/// Characters of a finding, an answer or a printed line that are worth a row.
const TEXT: usize = 120;

/// The run a change is about; none if it does not say.
pub fn run_of(change: &Change) -> Option<&str> {
    Some(match change.entity.as_ref()? {
        Entity::Run(run) => &run.id,
        Entity::Execution(execution) => &execution.run_id,
        Entity::Attempt(attempt) => &attempt.run_id,
        Entity::Progress(progress) => &progress.run_id,
        Entity::Finding(finding) => &finding.run_id,
        Entity::Question(question) => &question.run_id,
        Entity::Verdict(verdict) => &verdict.run_id,
        Entity::Ledger(entry) => &entry.run_id,
        Entity::Deleted(deleted) if deleted.kind == "run" => &deleted.id,
        Entity::Deleted(_) => return None,
    })
}

/// The execution a change is about.
pub fn execution_of(change: &Change) -> Option<&str> {
    Some(match change.entity.as_ref()? {
        Entity::Execution(execution) => &execution.id,
        Entity::Attempt(attempt) => &attempt.execution_id,
        Entity::Progress(progress) => &progress.execution_id,
        // What an agent asks to be allowed belongs to its work.
        Entity::Question(question) => &question.permission.as_ref()?.execution_id,
        Entity::Run(_)
        | Entity::Finding(_)
        | Entity::Verdict(_)
        | Entity::Ledger(_)
        | Entity::Deleted(_) => {
            return None;
        }
    })
}

/// The id of what changed.
pub fn id_of(change: &Change) -> Option<&str> {
    Some(match change.entity.as_ref()? {
        Entity::Run(run) => &run.id,
        Entity::Execution(execution) => &execution.id,
        Entity::Attempt(attempt) => &attempt.id,
        Entity::Progress(progress) => &progress.attempt_id,
        Entity::Finding(finding) => &finding.id,
        Entity::Question(question) => &question.id,
        Entity::Verdict(verdict) => &verdict.run_id,
        Entity::Ledger(entry) => &entry.id,
        Entity::Deleted(deleted) => &deleted.id,
    })
}

/// The agent, as far as the change itself names it; as foreign text.
pub fn agent_of(change: &Change) -> Option<&str> {
    if let Some(Entity::Execution(execution)) = &change.entity {
        return Some(&execution.agent);
    }
    if let Some(Entity::Question(question)) = &change.entity
        && let Some(asked) = &question.permission
    {
        return Some(&asked.agent);
    }
    Some(match change.lifecycle.as_ref()? {
        Lifecycle::AgentStarted(it) => &it.agent,
        Lifecycle::AgentProgress(it) => &it.agent,
        Lifecycle::AgentCompleted(it) => &it.agent,
        Lifecycle::AgentFailed(it) => &it.agent,
        Lifecycle::AgentStatus(it) => &it.agent,
        Lifecycle::GateResult(_) => return None,
    })
}

/// The word that says how it is now; empty for what has none. As foreign text.
pub fn state_of(change: &Change) -> &str {
    match &change.entity {
        Some(Entity::Run(run)) => &run.state,
        Some(Entity::Execution(execution)) => &execution.state,
        // An attempt that has exited ended well or not: its reason tells.
        Some(Entity::Attempt(attempt)) if attempt.state == "exited" => match &*attempt.reason {
            "completed" | "cancelled" => &attempt.reason,
            _ => "failed",
        },
        Some(Entity::Attempt(attempt)) => &attempt.state,
        Some(Entity::Finding(finding)) => &finding.severity,
        Some(Entity::Question(question)) if question.state == "open" => "awaiting-human",
        Some(Entity::Verdict(verdict)) => &verdict.state,
        Some(Entity::Ledger(entry)) => &entry.standing,
        Some(Entity::Question(_) | Entity::Progress(_) | Entity::Deleted(_)) | None => "",
    }
}

/// What happened, without the names of run and agent.
pub fn what(change: &Change) -> String {
    match &change.entity {
        Some(Entity::Run(run)) => of_run(run),
        Some(Entity::Execution(execution)) => of_execution(execution, change),
        Some(Entity::Attempt(attempt)) => of_attempt(attempt, change),
        Some(Entity::Progress(progress)) => of_progress(progress),
        Some(Entity::Finding(finding)) => format!(
            "finding [{}] {}: {}",
            clean(&finding.severity),
            clean(&finding.decision),
            sanitize::line(&finding.text, TEXT)
        ),
        Some(Entity::Question(question)) => of_question(question),
        Some(Entity::Verdict(verdict)) => format!(
            "verdict {}: {}",
            clean(&verdict.state),
            clean(&verdict.trust)
        ),
        Some(Entity::Ledger(entry)) => format!(
            "ledger {}: {}",
            with_reason(&entry.standing, &entry.disposition),
            sanitize::line(&entry.claim, TEXT)
        ),
        Some(Entity::Deleted(deleted)) => {
            format!("{} {} is no more", clean(&deleted.kind), short(&deleted.id))
        }
        None => "something this program does not know yet".to_owned(),
    }
}

fn with_reason(state: &str, reason: &str) -> String {
    if reason.is_empty() || reason == state {
        clean(state)
    } else {
        format!("{} ({})", clean(state), clean(reason))
    }
}

fn of_run(run: &Run) -> String {
    match run.open_questions {
        // That questions are open is the whole reason.
        Some(open) if open > 0 && run.reason == "questions-open" => {
            format!("run {}, {open} open", clean(&run.state))
        }
        // While it goes on, what is open is what its agents wait for.
        Some(open) if open > 0 && run.reason.is_empty() => {
            format!("run {}, {open} to be allowed", clean(&run.state))
        }
        Some(_) | None => format!("run {}", with_reason(&run.state, &run.reason)),
    }
}

fn of_execution(execution: &Execution, change: &Change) -> String {
    let now = with_reason(&execution.state, &execution.reason);
    match &change.lifecycle {
        Some(Lifecycle::AgentStatus(status)) if status.from == status.to => {
            format!("{now}, to be ended")
        }
        Some(Lifecycle::AgentStatus(status)) if !status.from.is_empty() => {
            format!("{} → {now}", clean(&status.from))
        }
        _ => now,
    }
}

fn of_attempt(attempt: &Attempt, change: &Change) -> String {
    if let Some(Lifecycle::AgentStarted(started)) = &change.lifecycle {
        let again = match attempt.number {
            0 | 1 => String::new(),
            number => format!(", attempt {number}"),
        };
        return format!("started, pid {}{again}", started.pid);
    }
    let end = match (attempt.exit_code, attempt.signal) {
        (Some(code), _) => format!("exited with code {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => format!("attempt {} {}", attempt.number, clean(&attempt.state)),
    };
    if attempt.reason.is_empty() {
        end
    } else {
        format!("{end} ({})", clean(&attempt.reason))
    }
}

fn of_progress(progress: &AttemptProgress) -> String {
    if !progress.activity.is_empty() {
        return sanitize::line(&progress.activity, TEXT);
    }
    let bytes = progress.output_bytes + progress.error_bytes;
    let so_far = format!("printed, {bytes} bytes so far");
    match &*progress.last_line {
        "" => so_far,
        line => format!("{so_far}: {}", sanitize::line(line, TEXT)),
    }
}

fn of_question(question: &Question) -> String {
    if let Some(asked) = &question.permission {
        return of_permission(question, asked);
    }
    let text = sanitize::line(&question.text, TEXT);
    match &*question.state {
        "open" => format!("asks [{}]: {text}", clean(&question.severity)),
        state => format!(
            "question {}: {text}",
            with_reason(state, &question.disposition)
        ),
    }
}

/// Who may do what, without the agent's name.
fn of_permission(question: &Question, asked: &Permission) -> String {
    let what = format!(
        "{} {}",
        wants(&asked.tool_kind),
        sanitize::line(&asked.what, TEXT)
    );
    match &*question.state {
        "open" => format!("asks for permission to {what}"),
        "later" => format!("permission put off, to {what}"),
        "withdrawn" => format!("withdrew its request to {what}"),
        _ => format!("was answered {}, to {what}", said_of(question)),
    }
}

/// What a human said to a request for permission.
fn said_of(question: &Question) -> String {
    match &*question.disposition {
        "answer" => format!("“{}”", sanitize::line(&question.answer, TEXT)),
        "" => clean(&question.state),
        disposition => clean(disposition),
    }
}

/// What a request was, told from all it changed at once: the feed names the request, not its kind.
pub fn command(changes: &[&Change]) -> String {
    let entities = || changes.iter().filter_map(|change| change.entity.as_ref());
    let submitted = entities().find_map(|entity| match entity {
        Entity::Run(run) if run.state == "pending" => Some(run),
        _ => None,
    });
    if let Some(run) = submitted {
        return submit(run);
    }
    let questions: Vec<&Question> = entities()
        .filter_map(|entity| match entity {
            Entity::Question(question) => Some(question),
            _ => None,
        })
        .collect();
    if let Some(first) = questions.first() {
        return answer(first, questions.len());
    }
    let again = changes.iter().find_map(|change| match &change.lifecycle {
        Some(Lifecycle::AgentStatus(status)) if status.from.is_empty() => Some(status),
        _ => None,
    });
    if let Some(status) = again {
        return format!("retry: {}", clean(&status.agent));
    }
    match changes.first() {
        Some(change) => match (&change.entity, agent_of(change)) {
            (Some(Entity::Run(_)), _) => "cancel the run".to_owned(),
            (_, Some(agent)) => format!("cancel {}", clean(agent)),
            (_, None) => "a command".to_owned(),
        },
        None => "a command".to_owned(),
    }
}

fn submit(run: &Run) -> String {
    let subject = clean(&run.subject);
    match &*run.kind {
        "gate" => format!("submit: gate {} on {subject}", clean(&run.gate)),
        _ => format!("submit: {subject}"),
    }
}

fn answer(first: &Question, all: usize) -> String {
    let said = match &*first.disposition {
        "answer" => format!("“{}”", sanitize::line(&first.answer, TEXT)),
        "" => clean(&first.state),
        "duplicate" => format!("duplicate of {}", short(&first.answer)),
        disposition => clean(disposition),
    };
    match all {
        1 if first.permission.is_some() => {
            let agent = first.permission.as_ref().map(|asked| clean(&asked.agent));
            format!("permission for {}: {said}", agent.unwrap_or_default())
        }
        1 => format!("answer {}: {said}", short(&first.id)),
        _ if first.disposition == "answer" => format!("answer the rest as recommended: {all}"),
        _ => format!("answer the rest: {said}, {all}"),
    }
}

#[cfg(test)]
mod tests {
    use synod_proto::v1::AgentStatusUpdate;

    use super::*;
    use crate::render::samples;

    #[test]
    fn each_kind_of_change_has_words() {
        let lines: Vec<String> = samples::changes()
            .iter()
            .map(|change| format!("{} | {}", agent_of(change).unwrap_or("-"), what(change)))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn what_a_command_was_is_told_from_what_it_changed() {
        let of = |entity: Entity| Change {
            entity: Some(entity),
            ..Change::default()
        };
        let mut submitted = samples::running();
        submitted.state = "pending".into();
        let mut program = submitted.clone();
        (program.kind, program.subject) = ("command".into(), "make all".into());
        let execution = samples::running().executions[0].clone();
        let mut again = of(Entity::Execution(execution.clone()));
        again.lifecycle = Some(Lifecycle::AgentStatus(AgentStatusUpdate {
            agent: execution.agent.clone(),
            to: "queued".into(),
            ..AgentStatusUpdate::default()
        }));
        let settled = of(Entity::Question(samples::asking().questions[1].clone()));
        let run = of(Entity::Run(samples::running()));
        let told = [
            command(&[&of(Entity::Run(submitted)), &again]),
            command(&[&of(Entity::Run(program))]),
            command(&[&settled, &run]),
            command(&[&settled, &settled, &run]),
            command(&[&again, &run]),
            command(&[&run, &of(Entity::Execution(execution.clone()))]),
            command(&[&of(Entity::Execution(execution))]),
        ];
        insta::assert_snapshot!(told.join("\n"));
    }
}
