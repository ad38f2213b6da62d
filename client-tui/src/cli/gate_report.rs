//! `gate report`: a gate's run as a file for other programs or a pull request.

use std::path::Path;

use synod_proto::v1::{GetReportRequest, GetReportResponse};

use super::{
    app::App,
    args::{GateReportArgs, ReportForm},
    keep,
};
use crate::{
    exit::Exit,
    failure::Failure,
    link::Session,
    output::{self, Form},
    render::report::{Report, json, junit, markdown, sarif},
};

/// See the module.
pub async fn gate_report(app: &App, args: GateReportArgs) -> Result<Exit, Failure> {
    let form = match (args.format, app.form) {
        (Some(form), _) => form,
        (None, Form::Json) => ReportForm::Json,
        (None, Form::Text) => ReportForm::Markdown,
    };
    let mut session = app.session().await?;
    report(app, &mut session, &args.run, form, args.output.as_deref()).await?;
    Ok(Exit::Success)
}

/// Writes the report of a run to a file, or prints it.
pub async fn report(
    app: &App,
    session: &mut Session,
    run: &str,
    form: ReportForm,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let answer = session
        .call(|mut daemon| {
            let request = GetReportRequest {
                run_id: run.to_owned(),
            };
            async move { daemon.get_report(request).await }
        })
        .await?;
    let text = text(&answer, form)?;
    match file {
        Some(file) => {
            keep::whole(file, text.as_bytes())?;
            app.note(&format!("written to {}", file.display()));
            Ok(())
        }
        None => output::raw(text.as_bytes()),
    }
}

fn text(answer: &GetReportResponse, form: ReportForm) -> Result<String, Failure> {
    let base = base(&answer.root);
    let report = Report::new(answer, &base, jiff::Timestamp::now())
        .ok_or_else(|| Failure::Protocol("the daemon answered without a run".to_owned()))?;
    match form {
        ReportForm::Markdown => Ok(markdown::markdown(&report)),
        ReportForm::Junit => junit::junit(&report).map_err(Failure::Output),
        ReportForm::Json => Ok(json::json(&report)?),
        ReportForm::Sarif => match answer.run.as_ref().and_then(sarif::refused) {
            Some((exit, message)) => Err(Failure::Withheld { exit, message }),
            None => Ok(sarif::sarif(&report)),
        },
    }
}

/// The folder of the inputs below the top level of its repository: empty, or it ends with `/`. Programs that read
/// reports have the repository, and know nothing of where the run's subject is in it.
fn base(root: &str) -> String {
    let root = Path::new(root);
    let below = keep::top_level(root).and_then(|top| root.strip_prefix(top).ok());
    match below.and_then(Path::to_str) {
        Some("") | None => String::new(),
        Some(below) => format!("{below}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_top_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("specs/checkout");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(base(root.to_str().unwrap()), "specs/checkout/");
        assert_eq!(base(folder.path().to_str().unwrap()), "");
    }
}
