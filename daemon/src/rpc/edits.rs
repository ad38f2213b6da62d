//! The edits that were accepted in a run, against the inputs as they were read. Nothing is written here: whoever asks
//! has the files, and the rights to them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};
use similar::TextDiff;
use synod_consensus::{Disposition, Finding, edits};
use synod_core::entity::{GateWork, Run, Work};
use synod_proto::v1;
use synod_shared::ids::FindingId;
use tonic::{Code, Status};

use super::{Context, status};
use crate::{
    store::RunParts,
    submit::{hex, keep},
};

pub(super) async fn get(
    context: &Context,
    request: v1::GetEditsRequest,
) -> Result<v1::GetEditsResponse, Status> {
    let target = context.target("a run", &request.run_id).await?;
    let parts = context.parts(&target.run).await?;
    let gate = gate_of(&parts.run.value)?.clone();
    let submitter = Arc::clone(&context.submitter);
    tokio::task::spawn_blocking(move || {
        let inputs = keep::inputs(&submitter.paths, parts.run.value.id).map_err(|error| {
            status::with_reason(
                Code::FailedPrecondition,
                "inputs-gone",
                format!("what the run read is not kept any more: {error}"),
            )
        })?;
        let said = said(&parts);
        let findings: Vec<(&Finding, Option<&Disposition>)> = parts
            .findings
            .iter()
            .map(|stamped| {
                let finding = &stamped.value;
                (&finding.content, said.get(&finding.id))
            })
            .collect();
        let ids: BTreeMap<&str, String> = parts
            .findings
            .iter()
            .map(|stamped| {
                (
                    stamped.value.content.key.as_str(),
                    stamped.value.id.to_string(),
                )
            })
            .collect();
        let accepted = edits::edits(&findings, &inputs);
        Ok(v1::GetEditsResponse {
            files: accepted
                .files
                .iter()
                .map(|file| edited(file, &ids))
                .collect(),
            left_out: accepted.left_out,
            root: root(&parts.run.value, &gate).display().to_string(),
        })
    })
    .await
    .map_err(|_| status::ended())?
}

/// The gate a run is of; a clear no if it is of none.
pub(super) fn gate_of(run: &Run) -> Result<&GateWork, Status> {
    match &run.work {
        Work::Gate(gate) => Ok(gate),
        Work::Agent | Work::Command => Err(status::with_reason(
            Code::FailedPrecondition,
            "no-gate-run",
            format!(
                "{} is no run of a gate; `synod ps --all` lists what there is",
                run.name
            ),
        )),
    }
}

/// What people said, by finding. What is put off is not said.
fn said(parts: &RunParts) -> BTreeMap<FindingId, Disposition> {
    let settled = |question: &synod_core::entity::Question| {
        let settled = question.settled.as_ref()?;
        Some((question.id, settled.disposition.clone()))
    };
    parts
        .questions
        .iter()
        .filter_map(|stamped| settled(&stamped.value))
        .collect()
}

/// The folder that inputs are named from.
pub(super) fn root(run: &Run, gate: &GateWork) -> PathBuf {
    let subject = Path::new(&run.subject);
    // A diff's subject is its repository; a specification's, a folder or one file.
    if gate.diff.is_some() || subject.is_dir() {
        subject.to_path_buf()
    } else {
        subject.parent().unwrap_or(subject).to_path_buf()
    }
}

fn edited(file: &edits::Edited, ids: &BTreeMap<&str, String>) -> v1::EditedFile {
    let diff = TextDiff::from_lines(&file.before, &file.after);
    v1::EditedFile {
        path: file.path.clone(),
        read_sha256: hex(&Sha256::digest(file.before.as_bytes())),
        text: file.after.clone().into_bytes(),
        diff: diff
            .unified_diff()
            .header(&format!("a/{}", file.path), &format!("b/{}", file.path))
            .to_string(),
        finding_ids: file
            .keys
            .iter()
            .filter_map(|key| ids.get(key.as_str()).cloned())
            .collect(),
    }
}
