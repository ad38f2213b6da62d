//! What people say. Two at once: one wins, the other is told.

use synod_consensus::Disposition;
use synod_shared::ids::{FindingId, RunId};

use super::{Rejection, Turn, gate, permission};
use crate::{
    entity::{About, Question, Run, Settlement},
    input::{AnswerQuestion, AnswerRest, Reply, Rest},
};

pub(super) fn one(turn: &mut Turn<'_>, word: AnswerQuestion) -> Result<Reply, Rejection> {
    let question = turn.open_question(word.question)?;
    let run = asking(turn, question.run)?;
    if let About::Permission(asked) = &question.about
        && asked.withdrawn_at_us.is_some()
    {
        return Err(Rejection::Withdrawn {
            agent: asked.agent.clone(),
        });
    }
    if let Some(settled) = &question.settled
        && !question.is_open()
    {
        return Err(Rejection::Settled {
            disposition: settled.word().to_owned(),
            by: settled.by.clone(),
        });
    }
    if question.content_hash != word.content_hash {
        return Err(Rejection::Outdated);
    }
    if matches!(question.about, About::Permission(_)) {
        return permission::answer(turn, question, word);
    }
    let disposition = checked(turn, &question, word.disposition)?;
    let id = question.id;
    settle_one(turn, question, disposition, word.by, false);
    gate::resettle(turn, run.clone());
    Ok(reply(run.id, vec![id]))
}

pub(super) fn rest(turn: &mut Turn<'_>, word: &AnswerRest) -> Result<Reply, Rejection> {
    let run = asking(turn, word.run)?;
    let open: Vec<Question> = turn
        .state
        .questions_of(run.id)
        .filter(|question| question.is_open())
        .cloned()
        .collect();
    let mut settled = Vec::new();
    for question in open {
        let disposition = match word.rest {
            Rest::Dismiss => Disposition::Dismiss,
            Rest::Later => Disposition::Later,
            // What has no recommended answer stays open: there is nothing to accept.
            Rest::Recommended => match question
                .recommended
                .clone()
                .filter(|answer| !answer.trim().is_empty())
            {
                Some(answer) => Disposition::Answer(answer),
                None => continue,
            },
        };
        settled.push(question.id);
        settle_one(turn, question, disposition, word.by.clone(), true);
    }
    if !settled.is_empty() {
        gate::resettle(turn, run.clone());
    }
    Ok(reply(run.id, settled))
}

/// A run that asks. One that has ended in this very batch is still known, and takes no more answers.
fn asking(turn: &Turn<'_>, id: RunId) -> Result<Run, Rejection> {
    let run = turn.live_run(id)?;
    if run.state.is_terminal() {
        return Err(Rejection::TooLate {
            run: run.name,
            state: run.state.to_string(),
            hint: "its questions take no more answers",
        });
    }
    Ok(run)
}

/// An option becomes its text; what cannot be is refused.
fn checked(
    turn: &Turn<'_>,
    question: &Question,
    disposition: Disposition,
) -> Result<Disposition, Rejection> {
    match disposition {
        Disposition::Answer(text) if text.trim().is_empty() => Err(Rejection::EmptyAnswer),
        Disposition::Option(number) => {
            let chosen = question.options.get(number);
            match chosen {
                Some(text) => Ok(Disposition::Answer(text.clone())),
                None => Err(Rejection::NoSuchOption {
                    known: question.options.len(),
                    found: number + 1,
                }),
            }
        }
        Disposition::DuplicateOf(other) => {
            let known = turn
                .state
                .findings_of(question.run)
                .any(|finding| finding.id.to_string() == other && finding.id != question.id);
            if known {
                Ok(Disposition::DuplicateOf(other))
            } else {
                Err(Rejection::NoSuchFinding { found: other })
            }
        }
        Disposition::Answer(_)
        | Disposition::MustFix
        | Disposition::Dismiss
        | Disposition::Later => Ok(disposition),
    }
}

fn settle_one(
    turn: &mut Turn<'_>,
    mut question: Question,
    disposition: Disposition,
    by: String,
    bulk: bool,
) {
    question.settled = Some(Settlement {
        disposition,
        by,
        at_us: turn.now.utc_us,
        bulk,
    });
    turn.put_question(question);
}

const fn reply(run: RunId, questions: Vec<FindingId>) -> Reply {
    Reply {
        run,
        execution: None,
        questions,
        attached: false,
    }
}
