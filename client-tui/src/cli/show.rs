//! `show`: everything about one run, or the exact prompt that an agent was given.

use synod_proto::v1::{GetPromptRequest, Run};
use synod_shared::sanitize;

use super::{app::App, args::ShowArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    link::{self, Session},
    output::{self, Form},
    render::{clean, run},
};

/// See the module.
pub async fn show(app: &App, args: ShowArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    if args.prompt {
        return prompt(app, &mut session, args).await;
    }
    app.answer_run(&mut session, &args.id, run::show).await?;
    Ok(Exit::Success)
}

async fn prompt(app: &App, session: &mut Session, args: ShowArgs) -> Result<Exit, Failure> {
    let id = match &args.agent {
        None => args.id,
        Some(agent) => {
            let run = link::look_up(session, &args.id).await?;
            of_agent(&run, agent)?.to_owned()
        }
    };
    let request = GetPromptRequest { id };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.get_prompt(request).await }
        })
        .await?;
    match app.form {
        Form::Json => output::object(&answer)?,
        // What was sent, byte by byte, unless a terminal would obey it.
        Form::Text if output::answers_are_seen() => {
            output::line(&sanitize::bytes(&answer.prompt))?;
        }
        Form::Text => output::raw(&answer.prompt)?,
    }
    if answer.attempt_id.is_empty() {
        app.note("not given to an attempt yet");
    }
    Ok(Exit::Success)
}

/// The agent's newest execution.
fn of_agent<'a>(run: &'a Run, agent: &str) -> Result<&'a str, Failure> {
    let newest = run
        .executions
        .iter()
        .rfind(|execution| execution.agent == agent);
    newest
        .map(|execution| execution.id.as_str())
        .ok_or_else(|| {
            let mut known: Vec<String> = run.executions.iter().map(|e| clean(&e.agent)).collect();
            known.dedup();
            Failure::Input(format!(
                "expected an agent of {}, found {}; there are {}",
                clean(&run.name),
                clean(agent),
                known.join(", ")
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn the_newest_execution_of_an_agent_is_taken() {
        let run = samples::decided();
        assert_eq!(of_agent(&run, "alice").unwrap(), run.executions[3].id);
        let said = of_agent(&run, "nobody").unwrap_err().to_string();
        assert!(said.contains("there are alice, bob"), "{said}");
    }
}
