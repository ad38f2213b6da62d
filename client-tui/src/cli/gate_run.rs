//! `gate run`: submits a gate run and, unless detached, follows it to its verdict.

use synod_proto::v1::{Run, SpawnQualityGateRequest, SpawnQualityGateResponse};

use super::{
    app::App,
    args::GateRunArgs,
    follow::{self, Followed},
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent,
    link::{self, Session},
    output::{self, Form},
    render::{clean, verdict},
};

/// See the module.
pub async fn gate_run(app: &App, args: GateRunArgs) -> Result<Exit, Failure> {
    let request = SpawnQualityGateRequest {
        request_id: intent::request_id(),
        gate: args.gate,
        subject: intent::absolute(&args.spec)?,
        roster: roster(args.roster)?,
        quorum: args.quorum,
        force: args.force,
        cwd: intent::working_directory(args.cwd.as_deref())?,
        env: intent::environment(),
    };
    let mut session = app.session().await?;
    let (run, attached) = submit(&mut session, request).await?;
    if attached {
        app.note(&format!(
            "an equal run is under way: attached to {}; --force starts another",
            run.name
        ));
    }
    if args.detach {
        return detach(app, &mut session, &run).await;
    }
    let degraded = if args.strict {
        Degraded::Told
    } else {
        Degraded::Accepted
    };
    match follow::follow(app, &session, &run.id).await? {
        Followed::Interrupted => {
            let name = clean(&run.name);
            output::note(&follow::detached(&name, &format!("synod wait {name}")));
            Ok(Exit::Interrupted)
        }
        Followed::End => {
            let run = app
                .answer_run(&mut session, &run.id, verdict::verdict)
                .await?;
            Ok(Exit::of_run(&run.state, degraded).unwrap_or(Exit::Refused))
        }
    }
}

/// Prints what a detached submission is known by: the id alone, so that scripts can keep it.
pub async fn detach(app: &App, session: &mut Session, run: &Run) -> Result<Exit, Failure> {
    match app.form {
        Form::Json => {
            let run = link::get_run(session, &run.id).await?;
            output::object(&run)?;
        }
        Form::Text => {
            output::line(&run.id)?;
            let name = clean(&run.name);
            app.note(&format!(
                "{name} is under way; `synod wait {name}` waits for its end, `synod show {name}` shows it"
            ));
        }
    }
    Ok(Exit::Success)
}

async fn submit(
    session: &mut Session,
    request: SpawnQualityGateRequest,
) -> Result<(Run, bool), Failure> {
    let SpawnQualityGateResponse { run, attached, .. } = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_quality_gate(request).await }
        })
        .await?;
    let run = run.ok_or_else(|| {
        Failure::Protocol("the daemon took the submission but named no run".to_owned())
    })?;
    Ok((run, attached))
}

fn roster(names: Vec<String>) -> Result<Vec<String>, Failure> {
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(Failure::Input(
            "expected agents' names separated by single commas after --roster, found an empty one; \
             `synod agents` lists them"
                .to_owned(),
        ));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_name_in_a_roster_is_refused() {
        assert!(roster(vec!["a".into(), String::new()]).is_err());
        assert_eq!(roster(vec![" a".into(), "b ".into()]).unwrap(), ["a", "b"]);
    }
}
