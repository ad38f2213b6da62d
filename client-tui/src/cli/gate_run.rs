//! `gate run`: submits a gate run and, unless detached, follows it to its verdict.

use synod_proto::v1::{Run, SpawnQualityGateRequest, SpawnQualityGateResponse};

use super::{
    app::{self, App},
    args::GateRunArgs,
    blocking,
    follow::{self, Followed},
    gate_diff::{self, Change},
    gate_report,
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent,
    link::{self, Session},
    output::{self, Form},
    render::{Look, clean, time, verdict},
};

/// See the module.
pub async fn gate_run(app: &App, args: GateRunArgs) -> Result<Exit, Failure> {
    let diff = match gate_diff::change(args.change, args.cwd.as_deref())? {
        Change::None => None,
        Change::Source(source) => Some(source),
        Change::EmptyPush => {
            app.note("the push updates no ref: there is nothing to review");
            return Ok(Exit::Success);
        }
    };
    let request = SpawnQualityGateRequest {
        request_id: intent::request_id(),
        gate: args.gate.unwrap_or_default(),
        checkpoint: args.checkpoint.unwrap_or_default(),
        subject: args
            .spec
            .as_deref()
            .map(intent::absolute)
            .transpose()?
            .unwrap_or_default(),
        diff,
        roster: roster(args.roster)?,
        quorum: args.quorum,
        force: args.force,
        cwd: intent::working_directory(args.cwd.as_deref())?,
        env: intent::environment(),
        deadline: args.deadline.map(intent::proto_duration),
        ..SpawnQualityGateRequest::default()
    };
    let mut session = app.session().await?;
    let submitted = submit(app, &mut session, request).await?;
    if !submitted.nothing.is_empty() {
        app.answer(&submitted, |submitted, _| clean(&submitted.nothing))?;
        return Ok(Exit::Success);
    }
    let standing = submitted.standing.clone();
    let runs = runs(submitted)?;
    if args.detach {
        for run in &runs {
            if standing.contains(&run.id) {
                printed(app, &mut session, run).await?;
            } else {
                detach(app, &mut session, run).await?;
            }
        }
        return Ok(Exit::Success);
    }
    let degraded = if args.strict {
        Degraded::Told
    } else {
        Degraded::Accepted
    };
    let mut ends = Vec::with_capacity(runs.len());
    for run in runs {
        match follow::follow(app, &session, &run.id).await? {
            Followed::Interrupted => {
                let name = clean(&run.name);
                output::note(&follow::detached(&name, &format!("synod wait {name}")));
                return Ok(Exit::Interrupted);
            }
            Followed::End => {
                let run = match args.format {
                    Some(form) => {
                        gate_report::report(app, &mut session, &run.id, form, None).await?;
                        link::get_run(&mut session, &run.id).await?
                    }
                    None => {
                        app.answer_run(&mut session, &run.id, verdict::verdict)
                            .await?
                    }
                };
                let judged = blocking::judge(&run, &args.blocking, degraded);
                if let Some(remark) = judged.remark {
                    app.tell(&remark);
                }
                ends.push(judged.exit);
            }
        }
    }
    Ok(Exit::worst(ends))
}

/// Prints what a detached submission is known by: the id alone, so that scripts can keep it.
pub async fn detach(app: &App, session: &mut Session, run: &Run) -> Result<Exit, Failure> {
    printed(app, session, run).await?;
    if let Form::Text = app.form {
        let name = clean(&run.name);
        app.note(&format!(
            "{name} is under way; `synod wait {name}` waits for its end, `synod show {name}` shows it"
        ));
    }
    Ok(Exit::Success)
}

async fn printed(app: &App, session: &mut Session, run: &Run) -> Result<(), Failure> {
    match app.form {
        Form::Json => output::object(&link::get_run(session, &run.id).await?),
        Form::Text => output::line(&run.id),
    }
}

async fn submit(
    app: &App,
    session: &mut Session,
    request: SpawnQualityGateRequest,
) -> Result<SpawnQualityGateResponse, Failure> {
    let submitted = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_quality_gate(request).await }
        })
        .await?;
    let name = submitted
        .run
        .as_ref()
        .map(|run| clean(&run.name))
        .unwrap_or_default();
    if submitted.attached {
        app.note(&format!(
            "an equal run is under way: attached to {name}; --force starts another"
        ));
    }
    for run in &submitted.runs {
        if submitted.standing.contains(&run.id) {
            app.tell(&stands(run, &app::look_of_answers()));
        }
    }
    Ok(submitted)
}

/// Nobody is asked again about what has been decided and has not changed.
fn stands(run: &Run, look: &Look) -> String {
    let name = clean(&run.name);
    let when = run.ended_at.as_ref().map(|at| time::ago(at, look));
    format!(
        "nothing has changed since {name}, which ended {}: its verdict stands, and nobody was asked; --force asks again",
        when.unwrap_or_default()
    )
}

/// All runs of a submission, in order.
fn runs(submitted: SpawnQualityGateResponse) -> Result<Vec<Run>, Failure> {
    let SpawnQualityGateResponse { run, runs, .. } = submitted;
    let runs = if runs.is_empty() {
        run.into_iter().collect()
    } else {
        runs
    };
    if runs.is_empty() {
        return Err(Failure::Protocol(
            "the daemon took the submission but named no run".to_owned(),
        ));
    }
    Ok(runs)
}

/// The agents named; none for the gate's own.
pub fn roster(names: Vec<String>) -> Result<Vec<String>, Failure> {
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
