//! `diff`: what an agent changed, as git shows it.

use synod_proto::v1::{DiffRunRequest, DiffRunResponse};
use synod_shared::sanitize::Sanitizer;

use super::{app::App, args::DiffArgs, single::Pass};
use crate::{
    exit::Exit,
    failure::Failure,
    link::Session,
    output::{self, Form},
};

/// See the module.
pub async fn diff(app: &App, args: DiffArgs) -> Result<Exit, Failure> {
    let form = match (args.stat, args.name_only) {
        (true, _) => "stat",
        (_, true) => "name-only",
        (false, false) => "patch",
    };
    let mut session = app.session().await?;
    // To be applied elsewhere it must be what git printed; on a terminal it must be harmless.
    let pass = if output::answers_are_seen() {
        Pass::Sanitised
    } else {
        Pass::Raw
    };
    let mut clean = Sanitizer::default();
    let print = |piece: &DiffRunResponse| match (app.form, pass) {
        (Form::Json, _) => output::stream_object(piece),
        (Form::Text, Pass::Raw) => output::raw(&piece.data),
        (Form::Text, Pass::Sanitised) => output::raw(clean.push(&piece.data).as_bytes()),
    };
    let pieces = each_piece(&mut session, &args.id, form, print).await?;
    if app.form == Form::Text && pass == Pass::Sanitised {
        output::raw(clean.finish().as_bytes())?;
    }
    if pieces == 0 {
        app.note("nothing was changed");
    }
    Ok(Exit::Success)
}

/// How many files a run has changed.
pub async fn changed_files(session: &mut Session, id: &str) -> Result<usize, Failure> {
    let mut files = 0;
    each_piece(session, id, "name-only", |piece| {
        files += piece.data.split(|byte| *byte == b'\n').count() - 1;
        Ok(())
    })
    .await?;
    Ok(files)
}

/// Hands each piece of a diff to `take`; how many there were.
async fn each_piece(
    session: &mut Session,
    id: &str,
    form: &str,
    mut take: impl FnMut(&DiffRunResponse) -> Result<(), Failure>,
) -> Result<usize, Failure> {
    let request = DiffRunRequest {
        run_id: id.to_owned(),
        form: form.to_owned(),
    };
    let mut stream = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.diff_run(request).await }
        })
        .await?;
    let mut pieces = 0;
    while let Some(piece) = stream.message().await? {
        take(&piece)?;
        pieces += 1;
    }
    Ok(pieces)
}
