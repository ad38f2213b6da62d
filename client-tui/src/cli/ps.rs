//! `ps`: runs that are under way, or all.

use synod_proto::v1::{ListRunsRequest, ListRunsResponse};

use super::{app::App, args::PsArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    link::Session,
    output::Form,
    render::runs::{self, Which},
};

/// Ended runs shown at most: what a person can look through.
const MOST: usize = 200;

/// See the module.
pub async fn ps(app: &App, args: PsArgs) -> Result<Exit, Failure> {
    let which = if args.all { Which::All } else { Which::Live };
    let mut session = app.session().await?;
    let answer = list(&mut session, which).await?;
    app.answer(&answer, |answer, look| {
        runs::runs(&answer.runs, which, look)
    })?;
    if app.form == Form::Text && !answer.next_page_token.is_empty() {
        app.note(&format!("only the newest {MOST} runs are shown"));
    }
    Ok(Exit::Success)
}

/// Runs, newest first: all that are live, of all at most a screenful of history.
pub async fn list(session: &mut Session, which: Which) -> Result<ListRunsResponse, Failure> {
    let mut whole = ListRunsResponse::default();
    loop {
        let token = std::mem::take(&mut whole.next_page_token);
        let page = session
            .call(|mut daemon| {
                let request = ListRunsRequest {
                    page_size: 200,
                    page_token: token.clone(),
                    include_ended: which == Which::All,
                };
                async move { daemon.list_runs(request).await }
            })
            .await?;
        whole.runs.extend(page.runs);
        whole.revision = page.revision;
        whole.next_page_token = page.next_page_token;
        let enough = which == Which::All && whole.runs.len() >= MOST;
        if whole.next_page_token.is_empty() || enough {
            return Ok(whole);
        }
    }
}
