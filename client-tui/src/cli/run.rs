//! `run`: one configured agent, one prompt.

use std::{io::IsTerminal as _, os::unix::ffi::OsStringExt as _};

use synod_proto::v1::{AgentPrompt, SpawnAgentRequest, spawn_agent_request::Work};

use super::{
    app::App,
    args::RunArgs,
    exec, follow, gate_run,
    single::{self, Followed, Pass},
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent, output,
    output::Form,
    render::{clean, run as render},
};

/// See the module.
pub async fn run(app: &App, args: RunArgs) -> Result<Exit, Failure> {
    let prompt = if args.prompt == "-" {
        if std::io::stdin().is_terminal() {
            app.note("reading the prompt from the terminal; end it with Ctrl-D");
        }
        exec::standard_input()?
    } else {
        args.prompt.into_vec()
    };
    if prompt.is_empty() {
        return Err(Failure::Input(
            "expected a prompt, found nothing; give it as an argument, or on standard input after -"
                .to_owned(),
        ));
    }
    let request = SpawnAgentRequest {
        request_id: intent::request_id(),
        work: Some(Work::Agent(AgentPrompt {
            name: args.agent.unwrap_or_default(),
            prompt,
        })),
        continue_run: args.continue_run.unwrap_or_default(),
        name: intent::run_name(args.name)?,
        cwd: intent::working_directory(args.cwd.as_deref())?,
        timeout: args.timeout.map(intent::proto_duration),
        env: intent::environment(),
    };
    let mut session = app.session().await?;
    let submitted = single::submit(app, &mut session, request).await?;
    if args.detach {
        return gate_run::detach(app, &mut session, &submitted).await;
    }
    let pass = if output::answers_are_seen() {
        Pass::Sanitised
    } else {
        Pass::Raw
    };
    let followed = single::result(app, &mut session, &submitted.id, pass).await?;
    let ended = match followed {
        Followed::Interrupted => {
            let name = clean(&submitted.name);
            output::note(&follow::detached(&name, &format!("synod logs -f {name}")));
            return Ok(Exit::Interrupted);
        }
        Followed::End(run) => run,
    };
    let exit = Exit::of_run(&ended.state, Degraded::Accepted).unwrap_or(Exit::Refused);
    if app.form == Form::Text && exit != Exit::Success {
        output::note(&render::end_in_full(&ended));
    }
    Ok(exit)
}
