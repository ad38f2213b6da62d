//! What people say. Two at once: one wins, the other is told.

use std::collections::BTreeMap;

use synod_consensus::{Disposition, Finding as Content, ledger::matter};
use synod_shared::ids::{FindingId, RunId};

use super::{Rejection, Turn, gate, ledger, permission};
use crate::{
    entity::{About, GateWork, Question, Run, Settlement, Work},
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
    elsewhere(turn, &run, &[id]);
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
        elsewhere(turn, &run, &settled);
    }
    Ok(reply(run.id, settled))
}

/// A matter that several runs of a gate ask about is answered once: what was said in one run is said in all of them.
/// Nothing follows from what was put off, or called a duplicate of something in its own run; what is asked blind is a
/// measurement of its own.
fn elsewhere(turn: &mut Turn<'_>, run: &Run, settled: &[FindingId]) {
    let Work::Gate(gate) = &run.work else {
        return;
    };
    let matter_of = |content: &Content| matter(content, &gate.gate, &run.subject);
    let mut said: BTreeMap<String, Settlement> = BTreeMap::new();
    for finding in turn.state.findings_of(run.id) {
        let settlement = turn.state.question(finding.id);
        let settlement = settlement.and_then(|question| question.settled.as_ref());
        if let Some(settlement) = settlement.filter(|_| settled.contains(&finding.id))
            && finding.content.audited.is_none()
            && !matches!(
                settlement.disposition,
                Disposition::Later | Disposition::DuplicateOf(_)
            )
        {
            said.insert(matter_of(&finding.content), settlement.clone());
        }
    }
    let same = |other: &Run, work: &GateWork| {
        other.id != run.id
            && !other.state.is_terminal()
            && other.subject == run.subject
            && work.gate == gate.gate
    };
    let others: Vec<Run> = turn
        .state
        .gates()
        .filter(|(other, work)| same(other, work))
        .map(|(other, _)| other.clone())
        .collect();
    for other in others {
        let answered: Vec<(Question, Settlement)> = turn
            .state
            .findings_of(other.id)
            .filter(|finding| finding.content.audited.is_none())
            .filter_map(|finding| {
                let question = turn.state.question(finding.id)?;
                let settlement = said.get(&matter_of(&finding.content))?;
                question
                    .is_open()
                    .then(|| (question.clone(), settlement.clone()))
            })
            .collect();
        if answered.is_empty() {
            continue;
        }
        // The ledger has the word already.
        for (question, settlement) in answered {
            settle_one(turn, question, settlement);
        }
        gate::resettle(turn, other);
    }
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
