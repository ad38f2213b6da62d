//! The API over the socket, without the command line in between. Nothing here starts a daemon.

use std::future::Future;

use hyper_util::rt::TokioIo;
use synod_proto::v1::{
    self, status_feed_client::StatusFeedClient, supervisor_client::SupervisorClient as Supervisor,
};
use tokio::net::UnixStream;
use tonic::{
    Streaming,
    transport::{Channel, Endpoint},
};

use crate::{DEADLINE, World};

pub type SupervisorClient = Supervisor<Channel>;
pub type FeedClient = StatusFeedClient<Channel>;

impl World {
    /// Runs a future of the API's, which must end before the deadline.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let runtime = self.runtime.as_ref().expect("a runtime until the end");
        runtime.block_on(async {
            tokio::time::timeout(DEADLINE, future)
                .await
                .expect("an answer before the deadline")
        })
    }

    /// A connection to the daemon that runs.
    pub fn channel(&self) -> Channel {
        let socket = self.socket();
        let connect = tower::service_fn(move |_: tonic::transport::Uri| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        let runtime = self.runtime.as_ref().expect("a runtime until the end");
        let _inside = runtime.enter();
        Endpoint::from_static("http://synod.localhost").connect_with_connector_lazy(connect)
    }

    /// Both services.
    pub fn client(&self) -> (SupervisorClient, FeedClient) {
        (self.supervisor(), self.feed_client())
    }

    pub fn supervisor(&self) -> SupervisorClient {
        Supervisor::new(self.channel()).max_decoding_message_size(synod_proto::MAX_MESSAGE)
    }

    pub fn feed_client(&self) -> FeedClient {
        StatusFeedClient::new(self.channel()).max_decoding_message_size(synod_proto::MAX_MESSAGE)
    }

    /// A run with all its parts.
    #[track_caller]
    pub fn run(&self, id: &str) -> v1::Run {
        let request = v1::GetRunRequest {
            id: id.to_owned(),
            ..Default::default()
        };
        let answer = self.block_on(self.supervisor().get_run(request));
        answer
            .expect("the run is known")
            .into_inner()
            .run
            .expect("the run")
    }

    /// All runs, newest first, however many pages they take.
    #[track_caller]
    pub fn all_runs(&self) -> Vec<v1::Run> {
        let mut client = self.supervisor();
        self.block_on(async {
            let mut runs = Vec::new();
            let mut page_token = String::new();
            loop {
                let request = v1::ListRunsRequest {
                    page_size: 100,
                    page_token,
                    include_ended: true,
                };
                let page = client
                    .list_runs(request)
                    .await
                    .expect("a page of runs")
                    .into_inner();
                runs.extend(page.runs);
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    return runs;
                }
            }
        })
    }

    /// What runs and what waits. Empty means: nothing was started, nothing will be.
    #[track_caller]
    pub fn live_runs(&self) -> Vec<v1::Run> {
        let request = v1::ListRunsRequest {
            page_size: 100,
            ..Default::default()
        };
        let answer = self.block_on(self.supervisor().list_runs(request));
        answer.expect("a page of runs").into_inner().runs
    }

    /// The state as one snapshot, and the feed's id.
    #[track_caller]
    pub fn snapshot(&self) -> (String, v1::Snapshot) {
        let answer = self.block_on(
            self.supervisor()
                .get_snapshot(v1::GetSnapshotRequest::default()),
        );
        let answer = answer.expect("a snapshot").into_inner();
        (
            answer.feed_id,
            answer.snapshot.expect("a snapshot in the answer"),
        )
    }

    /// Every change so far.
    #[track_caller]
    pub fn feed(&self) -> Vec<v1::Change> {
        self.feed_since(0)
    }

    /// Every change after a revision, so far.
    #[track_caller]
    pub fn feed_since(&self, revision: u64) -> Vec<v1::Change> {
        let request = v1::SubscribeRequest {
            since_revision: Some(revision),
            no_follow: true,
            every_change: true,
            ..Default::default()
        };
        let mut client = self.feed_client();
        self.block_on(async {
            let mut stream = client
                .subscribe(request)
                .await
                .expect("a feed")
                .into_inner();
            let mut changes = Vec::new();
            while let Some(message) = next(&mut stream).await {
                match message {
                    v1::subscribe_response::Message::Change(change) => changes.push(change),
                    v1::subscribe_response::Message::Snapshot(snapshot) => {
                        panic!("a snapshot instead of changes: {}", snapshot.cause)
                    }
                    v1::subscribe_response::Message::Heartbeat(_) => {}
                }
            }
            changes
        })
    }
}

async fn next(
    stream: &mut Streaming<v1::SubscribeResponse>,
) -> Option<v1::subscribe_response::Message> {
    let message = stream.message().await.expect("a feed that goes on")?;
    message.message
}
