//! Gates: one over documents, or every one of a checkpoint.

use std::collections::HashMap;

use synod_proto::v1;
use tonic::Status;

use super::{change::change, hash, request_id, standing::standing, submit};
use crate::{
    calibration,
    rpc::{Context, status},
    submit::{self as submission, Matter},
};

pub(in crate::rpc) async fn gate(
    context: &Context,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let id = request_id(&request.request_id)?;
    match (request.gate.as_str(), request.checkpoint.as_str()) {
        (gate, "") if !gate.is_empty() && request.diff.is_some() => {
            change(context, &id, request).await
        }
        ("", "") => Err(status::invalid(
            "absent",
            "expected the name of a gate or of a checkpoint, found neither",
        )),
        (_, "") => one_gate(context, id, request).await,
        ("", checkpoint) => {
            let checkpoint = checkpoint.to_owned();
            every_gate(context, &id, &checkpoint, request).await
        }
        (gate, checkpoint) => Err(status::invalid(
            "gate-and-checkpoint",
            format!(
                "expected a gate or a checkpoint, found both ({gate} and {checkpoint}); leave one out"
            ),
        )),
    }
}

async fn one_gate(
    context: &Context,
    id: String,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let hash = hash(
        "gate",
        v1::SpawnQualityGateRequest {
            env: HashMap::new(),
            request_id: String::new(),
            ..request.clone()
        },
    );
    let matter = Matter::Documents(std::path::PathBuf::from(&request.subject));
    over(context, id, hash, request, matter).await
}

pub(super) async fn over(
    context: &Context,
    id: String,
    hash: String,
    request: v1::SpawnQualityGateRequest,
    matter: Matter,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    if let Some(standing) = standing(context, &id, &hash, &request, &matter).await? {
        return Ok(standing);
    }
    let gate = request.gate.clone();
    let record = context
        .read_bulk(move |reader| Ok(calibration::read(reader, &gate)?.of_families(&gate)))
        .await?;
    let committed = submit(context, id, hash, move |submitter| {
        submission::gate(submitter, request, &matter, record)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::SpawnQualityGateResponse {
        runs: vec![run.clone()],
        run: Some(run),
        attached: committed.reply.attached,
        revision: committed.revision,
        standing: Vec::new(),
        nothing: String::new(),
    })
}

/// Every gate of a checkpoint, each as a request of its own, derived from this one: a repeat finds them all.
async fn every_gate(
    context: &Context,
    id: &str,
    checkpoint: &str,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let (name, place) = (checkpoint.to_owned(), request.subject.clone());
    let gates: Vec<String> = crate::rpc::gates::blocking(context, move |submitter| {
        let invalid =
            |error: &synod_config::GateError| status::invalid(error.code(), error.to_string());
        let gates = submitter
            .gates(std::path::Path::new(&place))
            .map_err(|error| invalid(&error))?;
        let of_checkpoint = gates
            .of_checkpoint(&name)
            .map_err(|error| invalid(&error))?;
        Ok(of_checkpoint.iter().map(|gate| gate.name.clone()).collect())
    })
    .await?;
    let mut all = v1::SpawnQualityGateResponse {
        attached: true,
        ..v1::SpawnQualityGateResponse::default()
    };
    for gate in gates {
        let own = submission::payload_hash("checkpoint", format!("{id}/{gate}").as_bytes());
        let own: String = own.chars().take(40).collect();
        let request = v1::SpawnQualityGateRequest {
            request_id: own.clone(),
            checkpoint: String::new(),
            gate,
            ..request.clone()
        };
        let one = one_gate(context, own, request).await?;
        all.attached &= one.attached;
        all.standing.extend(one.standing);
        all.revision = all.revision.max(one.revision);
        all.runs.extend(one.run);
    }
    all.run = all.runs.first().cloned();
    Ok(all)
}
