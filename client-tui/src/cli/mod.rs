//! The verbs: one file each. This one holds the arguments all share and calls the verb asked for.

mod args;

mod gate_list;
mod gate_run;
mod gate_show;

mod exec;
mod run;

mod cancel;
mod ps;
mod retry;
mod show;
mod wait;

mod events;
mod logs;

mod answer;
mod questions;

mod agents;
mod daemon;

mod app;
mod follow;
mod single;

use clap::{CommandFactory as _, Parser as _};

use crate::{
    exit::Exit,
    failure::Failure,
    output::{self, Form},
};

use app::App;
use args::{Arguments, GateVerb, Verb};

/// Reads the arguments of this process and does what they say.
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let form = if arguments.json {
        Form::Json
    } else {
        Form::Text
    };
    let Some(verb) = arguments.verb.clone() else {
        let help = Arguments::command().render_help().to_string();
        return ended(
            form,
            Errors::AsTheyAre,
            output::line(&help).map(|()| Exit::Success),
        );
    };
    let errors = match verb {
        Verb::Exec(_) => Errors::Exec,
        _ => Errors::AsTheyAre,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::Unreachable(format!("cannot start: {error}"));
            return ended(form, errors, Err(failure));
        }
    };
    let result = runtime.block_on(async {
        let app = App::new(&arguments)?;
        dispatch(&app, verb).await
    });
    // A task may still be waiting for the daemon; nothing depends on it any more.
    runtime.shutdown_background();
    ended(form, errors, result)
}

/// How a failure becomes an exit code.
#[derive(Debug, Clone, Copy)]
enum Errors {
    /// By the table.
    AsTheyAre,
    /// Not to be taken for the command's own code.
    Exec,
}

fn ended(form: Form, errors: Errors, result: Result<Exit, Failure>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            output::failure(form, &failure);
            match (errors, failure.exit()) {
                (Errors::Exec, exit) if exit != Exit::Success => Exit::EXEC_OWN,
                (Errors::AsTheyAre | Errors::Exec, exit) => exit,
            }
        }
    }
}

/// Help and version are answers; everything else clap says is wrong usage.
fn usage(error: &clap::Error) -> Exit {
    let text = error.render().to_string();
    if error.use_stderr() {
        output::remark(text.trim_end());
        Exit::Usage
    } else {
        ended(
            Form::Text,
            Errors::AsTheyAre,
            output::line(&text).map(|()| Exit::Success),
        )
    }
}

async fn dispatch(app: &App, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Gate(GateVerb::Run(args)) => gate_run::gate_run(app, args).await,
        Verb::Gate(GateVerb::List) => gate_list::gate_list(app).await,
        Verb::Gate(GateVerb::Show(args)) => gate_show::gate_show(app, args).await,
        Verb::Exec(args) => exec::exec(app, args).await,
        Verb::Run(args) => run::run(app, args).await,
        Verb::Ps(args) => ps::ps(app, args).await,
        Verb::Show(args) => show::show(app, args).await,
        Verb::Wait(args) => wait::wait(app, args).await,
        Verb::Cancel(args) => cancel::cancel(app, args).await,
        Verb::Retry(args) => retry::retry(app, args).await,
        Verb::Logs(args) => logs::logs(app, args).await,
        Verb::Events(args) => events::events(app, args).await,
        Verb::Questions(args) => questions::questions(app, args).await,
        Verb::Answer(args) => answer::answer(app, args).await,
        Verb::Agents => agents::agents(app).await,
        Verb::Daemon(verb) => daemon::daemon(app, verb).await,
    }
}
