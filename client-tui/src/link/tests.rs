//! A daemon made of three calls that goes away again and again: what a follower reads is whole all the same.

use std::{
    path::Path,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use synod_proto::v1::{
    Change, ShutdownRequest, Snapshot, SubscribeRequest, SubscribeResponse, TailOutputRequest,
    TailOutputResponse,
    status_feed_server::{StatusFeed, StatusFeedServer},
    subscribe_response::Message,
};
use synod_shared::paths::Paths;
use tokio::{net::UnixListener, sync::mpsc, task::JoinHandle, time::timeout};
use tokio_stream::{
    Stream,
    wrappers::{ReceiverStream, UnixListenerStream},
};
use tonic::{
    Request, Response, Status,
    transport::{self, Server},
};

use super::session::ended_in_order;
use super::{
    Away, Changes, Dial, FeedItem, Follow, Output, Session, TailItem, bounded, tail, tail_request,
};
use crate::failure::Failure;

const OUTPUT: &[u8] = "a line, ein Wört, 漢字\n".as_bytes();

/// Cuts every stream after a few items, and repeats one that was sent before.
#[derive(Debug, Default, Clone)]
struct Cutting {
    calls: Arc<AtomicUsize>,
    /// Whether it was asked to end, and says so.
    ending: bool,
    /// Prints nothing, and says who asked and who left.
    silent: Option<mpsc::UnboundedSender<Reader>>,
}

/// What a reader of a silent attempt did.
#[derive(Debug, PartialEq, Eq)]
enum Reader {
    Asked,
    Left,
}

type Items<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn items<T: Send + 'static>(items: Vec<Result<T, Status>>) -> Response<Items<T>> {
    Response::new(Box::pin(tokio_stream::iter(items)))
}

#[tonic::async_trait]
impl StatusFeed for Cutting {
    type SubscribeStream = Items<SubscribeResponse>;
    type TailOutputStream = Items<TailOutputResponse>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let request = request.into_inner();
        let since = request.since_revision.unwrap_or_default();
        if request.feed_id == "old" {
            let snapshot = Snapshot {
                revision: 40,
                cause: "other-feed".into(),
                ..Snapshot::default()
            };
            return Ok(items(vec![Ok(said(Message::Snapshot(snapshot)))]));
        }
        // Every other call ends in the middle of things, as a killed daemon does, not in order.
        let cut = (call % 2 == 1).then(|| Err(Status::unavailable("cut")));
        let changes = (since.max(1)..since + 4).map(|revision| {
            Ok(said(Message::Change(Change {
                revision,
                ..Change::default()
            })))
        });
        Ok(items(changes.chain(cut).collect()))
    }

    async fn tail_output(
        &self,
        request: Request<TailOutputRequest>,
    ) -> Result<Response<Self::TailOutputStream>, Status> {
        if self.ending {
            let begun = TailOutputResponse {
                data: OUTPUT[..5].to_vec(),
                ..TailOutputResponse::default()
            };
            let begun = (request.into_inner().offset == 0).then_some(Ok(begun));
            return Ok(items(
                begun.into_iter().chain([Err(ended_in_order())]).collect(),
            ));
        }
        if let Some(told) = self.silent.clone() {
            let (to, pieces) = mpsc::channel(1);
            tokio::spawn(async move {
                told.send(Reader::Asked).unwrap();
                to.closed().await;
                told.send(Reader::Left).unwrap();
            });
            return Ok(Response::new(Box::pin(ReceiverStream::new(pieces))));
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if call == 2 {
            return Err(Status::unavailable("going"));
        }
        let offset = usize::try_from(request.into_inner().offset).unwrap();
        // The byte before is sent again.
        let from = offset.saturating_sub(1);
        let to = (offset + 5).min(OUTPUT.len());
        let piece = TailOutputResponse {
            offset: from as u64,
            data: OUTPUT[from..to].to_vec(),
            complete: to == OUTPUT.len(),
            attempt_id: "a".into(),
        };
        Ok(items(vec![Ok(piece)]))
    }
}

fn said(message: Message) -> SubscribeResponse {
    SubscribeResponse {
        feed_id: "feed".into(),
        message: Some(message),
    }
}

fn dial(folder: &Path) -> Dial {
    let home = folder.to_path_buf();
    let paths = Paths::from_vars(
        |name| (name == "HOME").then(|| home.clone().into_os_string()),
        Some(&folder.join("s")),
    );
    Dial {
        paths: paths.unwrap(),
        socket_argument: None,
    }
}

fn serve(dial: &Dial, fake: Cutting) -> JoinHandle<Result<(), transport::Error>> {
    let listener = UnixListener::bind(&dial.paths.socket).unwrap();
    tokio::spawn(
        Server::builder()
            .add_service(StatusFeedServer::new(fake))
            .serve_with_incoming(UnixListenerStream::new(listener)),
    )
}

async fn session(folder: &Path) -> Session {
    let dial = dial(folder);
    serve(&dial, Cutting::default());
    Session::open(dial).await.unwrap()
}

