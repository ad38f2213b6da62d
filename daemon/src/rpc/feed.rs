//! The `StatusFeed` service.

use std::sync::Arc;

use synod_adapters::Adapter;
use synod_core::entity::Attempt;
use synod_proto::v1::{self, status_feed_server::StatusFeed};
use tokio_stream::{StreamExt as _, adapters::Map, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use super::{Context, query, status};
use crate::{
    attempt::{Stream, Tail, tail},
    feed::Waiting,
    store::Kind,
};

#[tonic::async_trait]
impl StatusFeed for Context {
    type SubscribeStream =
        Map<ReceiverStream<Waiting>, fn(Waiting) -> Result<v1::SubscribeResponse, Status>>;
    type TailOutputStream = ReceiverStream<Result<v1::TailOutputResponse, Status>>;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let changes = self.publisher.subscribe(
            Arc::clone(&self.bulk),
            request.into_inner(),
            self.ending.clone(),
        );
        Ok(Response::new(ReceiverStream::new(changes).map(|one| *one)))
    }

    async fn tail_output(
        &self,
        request: Request<v1::TailOutputRequest>,
    ) -> Result<Response<Self::TailOutputStream>, Status> {
        let request = request.into_inner();
        let stream = match request.stream.as_str() {
            "" | "stdout" => Stream::Stdout,
            "stderr" => Stream::Stderr,
            "transcript" => Stream::Transcript,
            found => {
                return Err(status::invalid(
                    "bad-stream",
                    format!("expected stdout, stderr or transcript, found {found:?}"),
                ));
            }
        };
        let (attempt, adapter) = self.attempt_named(&request.attempt).await?;
        let stream = match stream {
            // What a plain command prints is to be read as it is.
            Stream::Transcript if !adapter.is_structured() => Stream::Stdout,
            stream => stream,
        };
        let what = Tail {
            attempt,
            stream,
            offset: request.offset,
            limit: (request.limit > 0).then_some(request.limit),
            follow: request.follow,
        };
        let pieces = tail(
            Arc::clone(&self.launcher),
            self.watcher.clone(),
            Arc::clone(&self.reader),
            what,
            self.ending.clone(),
        );
        Ok(Response::new(ReceiverStream::new(pieces)))
    }
}

impl Context {
    /// The attempt a word names: itself, or the newest of an execution or of a run with one execution.
    async fn attempt_named(&self, word: &str) -> Result<(Attempt, Adapter), Status> {
        let target = self.target("an attempt", word).await?;
        let parts = self.parts(&target.run).await?;
        let wanted = match target.kind {
            Kind::Attempt => target.id.clone(),
            Kind::Run | Kind::Execution | Kind::Question => {
                let execution = query::execution_of(self.run(&target.run).await?, &target)?;
                let newest = execution.attempts.last().map(|attempt| attempt.id.clone());
                newest.ok_or_else(|| {
                    status::with_reason(
                        tonic::Code::FailedPrecondition,
                        "not-started",
                        format!(
                            "{word} has not been started yet ({}); it has no output",
                            execution.state
                        ),
                    )
                })?
            }
        };
        let attempt = parts
            .attempts
            .into_iter()
            .map(|stamped| stamped.value)
            .find(|attempt| attempt.id.to_string() == wanted)
            .ok_or_else(|| status::not_found("an attempt", word))?;
        let adapter = parts
            .executions
            .iter()
            .find(|execution| execution.value.id == attempt.execution)
            .map_or(Adapter::Command, |execution| execution.value.agent.adapter);
        Ok((attempt, adapter))
    }
}
