//! `agents`: what is configured.

use synod_proto::v1::ListAgentsRequest;

use super::app::App;
use crate::{exit::Exit, failure::Failure, intent, render::agents as render};

/// See the module.
pub async fn agents(app: &App) -> Result<Exit, Failure> {
    let request = ListAgentsRequest {
        env: intent::environment(),
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.list_agents(request).await }
        })
        .await?;
    app.answer(&answer, render::agents)?;
    Ok(Exit::Success)
}
