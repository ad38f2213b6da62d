//! `answer`: settles one question, or all that are open in a run.
//!
//! An answer is bound to the text it answers: the question is read first, and the daemon refuses when it has
//! changed since.

use clap::ValueEnum as _;
use synod_proto::v1::{
    AnswerQuestionRequest, AnswerRestRequest, Dismiss, Later, MustFix, Question, Run,
    answer_question_request::Disposition,
};

use super::{
    app::App,
    args::{AnswerArgs, Rest},
    questions::{self, Which},
};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    link::Session,
    output::Form,
    render::{age, clean, questions::in_words, runs},
};

/// From where answers of the command line are said to come.
const FROM: &str = "cli";
/// The disposition that settles nothing.
const LATER: &str = "later";

/// See the module.
pub async fn answer(app: &App, args: AnswerArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    match args.rest {
        Some(rest) => answer_rest(app, &mut session, &args.id, rest).await,
        None => answer_one(app, &mut session, args).await,
    }
}

async fn answer_one(app: &App, session: &mut Session, args: AnswerArgs) -> Result<Exit, Failure> {
    let listed = questions::list(session, "", Which::All).await?.questions;
    let question = find(&listed, &args.id)?;
    if let Some(question) = question {
        app.note(&format!("answering: {}", clean(&question.text)));
    }
    let request = AnswerQuestionRequest {
        answered_from: FROM.to_owned(),
        request_id: intent::request_id(),
        question_id: question.map_or(args.id.clone(), |question| question.id.clone()),
        // Of a question that is not listed the daemon knows best why not.
        content_hash: question.map_or_else(String::new, |q| q.content_hash.clone()),
        answered_by: String::new(),
        disposition: Some(disposition(args)?),
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.answer_question(request).await }
        })
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return Err(or_who_was_faster(session, &request.question_id, failure).await),
    };
    let settled = answer.question.map(|question| question.disposition);
    let run = answer.run.map(|run| run.id).unwrap_or_default();
    told(app, session, &run, &settled.unwrap_or_default()).await
}

/// Two may answer at once, and one wins: who that was, and from where, says more than that it is settled.
async fn or_who_was_faster(session: &mut Session, question: &str, failure: Failure) -> Failure {
    let Failure::Refused {
        code,
        reason,
        message,
    } = failure
    else {
        return failure;
    };
    let now = match reason.as_str() {
        // What cannot be looked up is told as the daemon told it.
        "already-settled" => questions::list(session, "", Which::All).await.ok(),
        _ => None,
    };
    let first = now.and_then(|now| now.questions.into_iter().find(|q| q.id == question));
    let message = match first.filter(|first| first.state == "settled") {
        Some(first) => faster(&first, jiff::Timestamp::now()),
        None => message,
    };
    Failure::Refused {
        code,
        reason,
        message,
    }
}

fn faster(first: &Question, now: jiff::Timestamp) -> String {
    let who = match clean(&first.answered_by) {
        who if who.is_empty() => "somebody".to_owned(),
        who => who,
    };
    let said = match (first.disposition.as_str(), clean(&first.answer)) {
        ("answer", answer) => format!("\"{answer}\""),
        (other, _) => in_words(other),
    };
    let when = first.answered_at.as_ref().and_then(|at| age(at, now));
    let when = when.map(|age| format!(", {age} ago")).unwrap_or_default();
    let from = match clean(&first.answered_from) {
        from if from.is_empty() => String::new(),
        from => format!(" from {from}"),
    };
    format!("{who} was faster: answered {said}{from}{when}; that stands")
}

async fn answer_rest(
    app: &App,
    session: &mut Session,
    run: &str,
    rest: Rest,
) -> Result<Exit, Failure> {
    let disposition = rest
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default();
    let request = AnswerRestRequest {
        answered_from: FROM.to_owned(),
        request_id: intent::request_id(),
        run_id: run.to_owned(),
        disposition: disposition.clone(),
        answered_by: String::new(),
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.answer_rest(request).await }
        })
        .await?;
    let id = answer.run.map_or(run.to_owned(), |run| run.id);
    let said = match answer.questions.len() {
        _ if disposition == LATER => disposition,
        1 => format!("one question, {}", in_words(&disposition)),
        n => format!("{n} questions, {}", in_words(&disposition)),
    };
    told(app, session, &id, &said).await
}

