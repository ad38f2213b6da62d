//! `gate check`: what is wrong with gates' files, by their lines.

use std::path::Path;

use synod_proto::v1::CheckGatesRequest;

use super::{app::App, args::GateCheckArgs};
use crate::{exit::Exit, failure::Failure, intent, render::gates};

/// See the module.
pub async fn gate_check(app: &App, args: GateCheckArgs) -> Result<Exit, Failure> {
    let path = args.path.as_deref().map(intent::absolute).transpose()?;
    if let Some(path) = &path
        && !Path::new(path).exists()
    {
        return Err(Failure::Input(format!(
            "expected a file or a folder, {path} is not there"
        )));
    }
    let request = CheckGatesRequest {
        path: path.unwrap_or_default(),
        cwd: intent::working_directory(None)?,
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.check_gates(request).await }
        })
        .await?;
    app.answer(&answer, |answer, look| gates::checked(&answer.gates, look))?;
    let wrong = answer.gates.iter().any(|gate| !gate.problems.is_empty());
    Ok(if wrong { Exit::Usage } else { Exit::Success })
}
