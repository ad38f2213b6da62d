//! What people say. Two at once: one wins, the other is told.

use synod_consensus::Disposition;
use synod_shared::ids::{FindingId, RunId};

use super::{Rejection, Turn, gate, ledger, permission};
use crate::{
    entity::{About, Question, Run, Settlement, Work},
    input::{AnswerQuestion, AnswerRest, Reply, Rest},
};

pub(super) fn one(turn: &mut Turn<'_>, word: AnswerQuestion) -> Result<Reply, Rejection> {
    let question = turn.open_question(word.question)?;
    // Also of a run that the first answer has ended: who gave it is what the second wants to know.
    let run = asking(turn, question.run).map_err(|late| already(&question).unwrap_or(late))?;
    if let About::Permission(asked) = &question.about
        && asked.withdrawn_at_us.is_some()
    {
        return Err(Rejection::Withdrawn {
            agent: asked.agent.clone(),
        });
    }
    if let Some(settled) = already(&question) {
        return Err(settled);
    }
    if question.content_hash != word.content_hash {
        return Err(Rejection::Outdated);
    }
    if matches!(question.about, About::Permission(_)) {
        return permission::answer(turn, question, word);
    }
    let disposition = checked(turn, &question, word.disposition)?;
    let id = question.id;
    let settlement = Settlement {
        disposition,
        by: word.by,
        at_us: turn.now.utc_us,
        bulk: false,
        from: word.from,
    };
    settle_one(turn, question, settlement);
    remember(turn, &run, &[id]);
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
        let settlement = Settlement {
            disposition,
            by: word.by.clone(),
            at_us: turn.now.utc_us,
            bulk: true,
            from: word.from.clone(),
        };
        settle_one(turn, question, settlement);
    }
    if !settled.is_empty() {
        remember(turn, &run, &settled);
        gate::resettle(turn, run.clone());
    }
    Ok(reply(run.id, settled))
}

/// Why a settled question takes no further answer.
fn already(question: &Question) -> Option<Rejection> {
    let settled = question.settled.as_ref()?;
    (!question.is_open()).then(|| Rejection::settled(settled))
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

fn settle_one(turn: &mut Turn<'_>, mut question: Question, settlement: Settlement) {
    question.settled = Some(settlement);
    turn.put_question(question);
}

/// What was said outlives the run.
fn remember(turn: &mut Turn<'_>, run: &Run, news: &[FindingId]) {
    if let Work::Gate(gate) = &run.work {
        ledger::said(turn, run, gate, news);
    }
}

const fn reply(run: RunId, questions: Vec<FindingId>) -> Reply {
    Reply {
        run,
        execution: None,
        questions,
        attached: false,
    }
}
