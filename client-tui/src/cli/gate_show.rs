//! `gate show`: one gate, as text or as one of the files that define it.

use synod_proto::v1::{Gate, GetGateRequest};
use synod_shared::sanitize;

use super::{app::App, args::GateShowArgs};
use crate::{exit::Exit, failure::Failure, intent, output, output::Form, render::gates};

/// See the module.
pub async fn gate_show(app: &App, args: GateShowArgs) -> Result<Exit, Failure> {
    let cwd = intent::working_directory(None)?;
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = GetGateRequest {
                name: args.gate.clone(),
                cwd: cwd.clone(),
            };
            async move { daemon.get_gate(request).await }
        })
        .await?;
    let gate = answer.gate.ok_or_else(|| {
        Failure::Protocol(format!("the daemon knows {} but sent nothing", args.gate))
    })?;
    match (app.form, file(&args, &gate)) {
        (Form::Text, Some(text)) => output::line(&sanitize::text(text))?,
        (Form::Text, None) | (Form::Json, _) => app.answer(&gate, gates::gate)?,
    }
    Ok(Exit::Success)
}

/// The file asked for; none: all of it, as text.
fn file<'a>(args: &GateShowArgs, gate: &'a Gate) -> Option<&'a str> {
    if args.toml {
        Some(&gate.toml)
    } else if args.prompt {
        Some(&gate.prompt)
    } else if args.schema {
        Some(&gate.schema)
    } else {
        None
    }
}
