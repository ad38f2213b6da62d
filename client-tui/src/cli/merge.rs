//! `merge`: an agent's work into the checked-out branch, or left on a branch of its own.

use synod_proto::v1::MergeRunRequest;

use super::{app::App, args::MergeArgs};
use crate::{exit::Exit, failure::Failure, intent, render::workspace as render};

/// See the module.
pub async fn merge(app: &App, args: MergeArgs) -> Result<Exit, Failure> {
    let how = match (args.squash, args.leave) {
        (true, _) => "squash",
        (_, true) => "leave",
        (false, false) => "fast-forward",
    };
    let request = MergeRunRequest {
        request_id: intent::request_id(),
        run_id: args.id.clone(),
        how: how.to_owned(),
        message: args.message.unwrap_or_default(),
    };
    let mut session = app.session().await?;
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.merge_run(request).await }
        })
        .await?;
    let run = answer
        .run
        .ok_or_else(|| Failure::Protocol("the daemon merged but named no run".to_owned()))?;
    app.answer(&run, |run, _| render::settled(run))?;
    Ok(Exit::Success)
}
