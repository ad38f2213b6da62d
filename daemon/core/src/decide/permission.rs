//! Permissions: an agent that is spoken to asks, a human answers, the answer goes back to the agent.
//!
//! A request is a question from the moment it is committed to the moment it is answered, or its attempt ends.
//! Its id follows from the attempt and the request's own id, so a daemon that reads the same request again, after a
//! restart, asks nobody twice.

use sha2::{Digest as _, Sha256};
use synod_adapters::{Choice, ChoiceKind, Permission};
use synod_consensus::Disposition;
use synod_shared::ids::{AttemptId, FindingId, RunId};

use super::{Rejection, Turn};
use crate::{
    entity::{About, Asked, Attempt, Question, Settlement},
    input::{AnswerQuestion, Reply},
};

/// Before every finding: somebody's agent stands still.
const RANK: i64 = 1_000_000;

/// The permissions an attempt waits for: new ones are asked, those it took back are closed.
pub(super) fn asked(turn: &mut Turn<'_>, id: AttemptId, open: Vec<Permission>) {
    let Some(attempt) = turn.live_attempt(id) else {
        return;
    };
    let wanted: Vec<FindingId> = open
        .iter()
        .map(|permission| question_id(id, &permission.request))
        .collect();
    for (question, permission) in wanted.iter().zip(open) {
        if turn.state.question(*question).is_none() {
            let question = question_of(&attempt, *question, permission);
            turn.put_question(question);
        }
    }
    close(turn, &attempt, |question| !wanted.contains(&question.id));
    recount(turn, attempt.run);
}

/// The attempt has ended: nobody waits for an answer any more.
pub(super) fn withdraw(turn: &mut Turn<'_>, attempt: &Attempt) {
    close(turn, attempt, |_| true);
    recount(turn, attempt.run);
}

fn close(turn: &mut Turn<'_>, attempt: &Attempt, which: impl Fn(&Question) -> bool) {
    let open: Vec<Question> = turn
        .state
        .permissions_of(attempt.run)
        .filter(|question| question.is_open() && which(question))
        .cloned()
        .collect();
    for mut question in open {
        if let About::Permission(asked) = &mut question.about
            && asked.attempt == attempt.id
        {
            asked.withdrawn_at_us = Some(turn.now.utc_us);
            turn.put_question(question);
        }
    }
}

fn recount(turn: &mut Turn<'_>, run: RunId) {
    let Some(mut run) = turn.state.run(run).cloned() else {
        return;
    };
    let open = turn
        .state
        .permissions_of(run.id)
        .filter(|question| question.is_open())
        .count();
    let open = u32::try_from(open).unwrap_or(u32::MAX);
    if run.open_questions != open && !run.state.is_terminal() {
        run.open_questions = open;
        turn.put_run(run);
    }
}

/// A human's word on a permission.
pub(super) fn answer(
    turn: &mut Turn<'_>,
    mut question: Question,
    word: AnswerQuestion,
) -> Result<Reply, Rejection> {
    let run = question.run;
    let id = question.id;
    let About::Permission(asked) = &mut question.about else {
        return Err(Rejection::NotAChoice {
            known: String::new(),
        });
    };
    let disposition = match word.disposition {
        Disposition::Later => Disposition::Later,
        said => {
            let choice = chosen(&asked.permission.choices, &said)?;
            asked.chosen = Some(choice.id.clone());
            Disposition::Answer(choice.name.clone())
        }
    };
    question.settled = Some(Settlement {
        disposition,
        by: word.by,
        at_us: turn.now.utc_us,
        bulk: false,
        from: word.from,
    });
    turn.put_question(question);
    recount(turn, run);
    Ok(Reply {
        run,
        execution: None,
        questions: vec![id],
        attached: false,
    })
}

fn chosen<'c>(choices: &'c [Choice], said: &Disposition) -> Result<&'c Choice, Rejection> {
    let refused = || Rejection::NotAChoice {
        known: choices
            .iter()
            .map(|choice| choice.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    };
    match said {
        Disposition::Option(number) => choices.get(*number).ok_or(Rejection::NoSuchOption {
            known: choices.len(),
            found: number + 1,
        }),
        Disposition::Answer(text) => {
            let text = text.trim();
            choices
                .iter()
                .find(|choice| {
                    [&choice.name, &choice.id, choice.kind.as_str()]
                        .iter()
                        .any(|word| word.eq_ignore_ascii_case(text))
                })
                .ok_or_else(refused)
        }
        // To dismiss a request is to refuse it.
        Disposition::Dismiss => [ChoiceKind::RejectOnce, ChoiceKind::RejectAlways]
            .iter()
            .find_map(|kind| choices.iter().find(|choice| choice.kind == *kind))
            .ok_or_else(refused),
        Disposition::MustFix | Disposition::Later | Disposition::DuplicateOf(_) => Err(refused()),
    }
}

/// Derived from what is asked by whom, never minted.
fn question_id(attempt: AttemptId, request: &str) -> FindingId {
    let digest = Sha256::new()
        .chain_update("permission")
        .chain_update([0])
        .chain_update(attempt.to_string())
        .chain_update([0])
        .chain_update(request)
        .finalize();
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = from;
    }
    FindingId::from_bytes(bytes)
}

fn question_of(attempt: &Attempt, id: FindingId, permission: Permission) -> Question {
    let options: Vec<String> = permission
        .choices
        .iter()
        .map(|choice| choice.name.clone())
        .collect();
    let text = format!("{} asks to be allowed: {}", attempt.agent, permission.what);
    let hash = Sha256::new()
        .chain_update(&text)
        .chain_update([0])
        .chain_update(options.join("\n"))
        .chain_update([0])
        .chain_update(format!("{:?}", permission.kind))
        .chain_update(permission.paths.join("\n"))
        .finalize();
    Question {
        id,
        run: attempt.run,
        text,
        severity: "important".to_owned(),
        options,
        recommended: None,
        content_hash: hash.iter().fold(String::new(), |mut hex, byte| {
            use std::fmt::Write as _;
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
        rank: RANK,
        section: attempt.agent.clone(),
        position: 0,
        settled: None,
        asked: None,
        reminders: 0,
        due_at_us: None,
        audit: false,
        about: About::Permission(Box::new(Asked {
            attempt: attempt.id,
            execution: attempt.execution,
            agent: attempt.agent.clone(),
            permission,
            chosen: None,
            withdrawn_at_us: None,
        })),
    }
}
