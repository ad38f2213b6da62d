//! `questions`: what waits for a human.

use std::collections::BTreeMap;

use synod_proto::v1::{ListQuestionsRequest, ListQuestionsResponse};

use super::{app::App, args::QuestionsArgs, ps};
use crate::{
    exit::Exit,
    failure::Failure,
    link::{self, Session},
    output::Form,
    render::{clean, questions as render, runs, short},
};

/// Whether settled questions are wanted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Open ones, and those put off.
    Open,
    /// All of them.
    All,
}

/// See the module.
pub async fn questions(app: &App, args: QuestionsArgs) -> Result<Exit, Failure> {
    let which = if args.all { Which::All } else { Which::Open };
    let mut session = app.session().await?;
    let answer = list(&mut session, args.run.as_deref().unwrap_or_default(), which).await?;
    let names = match app.form {
        Form::Text => names(&mut session, args.run.as_deref(), &answer).await?,
        Form::Json => BTreeMap::new(),
    };
    app.answer(&answer, |answer, look| {
        let name = |run: &str| {
            names
                .get(run)
                .map_or_else(|| short(run), |name| clean(name))
        };
        // One run, or everything asked for, is shown whole.
        let many = match (&args.run, which) {
            (Some(_), _) | (None, Which::All) => render::Many::All,
            (None, Which::Open) => render::Many::MostUrgent,
        };
        render::questions(&answer.questions, many, name, look)
    })?;
    Ok(Exit::Success)
}

/// The names of the runs that ask, by their ids.
async fn names(
    session: &mut Session,
    run: Option<&str>,
    answer: &ListQuestionsResponse,
) -> Result<BTreeMap<String, String>, Failure> {
    let runs = match run {
        _ if answer.questions.is_empty() => Vec::new(),
        Some(run) => vec![link::look_up(session, run).await?],
        None => ps::list(session, runs::Which::Live).await?.runs,
    };
    Ok(runs.into_iter().map(|run| (run.id, run.name)).collect())
}

/// Questions of a run, or of all live ones.
pub async fn list(
    session: &mut Session,
    run: &str,
    which: Which,
) -> Result<ListQuestionsResponse, Failure> {
    session
        .call(|mut daemon| {
            let request = ListQuestionsRequest {
                run_id: run.to_owned(),
                include_settled: which == Which::All,
            };
            async move { daemon.list_questions(request).await }
        })
        .await
}
