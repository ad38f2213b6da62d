//! The daemon about itself.

use synod_proto::v1;
use tonic::Status;

use super::{Context, spawn::request_id, status};
use crate::wire;

pub(super) async fn describe(context: &Context) -> Result<v1::GetDaemonStatusResponse, Status> {
    let gauges = context
        .engine
        .gauges()
        .await
        .map_err(|error| status::from_engine(&error))?;
    let mut warnings = context.warnings.clone();
    warnings.extend(gauges.warnings);
    if let Err(error) = context.submitter.config() {
        warnings.push(error.to_string());
    }
    Ok(v1::GetDaemonStatusResponse {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        revision: gauges.revision,
        socket: context.paths.socket.display().to_string(),
        state_dir: context.paths.state_dir.display().to_string(),
        containment: context.containment.to_owned(),
        feed_id: context.publisher.feed_id().to_owned(),
        running: Some(gauges.running),
        queued: Some(gauges.queued),
        subscribers: Some(context.publisher.subscribers()),
        protocol: synod_proto::PROTOCOL,
        uptime: Some(wire::duration(context.began.elapsed())),
        warnings,
        log: context.paths.log().display().to_string(),
    })
}

pub(super) async fn shutdown(
    context: &Context,
    request: v1::ShutdownRequest,
) -> Result<v1::ShutdownResponse, Status> {
    request_id(&request.request_id)?;
    let gauges = context
        .engine
        .gauges()
        .await
        .map_err(|error| status::from_engine(&error))?;
    tracing::info!(running = gauges.running, "asked to end; agents go on");
    context.ending.cancel();
    Ok(v1::ShutdownResponse {
        running: Some(gauges.running),
        pid: std::process::id(),
    })
}