async fn told(app: &App, session: &mut Session, run: &str, said: &str) -> Result<Exit, Failure> {
    if run.is_empty() && app.form == Form::Text {
        return Ok(Exit::Success);
    }
    app.answer_run(session, run, |run, _| sentence(run, said))
        .await?;
    Ok(Exit::Success)
}

fn sentence(run: &Run, said: &str) -> String {
    let name = clean(&run.name);
    if said == LATER {
        let open = match runs::open_questions(run) {
            1 => "one question is still open".to_owned(),
            open => format!("{open} questions are still open"),
        };
        return format!("put off; {open}: synod questions {name}");
    }
    let left = match runs::open_questions(run) {
        0 => "nothing is open".to_owned(),
        1 => format!("one question is open: synod questions {name}"),
        open => format!("{open} questions are open: synod questions {name}"),
    };
    format!(
        "settled ({}). {name} is {}; {left}",
        in_words(said),
        clean(&run.state)
    )
}

/// The one question whose id begins so; none when there is none, an error when there are several.
fn find<'a>(questions: &'a [Question], id: &str) -> Result<Option<&'a Question>, Failure> {
    if id.is_empty() {
        return Err(Failure::Input(
            "expected a question's id, found nothing; `synod questions` lists them".to_owned(),
        ));
    }
    let mut found = questions
        .iter()
        .filter(|question| question.id.starts_with(id));
    let first = found.next();
    if first.is_some() && found.next().is_some() {
        return Err(Failure::Input(format!(
            "{} begins the ids of several questions; give more of its digits (`synod questions`)",
            clean(id)
        )));
    }
    Ok(first)
}

fn disposition(args: AnswerArgs) -> Result<Disposition, Failure> {
    let text = args.text.join(" ");
    if let Some(option) = args.option {
        Ok(Disposition::Option(option))
    } else if args.must_fix {
        Ok(Disposition::MustFix(MustFix {}))
    } else if args.dismiss {
        Ok(Disposition::Dismiss(Dismiss {}))
    } else if args.later {
        Ok(Disposition::Later(Later {}))
    } else if let Some(finding) = args.duplicate_of {
        Ok(Disposition::DuplicateOf(finding))
    } else if text.trim().is_empty() {
        Err(Failure::Input(
            "expected an answer in words, found nothing; or --option N, --must-fix, --dismiss, --later"
                .to_owned(),
        ))
    } else {
        Ok(Disposition::Answer(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_question_put_off_is_told_to_be_open() {
        assert_eq!(
            sentence(&samples::asking(), "later"),
            "put off; one question is still open: synod questions clarify/checkout#1"
        );
    }

    #[test]
    fn what_was_said_is_told_in_words() {
        let told = sentence(&samples::asking(), "dismiss");
        assert!(told.starts_with("settled (not an issue). "), "{told}");
    }

    #[test]
    fn whoever_comes_second_is_told_who_was_first_and_from_where() {
        let mut first = samples::asking().questions[1].clone();
        first.answered_from = "tui on build-7".into();
        assert_eq!(
            faster(&first, samples::look().now),
            "ada was faster: answered \"14 days\" from tui on build-7, 5s ago; that stands"
        );
    }

    #[test]
    fn an_id_must_begin_exactly_one_question() {
        let questions = samples::asking().questions;
        assert_eq!(
            find(&questions, "7c1e").unwrap().unwrap().id,
            questions[0].id
        );
        assert!(find(&questions, "ffff").unwrap().is_none());
        assert!(find(&questions, "").is_err());
        let twice = [questions[0].clone(), questions[0].clone()];
        assert!(find(&twice, "7c").is_err());
    }
}
