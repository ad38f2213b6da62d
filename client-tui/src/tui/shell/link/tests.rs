//! The link over a daemon that goes away again and again: what the screen ends up with is what the daemon knows.

use std::{collections::BTreeSet, path::Path, pin::Pin, sync::Mutex, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use synod_proto::v1::{
    self, GetDaemonStatusResponse, Run, SubscribeRequest, SubscribeResponse, TailOutputRequest,
    TailOutputResponse,
    change::Entity,
    status_feed_server::{StatusFeed, StatusFeedServer},
    subscribe_response::Message,
    supervisor_server::{Supervisor, SupervisorServer},
};
use synod_shared::{paths::Paths, projection::Projection};
use tokio::{net::UnixListener, time::timeout};
use tokio_stream::{Stream, wrappers::UnixListenerStream};
use tonic::{Request, Response, Status, transport::Server};

use super::*;
use crate::tui::{
    model::{Model, runs::Row},
    settings::Settings,
    theme::Depth,
    update::update,
};

const CHANGES: u64 = 400;
const RUNS: u64 = 23;

/// A daemon that cuts every stream after a while, skips to a snapshot now and then, and begins a new feed once.
struct Flaky {
    protocol: u32,
    chance: Mutex<u64>,
    feed: Feed,
}

enum Feed {
    Cut,
    Refused,
}

impl Flaky {
    fn new(protocol: u32, seed: u64) -> Self {
        let chance = Mutex::new(seed);
        let feed = Feed::Cut;
        Self {
            protocol,
            chance,
            feed,
        }
    }

    /// A number below the bound.
    fn any(&self, bound: u64) -> u64 {
        let mut state = self.chance.lock().unwrap();
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    }
}

/// The feed: runs that come, go on and end.
fn change(revision: u64) -> Change {
    let number = (revision * 7) % RUNS;
    let states = ["pending", "executing", "awaiting-human", "passed"];
    let run = Run {
        id: format!("{number:032x}"),
        name: format!("job#{number}"),
        state: states[usize::try_from(revision / RUNS % 4).unwrap()].to_owned(),
        revision,
        ..Run::default()
    };
    Change {
        revision,
        entity: Some(Entity::Run(run)),
        ..Change::default()
    }
}

fn state_at(revision: u64) -> Projection {
    let mut known = Projection::empty("feed");
    for revision in 1..=revision {
        known.apply(&change(revision));
    }
    known
}

type Items<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl StatusFeed for Flaky {
    type SubscribeStream = Items<SubscribeResponse>;
    type TailOutputStream = Items<TailOutputResponse>;

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        match self.feed {
            Feed::Cut => {}
            Feed::Refused => return Err(Status::internal("the feed is broken")),
        }
        let request = request.into_inner();
        let said = |message| {
            Ok(SubscribeResponse {
                feed_id: "feed".to_owned(),
                message: Some(message),
            })
        };
        let (since, snapshot) = match request.since_revision {
            Some(since) if self.any(4) > 0 => (since, None),
            Some(since) => {
                let at = (since + self.any(20)).min(CHANGES);
                (at, Some(state_at(at).to_snapshot("fell-behind", 0)))
            }
            None => (3, Some(state_at(3).to_snapshot("requested", 0))),
        };
        let snapshot = snapshot.map(|snapshot| said(Message::Snapshot(snapshot)));
        // What was sent before may come again.
        let first = since.saturating_sub(self.any(3)).max(1);
        let changes = (first..=CHANGES)
            .take(usize::try_from(self.any(60)).unwrap())
            .map(move |revision| said(Message::Change(change(revision))));
        let end = match self.any(2) {
            0 => Some(Err(Status::unavailable("cut"))),
            _ => None,
        };
        let items: Vec<_> = snapshot.into_iter().chain(changes).chain(end).collect();
        Ok(Response::new(Box::pin(tokio_stream::iter(items))))
    }

    async fn tail_output(
        &self,
        _: Request<TailOutputRequest>,
    ) -> Result<Response<Self::TailOutputStream>, Status> {
        Err(Status::unimplemented("not asked here"))
    }
}

