//! Questions and answers.

use synod_consensus::Disposition;
use synod_core::{
    decide::Rejection,
    input::{AnswerQuestion, AnswerRest, Command, Rest},
};
use synod_proto::v1::{self, answer_question_request::Disposition as Said};
use synod_shared::{ids::FindingId, projection};
use tonic::{Code, Status};

use super::{Context, cancel::command, spawn::request_id, status};
use crate::{store::Kind, wire};

pub(super) async fn list(
    context: &Context,
    request: v1::ListQuestionsRequest,
) -> Result<v1::ListQuestionsResponse, Status> {
    let run = match request.run_id.as_str() {
        "" => None,
        word => Some(context.target("a run", word).await?.run),
    };
    let (stamped, revision) = context
        .read(move |reader| Ok((reader.questions(run.as_deref())?, reader.revision()?)))
        .await?;
    let mut questions: Vec<v1::Question> = stamped
        .iter()
        .filter(|stamped| request.include_settled || stamped.value.is_open())
        .map(|stamped| wire::question(&stamped.value, stamped.revision))
        .collect();
    questions.sort_by_cached_key(projection::urgency);
    Ok(v1::ListQuestionsResponse {
        questions,
        revision,
    })
}

pub(super) async fn answer(
    context: &Context,
    request: v1::AnswerQuestionRequest,
) -> Result<v1::AnswerQuestionResponse, Status> {
    let id = request_id(&request.request_id)?;
    let target = context.target("a question", &request.question_id).await?;
    if target.kind != Kind::Question {
        return Err(status::not_found("a question", &request.question_id));
    }
    let payload = format!(
        "answer {} {} {:?}",
        target.id, request.content_hash, request.disposition
    );
    let disposition = whole_id(context, &target.run, disposition(request.disposition)?).await?;
    let question = target
        .id
        .parse()
        .map_err(|_| status::not_found("a question", &request.question_id))?;
    let word = AnswerQuestion {
        question,
        content_hash: request.content_hash,
        disposition,
        by: by(request.answered_by),
        from: from(request.answered_from),
    };
    let revision = settle(
        context,
        id,
        &payload,
        &target.run,
        Some(question),
        Command::Answer(word),
    )
    .await?;
    let run = context.run(&target.run).await?;
    Ok(v1::AnswerQuestionResponse {
        question: run
            .questions
            .iter()
            .find(|question| question.id == target.id)
            .cloned(),
        run: Some(run),
        revision,
    })
}

pub(super) async fn rest(
    context: &Context,
    request: v1::AnswerRestRequest,
) -> Result<v1::AnswerRestResponse, Status> {
    let id = request_id(&request.request_id)?;
    let target = context.target("a run", &request.run_id).await?;
    if target.kind != Kind::Run {
        return Err(status::invalid(
            "not-a-run",
            format!(
                "{:?} is no run; the rest is settled for a whole run, so name the run",
                request.run_id
            ),
        ));
    }
    let payload = format!("rest {} {}", target.run, request.disposition);
    let rest = match request.disposition.as_str() {
        "recommended" => Rest::Recommended,
        "dismiss" => Rest::Dismiss,
        "later" => Rest::Later,
        found => {
            return Err(status::invalid(
                "bad-disposition",
                format!("expected recommended, dismiss or later, found {found:?}"),
            ));
        }
    };
    let open_before: Vec<String> = open(&context.run(&target.run).await?);
    let run = target
        .run
        .parse()
        .map_err(|_| status::not_found("a run", &request.run_id))?;
    let word = AnswerRest {
        run,
        rest,
        by: by(request.answered_by),
        from: from(request.answered_from),
    };
    let revision = settle(
        context,
        id,
        &payload,
        &target.run,
        None,
        Command::AnswerRest(word),
    )
    .await?;
    let run = context.run(&target.run).await?;
    let questions = run
        .questions
        .iter()
        .filter(|question| question.bulk && open_before.contains(&question.id))
        .cloned()
        .collect();
    Ok(v1::AnswerRestResponse {
        run: Some(run),
        questions,
        revision,
    })
}

fn open(run: &v1::Run) -> Vec<String> {
    run.questions
        .iter()
        .filter(|question| question.state != "settled")
        .map(|question| question.id.clone())
        .collect()
}

/// A run that has ended takes no more answers; says so rather than "not found", and who settled the question that
/// was to be answered.
async fn still_open(
    context: &Context,
    run: &str,
    question: Option<FindingId>,
) -> Result<(), Status> {
    let parts = context.parts(run).await?;
    let run = &parts.run.value;
    if !run.state.is_terminal() {
        return Ok(());
    }
    let mut questions = parts.questions.iter().map(|stamped| &stamped.value);
    let asked = questions.find(|one| Some(one.id) == question);
    let settled = asked
        .filter(|one| !one.is_open())
        .and_then(|one| one.settled.as_ref());
    let (reason, because) = match settled {
        Some(settled) => (
            "already-settled",
            format!("{}; ", Rejection::settled(settled)),
        ),
        None => ("too-late", String::new()),
    };
    Err(status::with_reason(
        Code::FailedPrecondition,
        reason,
        format!(
            "{because}the run {} has ended ({}); its questions take no more answers",
            run.name, run.state
        ),
    ))
}

/// Commits the answer. Somebody else's may have ended the run since we looked: the engine knows it no more, and
/// its end is what the caller is told.
async fn settle(
    context: &Context,
    id: String,
    payload: &str,
    run: &str,
    question: Option<FindingId>,
    word: Command,
) -> Result<u64, Status> {
    match command(context, id, payload, word).await {
        Err(no) if no.code() == Code::NotFound => {
            still_open(context, run, question).await?;
            Err(no)
        }
        answer => answer,
    }
}

/// A duplicate may be named by any unique beginning of the other finding's id.
async fn whole_id(context: &Context, run: &str, said: Disposition) -> Result<Disposition, Status> {
    let Disposition::DuplicateOf(word) = said else {
        return Ok(said);
    };
    let parts = context.parts(run).await?;
    let findings = parts
        .findings
        .iter()
        .map(|stamped| stamped.value.id.to_string());
    let mut meant = findings.filter(|id| !word.is_empty() && id.starts_with(&word));
    Ok(Disposition::DuplicateOf(
        match (meant.next(), meant.next()) {
            (Some(id), None) => id,
            (None | Some(_), _) => word,
        },
    ))
}

/// From where, as far as the client tells.
fn from(place: String) -> String {
    place.chars().take(64).collect()
}

fn by(name: String) -> String {
    if name.is_empty() {
        "user".to_owned()
    } else {
        name.chars().take(64).collect()
    }
}

fn disposition(said: Option<Said>) -> Result<Disposition, Status> {
    Ok(match said {
        Some(Said::Answer(text)) => Disposition::Answer(text),
        // Counted from 1 by people, from 0 by the core.
        Some(Said::Option(number)) => match (number as usize).checked_sub(1) {
            Some(index) => Disposition::Option(index),
            None => {
                return Err(status::invalid(
                    "no-such-option",
                    "expected an option from 1 on, found 0",
                ));
            }
        },
        Some(Said::MustFix(_)) => Disposition::MustFix,
        Some(Said::Dismiss(_)) => Disposition::Dismiss,
        Some(Said::Later(_)) => Disposition::Later,
        Some(Said::DuplicateOf(id)) => Disposition::DuplicateOf(id),
        None => {
            return Err(status::invalid(
                "absent",
                "expected an answer, an option, must_fix, dismiss, later or duplicate_of, found nothing",
            ));
        }
    })
}
