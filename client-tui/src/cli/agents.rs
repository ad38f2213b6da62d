//! `agents`: what is configured.

use synod_proto::v1::ListAgentsRequest;

use super::app::App;
use crate::{exit::Exit, failure::Failure, render::agents as render};

/// See the module.
pub async fn agents(app: &App) -> Result<Exit, Failure> {
    let answer = app
        .session()
        .await?
        .call(|mut daemon| async move { daemon.list_agents(ListAgentsRequest::default()).await })
        .await?;
    app.answer(&answer, render::agents)?;
    Ok(Exit::Success)
}