/// T2
#[tokio::test]
async fn a_follower_of_a_stopped_daemon_starts_none_and_goes_on_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let dial = dial(folder.path());
    let ending = Cutting {
        ending: true,
        ..Cutting::default()
    };
    let stopped = serve(&dial, ending);
    let session = Session::open(dial.clone()).await.unwrap();
    let mut pieces = tail(session, tail_request("a", Output::Stdout, true));
    let mut read = Vec::new();
    loop {
        match pieces.recv().await.unwrap() {
            TailItem::Piece(piece) => read.extend(piece.data),
            TailItem::Away(away) => {
                assert_eq!(away, Away::Stopped);
                break;
            }
            TailItem::Failed(failure) => panic!("{failure}"),
        }
    }
    assert_eq!(read, OUTPUT[..5]);
    stopped.abort();
    assert!(stopped.await.unwrap_err().is_cancelled());
    // To start one would fail at once here: there is no binary beside this test.
    let said = async { while let Some(TailItem::Away(Away::Stopped)) = pieces.recv().await {} };
    assert!(timeout(Duration::from_millis(500), said).await.is_err());
    std::fs::remove_file(&dial.paths.socket).unwrap();
    serve(&dial, Cutting::default());
    while let Some(item) = pieces.recv().await {
        match item {
            TailItem::Piece(piece) => read.extend(piece.data),
            TailItem::Away(_) => {}
            TailItem::Failed(failure) => panic!("{failure}"),
        }
    }
    assert_eq!(read, OUTPUT);
}

/// T2
#[tokio::test]
async fn a_feed_that_is_cut_again_and_again_gives_each_change_once() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    let mut changes = Changes::new(session, Some(0), "", Follow::EveryChange);
    let mut seen = Vec::new();
    let mut away = 0;
    while seen.len() < 20 {
        match changes.next().await.unwrap() {
            FeedItem::Change(change) => seen.push(change.revision),
            FeedItem::Away(_) => away += 1,
            FeedItem::Snapshot(_) | FeedItem::End => panic!("expected changes only"),
        }
    }
    assert_eq!(seen, (1..=20).collect::<Vec<u64>>());
    assert!(away >= 5, "cut {away} times");
}

/// T2
#[tokio::test]
async fn another_feed_begins_with_a_snapshot_and_goes_on_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    let mut changes = Changes::new(session, Some(900), "old", Follow::State);
    let mut first = None;
    loop {
        match changes.next().await.unwrap() {
            FeedItem::Snapshot(snapshot) => first = Some(snapshot.revision),
            FeedItem::Change(change) => {
                assert_eq!((first, change.revision), (Some(40), 41));
                return;
            }
            FeedItem::Away(_) => {}
            FeedItem::End => panic!("expected a feed without end"),
        }
    }
}

/// T2, O8
#[tokio::test]
async fn output_that_is_cut_anywhere_arrives_whole_and_once() {
    let request = tail_request("a", Output::Stdout, true);
    assert_eq!(cut_anywhere(request).await, OUTPUT);
}

/// T2, O8: a daemon that is stopped in the middle of a part did not say that there is no more.
#[tokio::test]
async fn a_part_of_output_that_is_cut_anywhere_arrives_whole_and_once() {
    for length in [1, 7, OUTPUT.len()] {
        let limit = std::num::NonZeroU64::new(length as u64).unwrap();
        let request = super::tail_part("a", Output::Stdout, 0, limit);
        let read = cut_anywhere(request).await;
        assert_eq!(read[..length], OUTPUT[..length]);
        // The fake knows no limits: what it sends at once is more.
        assert!(read.len() < length + 5, "{length}");
    }
}

async fn cut_anywhere(request: TailOutputRequest) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    let mut pieces = tail(session, request);
    let mut read = Vec::new();
    while let Some(item) = pieces.recv().await {
        match item {
            TailItem::Piece(piece) => {
                assert_eq!(piece.offset, read.len() as u64);
                read.extend(piece.data);
            }
            TailItem::Away(_) => {}
            TailItem::Failed(failure) => panic!("{failure}"),
        }
    }
    read
}

#[tokio::test]
async fn output_nobody_reads_any_more_is_let_go_though_nothing_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let dial = dial(folder.path());
    let (told, mut readers) = mpsc::unbounded_channel();
    let silent = Cutting {
        silent: Some(told),
        ..Cutting::default()
    };
    serve(&dial, silent);
    let session = Session::open(dial).await.unwrap();
    let pieces = tail(session, tail_request("a", Output::Stdout, true));
    assert_eq!(readers.recv().await, Some(Reader::Asked));
    drop(pieces);
    let left = timeout(Duration::from_secs(10), readers.recv()).await;
    assert_eq!(left, Ok(Some(Reader::Left)));
}

/// T2: a daemon that died before the feed began is away like any other.
#[tokio::test]
async fn a_feed_that_cannot_even_begin_says_at_once_that_nobody_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let session = Session::attached(dial(folder.path())).unwrap();
    let mut changes = Changes::new(session, Some(7), "feed", Follow::State);
    let first = timeout(Duration::from_secs(10), changes.next()).await;
    let first = first.expect("told before patience is over").unwrap();
    assert!(matches!(first, FeedItem::Away(Away::Lost)), "{first:?}");
    // Told once, not at every attempt.
    let second = timeout(Duration::from_millis(300), changes.next()).await;
    assert!(second.is_err(), "{second:?}");
}

#[tokio::test]
async fn a_refusal_is_told_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    // The fake knows no Supervisor, and says so.
    let channel = dial(folder.path()).connect_only().await.unwrap().unwrap();
    let mut daemon = Session::supervisor_on(channel);
    let refused = bounded(daemon.shutdown(ShutdownRequest::default())).await;
    assert_eq!(
        refused.unwrap().unwrap_err().code(),
        tonic::Code::Unimplemented
    );
    let mut session = session;
    let refused = session
        .call(|mut daemon| async move { daemon.shutdown(ShutdownRequest::default()).await })
        .await;
    assert!(matches!(refused, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn nobody_at_the_socket_is_no_error_when_nobody_is_to_be_started() {
    let folder = tempfile::tempdir().unwrap();
    let dial = dial(folder.path());
    assert!(dial.connect_only().await.unwrap().is_none());
    // A socket that a killed daemon left behind.
    drop(UnixListener::bind(&dial.paths.socket).unwrap());
    assert!(dial.connect_only().await.unwrap().is_none());
}
