//! `usage`: tokens and money by day, agent and model.

use synod_proto::v1::GetUsageRequest;

use super::{app::App, args::UsageArgs};
use crate::{exit::Exit, failure::Failure, render::spent};

/// See the module.
pub async fn usage(app: &App, args: UsageArgs) -> Result<Exit, Failure> {
    let request = GetUsageRequest { days: args.days };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| async move { daemon.get_usage(request).await })
        .await?;
    app.answer(&answer, |answer, look| {
        spent::spent(&answer.used, args.days, look)
    })?;
    Ok(Exit::Success)
}
