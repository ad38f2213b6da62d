//! The verbs: one file each. This one holds the arguments all share and calls the verb asked for.

mod args;

mod blocking;
mod gate_diff;

mod gate_apply;
mod gate_check;
mod gate_list;
mod gate_new;
mod gate_probe;
mod gate_replay;
mod gate_report;
mod gate_run;
mod gate_show;

mod exec;
mod run;

mod cancel;
mod ps;
mod retry;
mod show;
mod usage;
mod wait;

mod diff;
mod discard;
mod merge;

mod events;
mod logs;
mod record;

mod answer;
mod ledger;
mod questions;

mod agents;
mod daemon;
mod doctor;
mod init;

mod app;
mod follow;
mod keep;
mod single;

use std::ffi::OsString;

use clap::Parser as _;

use crate::{
    exit::Exit,
    failure::Failure,
    output::{self, Form},
    tui,
};

use app::App;
use args::{Arguments, GateVerb, Verb};

/// Reads the arguments of this process and does what they say.
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error, Attempted::from_env()),
    };
    let form = if arguments.json {
        Form::Json
    } else {
        Form::Text
    };
    let Some(verb) = arguments.verb.clone() else {
        let opened = match form {
            Form::Text => App::new(&arguments).and_then(|app| tui::open(app.dial)),
            Form::Json => Err(Failure::Input(
                "expected a verb beside --json, found none; `synod --help` lists them".to_owned(),
            )),
        };
        return ended(form, Errors::AsTheyAre, opened);
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

/// What can be told of arguments that are wrong.
#[derive(Debug, Clone, Copy)]
struct Attempted {
    form: Form,
    errors: Errors,
}

impl Attempted {
    fn from_env() -> Self {
        Self::of(std::env::args_os().skip(1))
    }

    /// Whether objects were asked for and which verb was meant, as far as Synod's own words go: those of a
    /// command stand behind `--`.
    fn of(words: impl Iterator<Item = OsString>) -> Self {
        let mut attempted = Self {
            form: Form::Text,
            errors: Errors::AsTheyAre,
        };
        let mut verb = None;
        let mut words = words.take_while(|word| word != "--");
        while let Some(word) = words.next() {
            if word == "--json" {
                attempted.form = Form::Json;
            } else if word == "--socket" {
                // The path could be called like a verb.
                words.next();
            } else if !word.as_encoded_bytes().starts_with(b"-") {
                verb.get_or_insert(word);
            }
        }
        if verb.is_some_and(|verb| verb == "exec") {
            attempted.errors = Errors::Exec;
        }
        attempted
    }
}

/// Help and version are answers; everything else clap says is wrong usage.
fn usage(error: &clap::Error, attempted: Attempted) -> Exit {
    let text = error.render().to_string();
    if error.use_stderr() {
        match attempted.form {
            Form::Text => output::remark(text.trim_end()),
            Form::Json => output::failure(Form::Json, &Failure::Input(said_by(&text))),
        }
        match attempted.errors {
            Errors::AsTheyAre => Exit::Usage,
            Errors::Exec => Exit::EXEC_OWN,
        }
    } else {
        ended(
            Form::Text,
            Errors::AsTheyAre,
            output::line(&text).map(|()| Exit::Success),
        )
    }
}

/// The sentence of a usage error, without the help that follows it.
fn said_by(text: &str) -> String {
    let sentence = text.split("\n\n").next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn dispatch(app: &App, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Gate(GateVerb::Run(args)) => gate_run::gate_run(app, args).await,
        Verb::Gate(GateVerb::Report(args)) => gate_report::gate_report(app, args).await,
        Verb::Gate(GateVerb::Apply(args)) => gate_apply::gate_apply(app, args).await,
        Verb::Gate(GateVerb::Replay(args)) => gate_replay::gate_replay(app, args).await,
        Verb::Gate(GateVerb::Probe(args)) => gate_probe::gate_probe(app, args).await,
        Verb::Gate(GateVerb::New(args)) => gate_new::gate_new(app, args).await,
        Verb::Gate(GateVerb::Check(args)) => gate_check::gate_check(app, args).await,
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
        Verb::Record(args) => record::record(app, args).await,
        Verb::Diff(args) => diff::diff(app, args).await,
        Verb::Merge(args) => merge::merge(app, args).await,
        Verb::Discard(args) => discard::discard(app, args).await,
        Verb::Events(args) => events::events(app, args).await,
        Verb::Questions(args) => questions::questions(app, args).await,
        Verb::Answer(args) => answer::answer(app, args).await,
        Verb::Ledger(args) => ledger::ledger(app, args).await,
        Verb::Usage(args) => usage::usage(app, args).await,
        Verb::Init(args) => init::init(app, args).await,
        Verb::Agents(args) => agents::agents(app, args).await,
        Verb::Doctor(args) => doctor::doctor(app, args).await,
        Verb::Daemon(verb) => daemon::daemon(app, verb).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, form: Form, code: u8) {
        let attempted = Attempted::of(line.split_whitespace().map(OsString::from));
        let error =
            Arguments::try_parse_from(std::iter::once("synod").chain(line.split_whitespace()))
                .unwrap_err();
        assert_eq!(attempted.form, form, "{line}");
        assert_eq!(usage(&error, attempted).code(), code, "{line}");
    }

    #[test]
    fn wrong_usage_of_exec_is_not_taken_for_the_code_of_a_command() {
        check("exec", Form::Text, 125);
        check(
            "--socket ps exec --timeout banana -- ls --json",
            Form::Text,
            125,
        );
        check("exec --timeout 0 --json -- ls", Form::Json, 125);
        check("exec --timeout 0s -- ls", Form::Text, 125);
        check("--socket exec ps --no-such", Form::Text, 2);
        check("gate run clarify --json", Form::Json, 2);
        check("wait", Form::Text, 2);
    }

    #[test]
    fn the_sentence_of_a_usage_error_is_one_line() {
        let error = Arguments::try_parse_from(["synod", "events", "--since", "x"]).unwrap_err();
        assert_eq!(
            said_by(&error.render().to_string()),
            "invalid value 'x' for '--since <REV>': expected a whole number, found \"x\""
        );
    }
}
