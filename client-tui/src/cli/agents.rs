//! `agents`: what is configured, or how often each was right.

use synod_proto::v1::{GetCalibrationRequest, ListAgentsRequest};

use super::{app::App, args::AgentsArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    render::{agents as render, calibration},
};

/// See the module.
pub async fn agents(app: &App, args: AgentsArgs) -> Result<Exit, Failure> {
    if args.stats {
        return stats(app, args).await;
    }
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

async fn stats(app: &App, args: AgentsArgs) -> Result<Exit, Failure> {
    let request = GetCalibrationRequest {
        gate: args.gate.unwrap_or_default(),
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.get_calibration(request).await }
        })
        .await?;
    app.answer(&answer, calibration::calibration)?;
    Ok(Exit::Success)
}
