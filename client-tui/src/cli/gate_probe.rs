//! `gate probe`: plants known faults in copies of a specification and shows which agents find them. The specification
//! itself is left alone, and nobody is asked anything.

use synod_proto::v1::{GetCalibrationRequest, Run, SpawnQualityGateRequest};
use uuid::Uuid;

use super::{
    app::App,
    args::GateProbeArgs,
    follow::{self, Followed},
    gate_run::roster,
};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent, link, output,
    output::Form,
    render::{calibration, clean, run as render},
};

/// See the module.
pub async fn gate_probe(app: &App, args: GateProbeArgs) -> Result<Exit, Failure> {
    let first = args.seed.unwrap_or_else(any_seed);
    app.note(&format!(
        "seeds from {first} on; --seed {first} plants the same faults again"
    ));
    let mut session = app.session().await?;
    let roster = roster(args.roster)?;
    let mut ends = Vec::new();
    for number in 0..u64::from(args.runs) {
        let request = SpawnQualityGateRequest {
            request_id: intent::request_id(),
            gate: args.gate.clone(),
            subject: intent::absolute(&args.spec)?,
            roster: roster.clone(),
            cwd: intent::working_directory(None)?,
            env: intent::environment(),
            probe_seed: Some(first.wrapping_add(number)),
            ..SpawnQualityGateRequest::default()
        };
        let answer = session
            .call(|mut daemon| {
                let request = request.clone();
                async move { daemon.spawn_quality_gate(request).await }
            })
            .await?;
        let run = answer.run.ok_or_else(|| {
            Failure::Protocol("the daemon took the submission but named no run".to_owned())
        })?;
        if let Followed::Interrupted = follow::follow(app, &session, &run.id).await? {
            let name = clean(&run.name);
            output::note(&follow::detached(&name, &format!("synod wait {name}")));
            return Ok(Exit::Interrupted);
        }
        let run: Run = link::get_run(&mut session, &run.id).await?;
        app.note(&render::end(&run));
        ends.push(Exit::of_run(&run.state, Degraded::Accepted).unwrap_or(Exit::Refused));
    }
    let known = session
        .call(|mut daemon| {
            let request = GetCalibrationRequest {
                gate: args.gate.clone(),
            };
            async move { daemon.get_calibration(request).await }
        })
        .await?;
    match app.form {
        Form::Json => output::object(&known)?,
        Form::Text => app.answer(&known, |known, look| {
            calibration::recall(&known.recall, look)
        })?,
    }
    Ok(Exit::worst(ends))
}

/// Small enough to be typed again.
fn any_seed() -> u64 {
    let (_, random) = Uuid::now_v7().as_u64_pair();
    random % 1_000_000
}
