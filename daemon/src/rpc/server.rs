//! The server: limits, health, reflection, the two services.

use std::{path::PathBuf, time::Duration};

use synod_proto::v1::{status_feed_server::StatusFeedServer, supervisor_server::SupervisorServer};
use tokio::net::UnixListener;
use tonic::{service::InterceptorLayer, transport::Server};
use tower_http::{
    classify::{GrpcCode, GrpcErrorsAsFailures, SharedClassifier},
    trace::{DefaultOnFailure, TraceLayer},
};

use super::{Context, accept, listener::Listener, peer};

/// Calls under way on one connection; more wait.
const CALLS_PER_CONNECTION: usize = 64;
/// Streams on one connection.
const STREAMS: u32 = 256;
/// A call that has not begun to answer by then is cut off.
const CALL_LIMIT: Duration = Duration::from_mins(1);
/// Bytes of headers in one request.
const HEADERS: u32 = 16 * 1024;

/// Where the server listens.
#[derive(Debug)]
pub struct Sockets {
    pub listener: UnixListener,
    /// Where the listener was bound, if the daemon is to keep a socket there.
    pub keep_at: Option<PathBuf>,
}

/// Serves until the context says that the daemon ends; then calls under way are finished.
pub async fn serve(context: Context, sockets: Sockets) -> anyhow::Result<()> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<SupervisorServer<Context>>().await;
    health.set_serving::<StatusFeedServer<Context>>().await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(synod_proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let supervisor = SupervisorServer::new(context.clone())
        .max_decoding_message_size(synod_proto::MAX_MESSAGE)
        .max_encoding_message_size(synod_proto::MAX_MESSAGE);
    let feed = StatusFeedServer::new(context.clone())
        .max_decoding_message_size(synod_proto::MAX_MESSAGE)
        .max_encoding_message_size(synod_proto::MAX_MESSAGE);
    let ending = context.ending.clone();
    let listener = Listener::new(sockets.listener, sockets.keep_at, ending.clone());
    let incoming = accept::connections(listener);
    Server::builder()
        .layer(
            // What breaks is logged where it breaks; what is left are clients that went away in the middle.
            TraceLayer::new(SharedClassifier::new(breakage()))
                .on_failure(DefaultOnFailure::new().level(tracing::Level::DEBUG)),
        )
        .layer(InterceptorLayer::new(peer::check))
        .concurrency_limit_per_connection(CALLS_PER_CONNECTION)
        .max_concurrent_streams(STREAMS)
        .http2_max_header_list_size(HEADERS)
        .timeout(CALL_LIMIT)
        .add_service(supervisor)
        .add_service(feed)
        .add_service(health_service)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .serve_with_incoming_shutdown(incoming, ending.cancelled_owned())
        .await?;
    Ok(())
}

/// What is logged as an error: something broke here. A refusal is an answer like any other.
fn breakage() -> GrpcErrorsAsFailures {
    [
        GrpcCode::Cancelled,
        GrpcCode::InvalidArgument,
        GrpcCode::NotFound,
        GrpcCode::AlreadyExists,
        GrpcCode::PermissionDenied,
        GrpcCode::Unauthenticated,
        GrpcCode::ResourceExhausted,
        GrpcCode::FailedPrecondition,
        GrpcCode::Aborted,
        GrpcCode::OutOfRange,
        GrpcCode::Unimplemented,
    ]
    .into_iter()
    .fold(
        GrpcErrorsAsFailures::new(),
        GrpcErrorsAsFailures::with_success,
    )
}
