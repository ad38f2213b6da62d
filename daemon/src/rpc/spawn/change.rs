//! Gates over changes, as git has them.

use std::collections::HashMap;

use synod_proto::v1;
use tonic::Status;

use super::{gate::over, hash};
use crate::{
    review,
    rpc::{Context, status},
    submit::{self, Matter, SubmitError},
};

/// A change, read with git as it stands now. A push of several refs is several changes, each with a run of its own; one
/// whose like was judged before is not judged again.
pub(super) async fn change(
    context: &Context,
    id: &str,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let source = request.diff.clone().unwrap_or_default();
    let wanted = wanted(&source)?;
    let folder = std::path::PathBuf::from(&source.repository);
    let found = crate::rpc::gates::blocking(context, move |submitter| {
        let limits = review::Limits::default();
        review::read(&submitter.git, &folder, &wanted, &limits)
            .map_err(|error| status::from_submit(&SubmitError::Review(error)))
    })
    .await?;
    let changes = match found {
        review::Found::Nothing(why) => {
            return Ok(v1::SpawnQualityGateResponse {
                nothing: why,
                ..v1::SpawnQualityGateResponse::default()
            });
        }
        review::Found::Changes(changes) => changes,
    };
    let mut all = v1::SpawnQualityGateResponse {
        attached: true,
        ..v1::SpawnQualityGateResponse::default()
    };
    for change in changes {
        let one = one_change(context, id, request.clone(), change).await?;
        all.attached &= one.attached;
        all.standing.extend(one.standing);
        all.revision = all.revision.max(one.revision);
        all.runs.extend(one.run);
    }
    all.run = all.runs.first().cloned();
    Ok(all)
}

async fn one_change(
    context: &Context,
    id: &str,
    request: v1::SpawnQualityGateRequest,
    change: review::Material,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    // A request of its own for each change, derived from the caller's: a repeat finds them all.
    let own = submit::payload_hash("change", format!("{id}/{}", change.change).as_bytes());
    let own: String = own.chars().take(40).collect();
    let hash = hash(
        "gate",
        v1::SpawnQualityGateRequest {
            env: HashMap::new(),
            request_id: String::new(),
            ..request.clone()
        },
    );
    let request = v1::SpawnQualityGateRequest {
        request_id: own.clone(),
        ..request
    };
    over(
        context,
        own,
        hash,
        request,
        Matter::Change(Box::new(change)),
    )
    .await
}

/// What is to be reviewed, as the caller says it.
#[allow(clippy::result_large_err, reason = "tonic's own error type")]
fn wanted(source: &v1::DiffSource) -> Result<review::Wanted, Status> {
    use v1::diff_source::Source;
    Ok(match source.source.clone() {
        Some(Source::Range(range)) => review::Wanted::Range(range),
        Some(Source::Staged(v1::Staged { index })) => review::Wanted::Staged {
            index: (!index.is_empty()).then(|| index.into()),
        },
        Some(Source::Patch(bytes)) => review::Wanted::Patch(bytes),
        Some(Source::Push(push)) => review::Wanted::Push {
            remote: push.remote,
            lines: push.lines,
        },
        None => {
            return Err(status::invalid(
                "absent",
                "expected a range, what is staged, a patch or a push to review, found none of them",
            ));
        }
    })
}
