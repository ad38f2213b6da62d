//! A verdict computed once more, from what is stored and nothing else; also as another table would have decided.

use std::sync::Arc;

use synod_consensus::{
    Outcome, RunEnd, Table, decide,
    table::{Changed, compare},
};
use synod_core::entity::Verdict;
use synod_proto::v1;
use tonic::{Code, Status};

use super::{Context, edits::gate_of, status};
use crate::{
    answers::{Heard, hash_of},
    submit::keep,
};

pub(super) async fn replay(
    context: &Context,
    request: v1::ReplayGateRequest,
) -> Result<v1::ReplayGateResponse, Status> {
    let target = context.target("a run", &request.run_id).await?;
    let table = match request.table.as_str() {
        "" => None,
        toml => Some(read_table(&request.table_name, toml)?),
    };
    let id = target.run.clone();
    let said = context.read(move |reader| reader.said(&id)).await?;
    let parts = context.parts(&target.run).await?;
    let run = parts.run.value;
    gate_of(&run)?;
    let executions = parts.executions.into_iter().map(|stamped| stamped.value);
    let verdict: Option<Verdict> = parts.verdict.map(|stamped| stamped.value);
    let Some(weighed) = verdict.as_ref().and_then(|verdict| verdict.weighed.clone()) else {
        return Err(status::with_reason(
            Code::FailedPrecondition,
            "not-weighed",
            format!(
                "{} is {}: its answers were never weighed",
                run.name, run.state
            ),
        ));
    };
    let heard = Heard::stored(&run, in_order(&run.executions, executions.collect()), said)
        .ok_or_else(status::ended)?;
    let submitter = Arc::clone(&context.submitter);
    tokio::task::spawn_blocking(move || {
        let inputs = keep::inputs(&submitter.paths, heard.run).map_err(|error| {
            status::with_reason(
                Code::FailedPrecondition,
                "inputs-gone",
                format!("what the run read is not kept any more: {error}"),
            )
        })?;
        let mut evidence = heard.evidence(inputs, weighed.ledger.clone());
        let recorded = decide(&evidence);
        let same = hash_of(&recorded) == weighed.outcome_hash;
        let outcome = match table {
            None => recorded.clone(),
            Some(table) => {
                evidence.policy.table = table;
                decide(&evidence)
            }
        };
        Ok(v1::ReplayGateResponse {
            same: same && request.table.is_empty(),
            redecided: redecided(&recorded, &outcome, heard.run),
            state: word(&outcome.state).to_owned(),
            recorded_state: word(&recorded.state).to_owned(),
            outcome: serde_json::to_vec(&outcome).unwrap_or_default(),
        })
    })
    .await
    .map_err(|_| status::ended())?
}

/// The executions in their run's order, as they were weighed.
fn in_order(
    order: &[synod_shared::ids::ExecutionId],
    mut executions: Vec<synod_core::entity::Execution>,
) -> Vec<synod_core::entity::Execution> {
    executions.sort_by_key(|execution| order.iter().position(|id| *id == execution.id));
    executions
}

fn read_table(name: &str, toml: &str) -> Result<Table, Status> {
    let name = if name.is_empty() { "table.toml" } else { name };
    synod_config::table_file(std::path::Path::new(name), toml)
        .map_err(|error| status::invalid("bad-table", error.to_string()))
}

/// What would be decided otherwise, as the protocol tells it.
fn redecided(
    was: &Outcome,
    would_be: &Outcome,
    run: synod_shared::ids::RunId,
) -> Vec<v1::Redecided> {
    let told = |changed: Changed| v1::Redecided {
        finding_id: synod_core::finding_id(run, &changed.key).to_string(),
        text: changed.text,
        was: crate::wire::word(&changed.before.decision),
        would_be: crate::wire::word(&changed.after.decision),
        rule: changed.after.cell,
    };
    compare(was, would_be).into_iter().map(told).collect()
}

const fn word(state: &RunEnd) -> &'static str {
    match state {
        RunEnd::NoQuorum { .. } => "no-quorum",
        RunEnd::AwaitingHuman { .. } => "awaiting-human",
        RunEnd::Rejected { .. } => "rejected",
        RunEnd::Passed => "passed",
        RunEnd::PassedDegraded { .. } => "passed-degraded",
    }
}
