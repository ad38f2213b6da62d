//! `cancel`: ends runs, or single executions of them.

use synod_proto::v1::{CancelAgentRequest, CancelRunRequest, Run};

use super::{app::App, args::CancelArgs};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    link::{self, Session},
    output::{self, Form},
    render::{clean, short},
};

/// What an id on the command line means.
#[derive(Debug, PartialEq, Eq)]
enum Target<'a> {
    Run,
    Execution(&'a str),
}

/// See the module.
pub async fn cancel(app: &App, args: CancelArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    for id in &args.ids {
        let run = link::look_up(&mut session, id).await?;
        let what = match target(&run, id) {
            Target::Run => {
                cancel_run(&mut session, &run.id).await?;
                clean(&run.name)
            }
            Target::Execution(execution) => {
                cancel_execution(&mut session, execution).await?;
                format!("execution {} of {}", short(execution), clean(&run.name))
            }
        };
        let run = link::look_up(&mut session, &run.id).await?;
        match app.form {
            Form::Json => output::stream_object(&run)?,
            Form::Text => output::line(&format!("{what}: {}", told(&run)))?,
        }
    }
    Ok(Exit::Success)
}

fn told(run: &Run) -> String {
    if run.ended_at.is_some() {
        clean(&run.state)
    } else {
        "being cancelled; `synod wait` tells when all its processes are gone".to_owned()
    }
}

/// The daemon found the run by this id: it is the run's own, or that of one of its parts.
fn target<'a>(run: &'a Run, id: &str) -> Target<'a> {
    if run.name == id || run.id.starts_with(id) {
        return Target::Run;
    }
    run.executions
        .iter()
        .find(|execution| {
            execution.id.starts_with(id) || execution.attempts.iter().any(|a| a.id.starts_with(id))
        })
        .map_or(Target::Run, |execution| Target::Execution(&execution.id))
}

async fn cancel_run(session: &mut Session, run_id: &str) -> Result<(), Failure> {
    let request = CancelRunRequest {
        request_id: intent::request_id(),
        run_id: run_id.to_owned(),
    };
    session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.cancel_run(request).await }
        })
        .await?;
    Ok(())
}

async fn cancel_execution(session: &mut Session, execution_id: &str) -> Result<(), Failure> {
    let request = CancelAgentRequest {
        request_id: intent::request_id(),
        execution_id: execution_id.to_owned(),
    };
    session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.cancel_agent(request).await }
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn an_id_means_the_run_or_the_execution_it_belongs_to() {
        let run = samples::running();
        assert_eq!(target(&run, "clarify/checkout#1"), Target::Run);
        assert_eq!(target(&run, "3f9a"), Target::Run);
        let second = run.executions[1].id.as_str();
        assert_eq!(target(&run, "e115"), Target::Execution(second));
        assert_eq!(target(&run, "a177"), Target::Execution(second));
    }
}