macro_rules! supervisor {
    ($($call:ident: $request:ident -> $response:ident,)+) => {
        #[tonic::async_trait]
        impl Supervisor for Flaky {
            type DiffRunStream = tokio_stream::Empty<Result<v1::DiffRunResponse, Status>>;

            async fn diff_run(
                &self,
                _: Request<v1::DiffRunRequest>,
            ) -> Result<Response<Self::DiffRunStream>, Status> {
                Err(Status::unimplemented("not asked here"))
            }

            async fn get_daemon_status(
                &self,
                _: Request<GetDaemonStatusRequest>,
            ) -> Result<Response<GetDaemonStatusResponse>, Status> {
                Ok(Response::new(GetDaemonStatusResponse {
                    protocol: self.protocol,
                    version: "9.9.9".to_owned(),
                    ..GetDaemonStatusResponse::default()
                }))
            }

            $(async fn $call(&self, _: Request<v1::$request>) -> Result<Response<v1::$response>, Status> {
                Err(Status::unimplemented("not asked here"))
            })+
        }
    };
}

supervisor! {
    spawn_quality_gate: SpawnQualityGateRequest -> SpawnQualityGateResponse,
    spawn_agent: SpawnAgentRequest -> SpawnAgentResponse,
    cancel_agent: CancelAgentRequest -> CancelAgentResponse,
    cancel_run: CancelRunRequest -> CancelRunResponse,
    retry_agent: RetryAgentRequest -> RetryAgentResponse,
    query_status: QueryStatusRequest -> QueryStatusResponse,
    get_run: GetRunRequest -> GetRunResponse,
    list_runs: ListRunsRequest -> ListRunsResponse,
    merge_run: MergeRunRequest -> MergeRunResponse,
    discard_run: DiscardRunRequest -> DiscardRunResponse,
    list_questions: ListQuestionsRequest -> ListQuestionsResponse,
    answer_question: AnswerQuestionRequest -> AnswerQuestionResponse,
    answer_rest: AnswerRestRequest -> AnswerRestResponse,
    get_snapshot: GetSnapshotRequest -> GetSnapshotResponse,
    list_agents: ListAgentsRequest -> ListAgentsResponse,
    probe_agents: ProbeAgentsRequest -> ProbeAgentsResponse,
    list_ledger: ListLedgerRequest -> ListLedgerResponse,
    forget_ledger_entry: ForgetLedgerEntryRequest -> ForgetLedgerEntryResponse,
    get_edits: GetEditsRequest -> GetEditsResponse,
    replay_gate: ReplayGateRequest -> ReplayGateResponse,
    get_report: GetReportRequest -> GetReportResponse,
    get_prompt: GetPromptRequest -> GetPromptResponse,
    get_calibration: GetCalibrationRequest -> GetCalibrationResponse,
    check_gates: CheckGatesRequest -> CheckGatesResponse,
    get_gate_starter: GetGateStarterRequest -> GetGateStarterResponse,
    list_gates: ListGatesRequest -> ListGatesResponse,
    get_gate: GetGateRequest -> GetGateResponse,
    get_usage: GetUsageRequest -> GetUsageResponse,
    shutdown: ShutdownRequest -> ShutdownResponse,
}

fn attach(folder: &Path, fake: Option<Flaky>) -> mpsc::Receiver<Msg> {
    let home = folder.to_path_buf();
    let paths = Paths::from_vars(
        |name| (name == "HOME").then(|| home.clone().into_os_string()),
        Some(&folder.join("s")),
    )
    .unwrap();
    if let Some(fake) = fake {
        let fake = std::sync::Arc::new(fake);
        let listener = UnixListener::bind(&paths.socket).unwrap();
        let server = Server::builder()
            .add_service(StatusFeedServer::from_arc(fake.clone()))
            .add_service(SupervisorServer::from_arc(fake));
        tokio::spawn(server.serve_with_incoming(UnixListenerStream::new(listener)));
    }
    let (to, inbox) = mpsc::channel(4);
    let dial = Dial {
        paths,
        socket_argument: None,
    };
    start(dial, to);
    inbox
}

