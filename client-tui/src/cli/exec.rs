//! `exec`: any command as a single-agent run. As transparent as can be: its bytes, its exit code.

use std::{ffi::OsString, io::Read as _};

use synod_proto::v1::{Attempt, CommandLine, Run, SpawnAgentRequest, spawn_agent_request::Work};
use synod_shared::words::Reason;

use super::{
    app::App,
    args::ExecArgs,
    follow, gate_run,
    single::{self, Followed, Pass},
};
use crate::{
    exit::Exit, failure::Failure, intent, output, output::Form, render::clean, render::runs,
};

/// See the module.
pub async fn exec(app: &App, args: ExecArgs) -> Result<Exit, Failure> {
    let argv = argv(args.argv)?;
    let request = SpawnAgentRequest {
        request_id: intent::request_id(),
        work: Some(Work::Command(CommandLine {
            argv,
            input: if args.stdin {
                standard_input()?
            } else {
                Vec::new()
            },
        })),
        name: intent::run_name(args.name)?,
        cwd: intent::working_directory(args.cwd.as_deref())?,
        timeout: args.timeout.map(intent::proto_duration),
        env: intent::environment(),
        isolation: String::new(),
        continue_run: String::new(),
    };
    let mut session = app.session().await?;
    let run = single::submit(app, &mut session, request).await?;
    if args.detach {
        return gate_run::detach(app, &mut session, &run).await;
    }
    match single::result(app, &mut session, &run.id, Pass::Raw).await? {
        Followed::Interrupted => {
            let name = clean(&run.name);
            output::note(&follow::detached(&name, &format!("synod logs -f {name}")));
            Ok(Exit::Interrupted)
        }
        Followed::End(run) => {
            let (exit, said) = end(&run);
            if let Some(said) = said.filter(|_| app.form == Form::Text) {
                output::note(&said);
            }
            Ok(exit)
        }
    }
}

/// Everything on standard input, within what a message can carry.
pub fn standard_input() -> Result<Vec<u8>, Failure> {
    // Half a message leaves room for the environment and the arguments.
    const MOST: usize = synod_proto::MAX_MESSAGE / 2;
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MOST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Input(format!("cannot read standard input: {error}")))?;
    if bytes.len() > MOST {
        return Err(Failure::Input(format!(
            "expected at most {MOST} bytes on standard input, found more; give the program a file instead"
        )));
    }
    Ok(bytes)
}

fn argv(argv: Vec<OsString>) -> Result<Vec<String>, Failure> {
    let argv: Vec<String> = argv
        .into_iter()
        .map(|word| {
            word.into_string().map_err(|word| {
                Failure::Input(format!(
                    "expected arguments in UTF-8, found {}",
                    word.display()
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    match argv.first() {
        Some(program) if !program.is_empty() => Ok(argv),
        Some(_) | None => Err(Failure::Input(
            "expected a program after --, found an empty word".to_owned(),
        )),
    }
}

/// The exit code of an ended command, and a sentence where the code alone would mislead.
fn end(run: &Run) -> (Exit, Option<String>) {
    let name = clean(&run.name);
    let Some(attempt) = runs::attempts(run).last() else {
        let why = said(
            &run.reason,
            run.executions.first().map_or("", |e| &e.detail),
        );
        return (
            Exit::EXEC_OWN,
            Some(format!("{name} was not started: {why}")),
        );
    };
    let detail = said(&attempt.reason, &attempt.detail);
    match attempt.reason.parse::<Reason>() {
        Ok(Reason::Timeout) => (
            Exit::COMMAND_TIMED_OUT,
            Some(format!(
                "{name} took longer than its time limit and was ended"
            )),
        ),
        Ok(Reason::SpawnFailed) => (spawn_failed(attempt), Some(detail)),
        Ok(_) | Err(_) => match (attempt.exit_code, attempt.signal) {
            (Some(code), _) => (Exit::Command(low_byte(code)), None),
            (None, Some(signal)) => (
                Exit::Command(low_byte(signal.saturating_add(128))),
                Some(format!("{name} was ended by signal {signal} ({detail})")),
            ),
            (None, None) => (
                Exit::EXEC_OWN,
                Some(format!("{name} ended without a known exit code: {detail}")),
            ),
        },
    }
}

fn spawn_failed(attempt: &Attempt) -> Exit {
    if attempt.detail.starts_with("not found:") {
        Exit::COMMAND_NOT_FOUND
    } else {
        Exit::COMMAND_NOT_EXECUTABLE
    }
}

fn said(reason: &str, detail: &str) -> String {
    match (clean(reason), clean(detail)) {
        (reason, detail) if detail.is_empty() => reason,
        (reason, detail) => format!("{reason}: {detail}"),
    }
}

/// As the kernel passes it on.
fn low_byte(code: i32) -> u8 {
    code.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[track_caller]
    fn check(reason: &str, detail: &str, code: Option<i32>, signal: Option<i32>, expected: u8) {
        let mut run = samples::ended_command();
        let attempt = &mut run.executions[0].attempts[0];
        attempt.reason = reason.into();
        attempt.detail = detail.into();
        attempt.exit_code = code;
        attempt.signal = signal;
        assert_eq!(end(&run).0.code(), expected, "{reason} {detail}");
    }

    #[test]
    fn a_command_ends_with_its_own_code_or_that_of_its_end() {
        check("completed", "", Some(0), None, 0);
        check("exit-nonzero", "", Some(7), None, 7);
        check("exit-nonzero", "", Some(255), None, 255);
        check("signalled", "", None, Some(9), 137);
        check("cancelled", "", None, Some(15), 143);
        check("cancelled", "", Some(3), None, 3);
        check("timeout", "", None, Some(15), 124);
        check("spawn-failed", "not found: /bin/nope", None, None, 127);
        check("spawn-failed", "not executable: /etc", None, None, 126);
        check("shim-lost", "", None, None, 125);
    }

    #[test]
    fn a_command_that_was_never_started_is_an_error_of_ours() {
        let mut run = samples::ended_command();
        run.executions[0].attempts.clear();
        run.reason = "cancelled".into();
        let (exit, said) = end(&run);
        assert_eq!(exit.code(), 125);
        assert!(said.unwrap().contains("was not started: cancelled"));
    }

    #[test]
    fn an_empty_program_is_refused() {
        assert!(argv(vec![OsString::new()]).is_err());
        assert!(argv(vec!["true".into(), OsString::new()]).is_ok());
    }
}
