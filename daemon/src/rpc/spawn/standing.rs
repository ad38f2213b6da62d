//! Verdicts that stand: what was decided before, for whoever submits the same again.

use synod_consensus::ledger;
use synod_proto::v1;
use synod_shared::ids::RunId;
use tonic::Status;

use super::repeated;
use crate::{
    rpc::{Context, status},
    store::{DecidedRun, StillOpen},
    submit::{self, Matter},
};

/// The run that has decided on the same before, unless the caller wants another, measures, or repeats a request. What
/// other runs decided since about words that stand in its text, it may not have known.
pub(super) async fn standing(
    context: &Context,
    id: &str,
    hash: &str,
    request: &v1::SpawnQualityGateRequest,
    matter: &Matter,
) -> Result<Option<v1::SpawnQualityGateResponse>, Status> {
    if request.force || request.probe_seed.is_some() || repeated(context, id, hash).await?.is_some()
    {
        return Ok(None);
    }
    let (asked, matter) = (request.clone(), matter.clone());
    let key = crate::rpc::gates::blocking(context, move |submitter| {
        submit::key_of(submitter, &asked, &matter).map_err(|error| status::from_submit(&error))
    })
    .await?;
    let revision = context.read(crate::store::Reader::revision).await?;
    let Some(DecidedRun { run, since }) =
        context.read(move |reader| reader.decided_run(&key)).await?
    else {
        return Ok(None);
    };
    let run = context.run(&run).await?;
    if concerned(context, &run, since).await? {
        return Ok(None);
    }
    Ok(Some(v1::SpawnQualityGateResponse {
        runs: vec![run.clone()],
        standing: vec![run.id.clone()],
        run: Some(run),
        revision,
        ..v1::SpawnQualityGateResponse::default()
    }))
}

/// Whether one of these entries, or something that another run still asks people about, is about what a run read. What
/// cannot be read may be what it is about.
async fn concerned(
    context: &Context,
    run: &v1::Run,
    mut since: Vec<ledger::Entry>,
) -> Result<bool, Status> {
    let (gate, subject, id) = (run.gate.clone(), run.subject.clone(), run.id.clone());
    let asked = context
        .read_bulk(move |reader| reader.asked_of(&gate, &subject, &id))
        .await?;
    since.extend(asked.iter().filter_map(StillOpen::entry));
    if since.is_empty() {
        return Ok(false);
    }
    let run: Option<RunId> = run.id.parse().ok();
    crate::rpc::gates::blocking(context, move |submitter| {
        let inputs = run.and_then(|run| submit::keep::inputs(&submitter.paths, run).ok());
        Ok(inputs.is_none_or(|inputs| !ledger::still_standing(&since, &[], &inputs).is_empty()))
    })
    .await
}
