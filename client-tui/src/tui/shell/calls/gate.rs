//! What is put to gates.

use std::path::PathBuf;

use synod_proto::v1::{SpawnQualityGateRequest, SpawnQualityGateResponse};

use crate::{failure::Failure, intent, link::Session, tui::msg::Force};

/// What is put to any gate.
pub fn request(
    spec: &str,
    roster: &[String],
    force: Force,
) -> Result<SpawnQualityGateRequest, Failure> {
    Ok(SpawnQualityGateRequest {
        subject: intent::absolute(&expanded(spec))?,
        roster: roster.to_vec(),
        force: force == Force::Another,
        env: intent::environment(),
        ..SpawnQualityGateRequest::default()
    })
}

/// Submits it; that there is nothing to review is no run, and a sentence.
pub async fn submit(
    session: &mut Session,
    request: &SpawnQualityGateRequest,
) -> Result<SpawnQualityGateResponse, Failure> {
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_quality_gate(request).await }
        })
        .await?;
    if answer.nothing.is_empty() {
        Ok(answer)
    } else {
        Err(Failure::Input(answer.nothing))
    }
}

/// A path as typed, `~/` being the home directory.
pub fn expanded(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        (Some(_), None) | (None, _) => PathBuf::from(typed),
    }
}
