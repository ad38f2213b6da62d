//! `show`: everything about one run.

use super::{app::App, args::ShowArgs};
use crate::{exit::Exit, failure::Failure, render::run};

/// See the module.
pub async fn show(app: &App, args: ShowArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    app.answer_run(&mut session, &args.id, run::show).await?;
    Ok(Exit::Success)
}
