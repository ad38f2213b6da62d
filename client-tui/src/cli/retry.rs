//! `retry`: the work of an ended execution once more. What that makes (a new run of a single agent, a new
//! execution in a gate that still waits) is for the daemon to say; the run it names is shown.

use synod_proto::v1::RetryAgentRequest;

use super::{app::App, args::RetryArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    render::{clean, run as render},
};

/// See the module.
pub async fn retry(app: &App, args: RetryArgs) -> Result<Exit, Failure> {
    let request = RetryAgentRequest {
        request_id: intent::request_id(),
        execution_id: args.execution.clone(),
        env: intent::environment(),
    };
    let mut session = app.session().await?;
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.retry_agent(request).await }
        })
        .await?;
    let id = answer.run.map_or(args.execution, |run| run.id);
    app.answer_run(&mut session, &id, |run, _| {
        let name = clean(&run.name);
        format!("{}; `synod logs -f {name}` follows it", render::end(run))
    })
    .await?;
    Ok(Exit::Success)
}
