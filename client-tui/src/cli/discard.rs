//! `discard`: an agent's work is thrown away. What is nowhere else only with `--force`, or a typed yes.

use std::io::{self, IsTerminal as _};

use synod_proto::v1::{DiscardRunRequest, Run};

use super::{app::App, args::DiscardArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    link::Session,
    output::{self, Form},
    render::workspace as render,
};

/// How the daemon calls work that is nowhere else.
const UNMERGED: &str = "unmerged-work";

/// See the module.
pub async fn discard(app: &App, args: DiscardArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    let first = ask(&mut session, &args.id, args.force).await;
    let run = match first {
        Err(Failure::Refused {
            reason, message, ..
        }) if reason == UNMERGED && app.form == Form::Text && io::stdin().is_terminal() => {
            if !says_yes(&message)? {
                return Err(Failure::Input(
                    "expected `yes`, found another answer; nothing was thrown away".to_owned(),
                ));
            }
            ask(&mut session, &args.id, true).await?
        }
        first => first?,
    };
    app.answer(&run, |run, _| render::settled(run))?;
    Ok(Exit::Success)
}

async fn ask(session: &mut Session, id: &str, force: bool) -> Result<Run, Failure> {
    let request = DiscardRunRequest {
        request_id: intent::request_id(),
        run_id: id.to_owned(),
        force,
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.discard_run(request).await }
        })
        .await?;
    answer
        .run
        .ok_or_else(|| Failure::Protocol("the daemon threw away but named no run".to_owned()))
}

/// Whether a person at the terminal wants to lose this.
fn says_yes(what: &str) -> Result<bool, Failure> {
    output::note(what);
    output::note("type yes to throw it away:");
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::Input(format!("the answer cannot be read: {error}")))?;
    Ok(line.trim() == "yes")
}