/// T2
#[tokio::test]
async fn a_link_cut_again_and_again_ends_with_every_row_once_and_as_the_daemon_has_it() {
    for seed in [1, 77, 2_026] {
        println!("seed {seed}");
        let folder = tempfile::tempdir().unwrap();
        let mut inbox = attach(folder.path(), Some(Flaky::new(PROTOCOL, seed)));
        let settings = Settings::plain(Depth::None);
        let now = Timestamp::UNIX_EPOCH;
        let mut model = Model::new(settings, (80, 24), now, TimeZone::UTC);
        let (mut away, mut revision) = (0, 0);
        while model.live.revision() < CHANGES {
            let msg = timeout(Duration::from_secs(30), inbox.recv()).await;
            let msg = msg.expect("news of a link that is not given up").unwrap();
            if matches!(msg, Msg::Link(LinkNews::Away(_))) {
                away += 1;
            }
            update(&mut model, msg);
            update(&mut model, Msg::Frame(now));
            assert!(model.live.revision() >= revision, "never back");
            revision = model.live.revision();
            let rows = model.runs.rows.iter();
            let rows = rows.filter_map(|row| match row {
                Row::Run(id) => Some(id),
                Row::Heading(..) | Row::Older(_) => None,
            });
            let once: BTreeSet<_> = rows.clone().collect();
            assert_eq!(once.len(), rows.count(), "no row twice");
            assert_eq!(once.len(), model.live.run_count(), "no row missing");
            assert_eq!(model.live.run_count(), state_at(revision).runs.len());
        }
        assert!(away >= 3, "cut {away} times");
        let truth = state_at(CHANGES);
        for (id, run) in &truth.runs {
            assert_eq!(model.live.run(id).unwrap().state, run.state);
        }
        assert_eq!(model.live.run_count(), truth.runs.len());
    }
}

#[tokio::test]
async fn a_daemon_of_another_protocol_is_named_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut inbox = attach(folder.path(), Some(Flaky::new(PROTOCOL + 1, 1)));
    for _ in 0..2 {
        match inbox.recv().await.unwrap() {
            Msg::Link(LinkNews::OtherProtocol { theirs, version }) => {
                assert_eq!((theirs, version.as_str()), (PROTOCOL + 1, "9.9.9"));
            }
            other => panic!("expected the other protocol to be told, found {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_daemon_that_answers_but_has_no_feed_is_asked_with_pauses_that_grow() {
    let folder = tempfile::tempdir().unwrap();
    let mut fake = Flaky::new(PROTOCOL, 1);
    fake.feed = Feed::Refused;
    let mut inbox = attach(folder.path(), Some(fake));
    let mut at = Vec::new();
    while at.len() < 5 {
        match inbox.recv().await.unwrap() {
            Msg::Link(LinkNews::Connected(_)) => at.push(tokio::time::Instant::now()),
            Msg::Link(LinkNews::Refused(why)) => assert!(why.contains("broken"), "{why}"),
            other => panic!("expected a connection and a refusal, found {other:?}"),
        }
    }
    let pauses: Vec<u128> = at
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_millis())
        .collect();
    for (pause, least) in pauses.iter().zip([50, 100, 200, 400]) {
        assert!(*pause >= least, "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_daemon_it_is_looked_for_with_pauses_that_grow_to_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let mut inbox = attach(folder.path(), None);
    let mut at = Vec::new();
    let began = tokio::time::Instant::now();
    for _ in 0..8 {
        let msg = inbox.recv().await.unwrap();
        assert!(
            matches!(msg, Msg::Link(LinkNews::Away(Away::Lost))),
            "{msg:?}"
        );
        at.push(began.elapsed().as_millis());
    }
    let pauses: Vec<u128> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (pause, expected) in pauses.iter().zip([50, 100, 200, 400, 800, 1000, 1000]) {
        assert!(pause.abs_diff(expected) <= 5, "{pauses:?}");
    }
}
