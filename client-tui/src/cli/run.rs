//! `run`: one configured agent, one prompt.

use std::{io::IsTerminal as _, os::unix::ffi::OsStringExt as _};

use synod_proto::v1::{AgentPrompt, Run, SpawnAgentRequest, spawn_agent_request::Work};

use super::{
    app::App,
    args::{Isolation, RunArgs},
    diff, exec, follow, gate_run,
    single::{self, Followed, Pass},
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent, output,
    output::Form,
    render::{clean, run as render, workspace},
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
        isolation: match args.isolation {
            None => String::new(),
            Some(Isolation::Worktree) => "worktree".to_owned(),
            Some(Isolation::None) => "none".to_owned(),
            Some(Isolation::Copy) => "copy".to_owned(),
        },
    };
    let mut session = app.session().await?;
    let submitted = single::submit(app, &mut session, request).await?;
    if let Some(where_to) = workspace::announced(&submitted) {
        app.note(&where_to);
    }
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
    if has_its_own(&ended) {
        // What can be done with it is a help, not the result: what cannot be counted is not told.
        if let Ok(changed) = diff::changed_files(&mut session, &ended.id).await
            && let Some(next) = workspace::next(&ended, changed)
        {
            app.note(&next);
        }
    }
    Ok(exit)
}

/// Whether it worked somewhere that outlives it.
fn has_its_own(run: &Run) -> bool {
    run.workspace
        .as_ref()
        .is_some_and(|workspace| workspace.kind != "none")
}
