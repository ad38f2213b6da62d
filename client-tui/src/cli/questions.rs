//! `questions`: what waits for a human.

use synod_proto::v1::{ListQuestionsRequest, ListQuestionsResponse};

use super::{app::App, args::QuestionsArgs};
use crate::{exit::Exit, failure::Failure, link::Session, render::questions as render};

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
    app.answer(&answer, |answer, look| {
        render::questions(&answer.questions, look)
    })?;
    Ok(Exit::Success)
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
