//! `gate apply`: the accepted edits of a run, shown as a diff or written into the files.

mod write;

use std::path::Path;

use synod_proto::v1::{GetEditsRequest, GetEditsResponse};
use synod_shared::sanitize;

use super::{app::App, args::GateApplyArgs, keep};
use crate::{
    exit::Exit,
    failure::Failure,
    output::{self, Form},
    render::clean,
};

/// See the module.
pub async fn gate_apply(app: &App, args: GateApplyArgs) -> Result<Exit, Failure> {
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = GetEditsRequest {
                run_id: args.run.clone(),
            };
            async move { daemon.get_edits(request).await }
        })
        .await?;
    if args.write {
        let changes = write::changes(&answer)?;
        write::write(Path::new(&answer.root), &changes)?;
    }
    let diff: String = answer.files.iter().map(|file| file.diff.as_str()).collect();
    if let Some(file) = &args.output {
        keep::whole(file, diff.as_bytes())?;
        app.note(&format!("written to {}", file.display()));
    }
    match app.form {
        Form::Json => output::object(&answer)?,
        Form::Text if args.write => output::line(&written(&answer))?,
        Form::Text if args.output.is_some() => {}
        // To be applied elsewhere it must be what it is; on a terminal it must be harmless.
        Form::Text if output::answers_are_seen() => output::raw(sanitize::text(&diff).as_bytes())?,
        Form::Text => output::raw(diff.as_bytes())?,
    }
    for left in &answer.left_out {
        app.tell(&format!("left out: {}", clean(left)));
    }
    if answer.files.is_empty() {
        app.tell("no edit was accepted; `synod gate report` shows what was found");
    } else if !args.write {
        let run = clean(&args.run);
        app.note(&format!(
            "nothing was changed; `synod gate apply {run} --write` writes it"
        ));
    }
    Ok(Exit::Success)
}

fn written(answer: &GetEditsResponse) -> String {
    let files: Vec<String> = answer
        .files
        .iter()
        .map(|file| {
            let findings = match file.finding_ids.len() {
                1 => "one finding".to_owned(),
                n => format!("{n} findings"),
            };
            format!("changed {}, from {findings}", clean(&file.path))
        })
        .collect();
    match files.as_slice() {
        [] => "nothing was changed".to_owned(),
        files => files.join("\n"),
    }
}
