//! The `Supervisor` service: each call is one function in the file of its topic.

use synod_proto::v1::{self, supervisor_server::Supervisor};
use tonic::{Request, Response, Status};

use super::{
    Context, calibration, cancel, configured, daemon, edits, gates, ledger, probe, prompt, query,
    questions, replay, report, spawn, usage, workspace,
};

macro_rules! calls {
    ($($name:ident($request:ident) -> $response:ident = $body:expr;)+) => {
        #[tonic::async_trait]
        impl Supervisor for Context {
            type DiffRunStream = workspace::Diff;

            async fn diff_run(
                &self,
                request: Request<v1::DiffRunRequest>,
            ) -> Result<Response<Self::DiffRunStream>, Status> {
                workspace::diff(self, request.into_inner()).await.map(Response::new)
            }

            $(
                async fn $name(
                    &self,
                    request: Request<v1::$request>,
                ) -> Result<Response<v1::$response>, Status> {
                    let run: for<'a> fn(&'a Context, v1::$request) -> Answer<'a, v1::$response> = $body;
                    run(self, request.into_inner()).await.map(Response::new)
                }
            )+
        }
    };
}

type Answer<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, Status>> + Send + 'a>>;

calls! {
    spawn_quality_gate(SpawnQualityGateRequest) -> SpawnQualityGateResponse = |c, r| Box::pin(spawn::gate(c, r));
    spawn_agent(SpawnAgentRequest) -> SpawnAgentResponse = |c, r| Box::pin(spawn::agent(c, r));
    cancel_agent(CancelAgentRequest) -> CancelAgentResponse = |c, r| Box::pin(cancel::agent(c, r));
    cancel_run(CancelRunRequest) -> CancelRunResponse = |c, r| Box::pin(cancel::run(c, r));
    retry_agent(RetryAgentRequest) -> RetryAgentResponse = |c, r| Box::pin(spawn::retry(c, r));
    query_status(QueryStatusRequest) -> QueryStatusResponse = |c, r| Box::pin(query::query_status(c, r));
    get_run(GetRunRequest) -> GetRunResponse = |c, r| Box::pin(query::get_run(c, r));
    list_runs(ListRunsRequest) -> ListRunsResponse = |c, r| Box::pin(query::list_runs(c, r));
    merge_run(MergeRunRequest) -> MergeRunResponse = |c, r| Box::pin(workspace::merge(c, r));
    discard_run(DiscardRunRequest) -> DiscardRunResponse = |c, r| Box::pin(workspace::discard(c, r));
    list_questions(ListQuestionsRequest) -> ListQuestionsResponse = |c, r| Box::pin(questions::list(c, r));
    answer_question(AnswerQuestionRequest) -> AnswerQuestionResponse = |c, r| Box::pin(questions::answer(c, r));
    answer_rest(AnswerRestRequest) -> AnswerRestResponse = |c, r| Box::pin(questions::rest(c, r));
    get_snapshot(GetSnapshotRequest) -> GetSnapshotResponse = |c, r| Box::pin(query::get_snapshot(c, r));
    list_agents(ListAgentsRequest) -> ListAgentsResponse = |c, r| Box::pin(configured::agents(c, r));
    probe_agents(ProbeAgentsRequest) -> ProbeAgentsResponse = |c, r| Box::pin(probe::probe(c, r));
    list_ledger(ListLedgerRequest) -> ListLedgerResponse = |c, r| Box::pin(ledger::list(c, r));
    forget_ledger_entry(ForgetLedgerEntryRequest) -> ForgetLedgerEntryResponse = |c, r| Box::pin(ledger::forget(c, r));
    get_edits(GetEditsRequest) -> GetEditsResponse = |c, r| Box::pin(edits::get(c, r));
    replay_gate(ReplayGateRequest) -> ReplayGateResponse = |c, r| Box::pin(replay::replay(c, r));
    get_report(GetReportRequest) -> GetReportResponse = |c, r| Box::pin(report::get(c, r));
    get_prompt(GetPromptRequest) -> GetPromptResponse = |c, r| Box::pin(prompt::get(c, r));
    get_calibration(GetCalibrationRequest) -> GetCalibrationResponse = |c, r| Box::pin(calibration::get(c, r));
    list_gates(ListGatesRequest) -> ListGatesResponse = |c, r| Box::pin(gates::list(c, r));
    get_gate(GetGateRequest) -> GetGateResponse = |c, r| Box::pin(gates::get(c, r));
    check_gates(CheckGatesRequest) -> CheckGatesResponse = |c, r| Box::pin(gates::check(c, r));
    get_gate_starter(GetGateStarterRequest) -> GetGateStarterResponse = |c, r| Box::pin(gates::starter(c, r));
    get_usage(GetUsageRequest) -> GetUsageResponse = |c, r| Box::pin(usage::get_usage(c, r));
    get_daemon_status(GetDaemonStatusRequest) -> GetDaemonStatusResponse = |c, _| Box::pin(daemon::describe(c));
    shutdown(ShutdownRequest) -> ShutdownResponse = |c, r| Box::pin(daemon::shutdown(c, r));
}
