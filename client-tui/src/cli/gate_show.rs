//! `gate show`: one gate, as text or as the TOML that defines it.

use synod_proto::v1::GetGateRequest;
use synod_shared::sanitize;

use super::{app::App, args::GateShowArgs};
use crate::{exit::Exit, failure::Failure, output, output::Form, render::gates};

/// See the module.
pub async fn gate_show(app: &App, args: GateShowArgs) -> Result<Exit, Failure> {
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = GetGateRequest {
                name: args.gate.clone(),
            };
            async move { daemon.get_gate(request).await }
        })
        .await?;
    let gate = answer.gate.ok_or_else(|| {
        Failure::Protocol(format!("the daemon knows {} but sent nothing", args.gate))
    })?;
    match app.form {
        Form::Text if args.toml => output::line(&sanitize::text(&gate.toml))?,
        Form::Text | Form::Json => app.answer(&gate, gates::gate)?,
    }
    Ok(Exit::Success)
}
