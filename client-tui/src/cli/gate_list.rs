//! `gate list`: the gates known.

use synod_proto::v1::ListGatesRequest;

use super::app::App;
use crate::{exit::Exit, failure::Failure, intent, render::gates};

/// See the module.
pub async fn gate_list(app: &App) -> Result<Exit, Failure> {
    let request = ListGatesRequest {
        cwd: intent::working_directory(None)?,
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.list_gates(request).await }
        })
        .await?;
    app.answer(&answer, |answer, look| gates::gates(&answer.gates, look))?;
    Ok(Exit::Success)
}
