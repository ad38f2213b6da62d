//! Calls to the daemon, each a task of its own that tells the loop what became of it.
//!
//! A request id is minted once for each call; a connection that breaks under it is made anew and the call sent
//! again with the same id, so nothing is done twice. No daemon is started for it. Whoever leaves does not take back
//! what they commanded: its answer is waited for a little while.

mod gate;

pub use gate::expanded;

use std::time::Duration;

use synod_proto::v1::{
    AgentPrompt, AnswerQuestionRequest, AnswerRestRequest, CancelAgentRequest, CancelRunRequest,
    Change, CommandLine, Dismiss, ForgetLedgerEntryRequest, GetCalibrationRequest,
    GetDaemonStatusRequest, GetSnapshotRequest, Later, ListAgentsRequest, ListGatesRequest,
    ListLedgerRequest, ListRunsRequest, MustFix, RetryAgentRequest, Run, SpawnAgentRequest,
    SpawnQualityGateRequest, answer_question_request::Disposition, spawn_agent_request::Work,
};
use tokio::{sync::mpsc, task::JoinSet, time::timeout};

use crate::{
    failure::Failure,
    intent,
    link::{self, Changes, Dial, FeedItem, Follow, Session},
    tui::msg::{Answer, Call, Msg, Reply, Rest, Said, Scope},
};

/// From where answers of the terminal UI are said to come.
const FROM: &str = "tui";
/// Runs of a page, or entries of the ledger.
const PAGE: u32 = 200;
/// The most changes read at once for the history.
const HISTORY: u64 = 5_000;

/// How long the answers to commands are waited for when somebody leaves.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// See the module.
pub struct Calls {
    dial: Dial,
    to: mpsc::Sender<Msg>,
    /// Commands under way, and some that are over.
    commands: JoinSet<()>,
}

impl Calls {
    /// Calls over this way, told to that loop.
    pub fn new(dial: Dial, to: mpsc::Sender<Msg>) -> Self {
        Self {
            dial,
            to,
            commands: JoinSet::new(),
        }
    }

    /// Sends a call.
    pub fn send(&mut self, call: Call) {
        let (dial, to) = (self.dial.clone(), self.to.clone());
        let is_command = call.is_command();
        let sent = async move {
            let outcome = match Session::attached(dial) {
                Ok(session) => perform(session, &call).await,
                Err(failure) => Err(failure),
            };
            let outcome = outcome.map_err(|failure| failure.to_string());
            // The loop may have ended meanwhile.
            let _ = to.send(Msg::Reply(Box::new(Reply { call, outcome }))).await;
        };
        if is_command {
            while self.commands.try_join_next().is_some() {}
            self.commands.spawn(sent);
        } else {
            tokio::spawn(sent);
        }
    }

    /// Waits for commands under way, when nobody listens to replies any more.
    pub async fn finish(mut self) -> Result<(), Failure> {
        let all = async { while self.commands.join_next().await.is_some() {} };
        // Those that are left over are counted.
        let _ = timeout(LAST_WAIT, all).await;
        let what = match self.commands.len() {
            0 => return Ok(()),
            1 => "the last command was".to_owned(),
            n => format!("the last {n} commands were"),
        };
        Err(Failure::Unreachable(format!(
            "{what} not answered by the daemon yet; `synod ps` tells what became of it"
        )))
    }

    /// Starts a daemon; the link finds it by itself.
    pub fn start_daemon(&self) {
        let (dial, to) = (self.dial.clone(), self.to.clone());
        tokio::spawn(async move {
            if let Err(failure) = dial.connect_or_start().await {
                let news = crate::tui::msg::LinkNews::NotStarted(failure.to_string());
                // As above.
                let _ = to.send(Msg::Link(news)).await;
            }
        });
    }
}

async fn perform(mut session: Session, call: &Call) -> Result<Answer, Failure> {
    let request_id = intent::request_id();
    match call {
        Call::RunGate {
            gate,
            subject,
            roster,
            force,
        } => {
            let request = SpawnQualityGateRequest {
                request_id,
                gate: gate.clone(),
                ..gate::request(subject, roster, *force)?
            };
            let answer = gate::submit(&mut session, &request).await?;
            let (attached, stands) = (answer.attached, !answer.standing.is_empty());
            let run = named(answer.run)?;
            Ok(match (attached, stands) {
                (true, _) => Answer::Attached(run),
                (false, true) => Answer::Stands(run),
                (false, false) => Answer::Run(run),
            })
        }
        Call::RunCheckpoint {
            checkpoint,
            subject,
            roster,
            force,
        } => {
            let request = SpawnQualityGateRequest {
                request_id,
                checkpoint: checkpoint.clone(),
                ..gate::request(subject, roster, *force)?
            };
            let answer = gate::submit(&mut session, &request).await?;
            Ok(Answer::Checkpoint(answer.runs))
        }
        Call::RunAgent {
            agent,
            prompt,
            name,
        } => {
            let work = Work::Agent(AgentPrompt {
                name: agent.clone(),
                prompt: prompt.clone().into_bytes(),
            });
            spawn(&mut session, request_id, work, name).await
        }
        Call::RunCommand { argv, name } => {
            let work = Work::Command(CommandLine {
                argv: argv.clone(),
                input: Vec::new(),
            });
            spawn(&mut session, request_id, work, name).await
        }
        Call::CancelRun { run } => {
            let run_id = run.clone();
            let request = CancelRunRequest { request_id, run_id };
            session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.cancel_run(request).await }
                })
                .await?;
            Ok(Answer::Done)
        }
        Call::CancelExecution { execution } => {
            let execution_id = execution.clone();
            let request = CancelAgentRequest {
                request_id,
                execution_id,
            };
            session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.cancel_agent(request).await }
                })
                .await?;
            Ok(Answer::Done)
        }
        Call::Retry { execution } => {
            let request = RetryAgentRequest {
                request_id,
                execution_id: execution.clone(),
                env: intent::environment(),
            };
            let answer = session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.retry_agent(request).await }
                })
                .await?;
            Ok(Answer::Run(named(answer.run)?))
        }
        Call::Answer {
            question,
            content_hash,
            said,
        } => {
            let request = AnswerQuestionRequest {
                answered_from: FROM.to_owned(),
                request_id,
                question_id: question.clone(),
                content_hash: content_hash.clone(),
                disposition: Some(disposition(said)),
                answered_by: String::new(),
            };
            session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.answer_question(request).await }
                })
                .await?;
            Ok(Answer::Done)
        }
        Call::AnswerRest { run, rest } => {
            let request = AnswerRestRequest {
                answered_from: FROM.to_owned(),
                request_id,
                run_id: run.clone(),
                disposition: match rest {
                    Rest::Recommended => "recommended",
                    Rest::Dismiss => "dismiss",
                    Rest::Later => "later",
                }
                .to_owned(),
                answered_by: String::new(),
            };
            session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.answer_rest(request).await }
                })
                .await?;
            Ok(Answer::Done)
        }
        Call::Forget { entry } => {
            let request = ForgetLedgerEntryRequest {
                request_id,
                entry_id: entry.clone(),
            };
            session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.forget_ledger_entry(request).await }
                })
                .await?;
            Ok(Answer::Done)
        }
        Call::GetRun { run } => {
            let run = link::get_run(&mut session, run).await?;
            Ok(Answer::Run(Box::new(run)))
        }
        Call::ListRuns { page } => {
            let request = ListRunsRequest {
                page_size: PAGE,
                page_token: page.clone(),
                include_ended: true,
            };
            let answer = session
                .call(|mut daemon| {
                    let request = request.clone();
                    async move { daemon.list_runs(request).await }
                })
                .await?;
            Ok(Answer::Runs(Box::new(answer)))
        }
        Call::Agents => {
            let ask = |mut daemon: link::Supervisor| async move {
                daemon.list_agents(ListAgentsRequest::default()).await
            };
            Ok(Answer::Agents(Box::new(session.call(ask).await?)))
        }
        Call::Gates => {
            // The gates of the repository that the terminal is in are there too.
            let cwd = intent::working_directory(None)?;
            let ask = |mut daemon: link::Supervisor| {
                let request = ListGatesRequest { cwd: cwd.clone() };
                async move { daemon.list_gates(request).await }
            };
            Ok(Answer::Gates(Box::new(session.call(ask).await?)))
        }
        Call::Calibration => {
            let ask = |mut daemon: link::Supervisor| async move {
                daemon
                    .get_calibration(GetCalibrationRequest::default())
                    .await
            };
            Ok(Answer::Calibration(Box::new(session.call(ask).await?)))
        }
        Call::Ledger { of, page } => {
            let (gate, subject) = match of {
                Scope::All => (String::new(), String::new()),
                Scope::Of { gate, subject } => (gate.clone(), subject.clone()),
            };
            let request = ListLedgerRequest {
                gate,
                subject,
                page_size: PAGE,
                page_token: page.clone(),
            };
            let ask = |mut daemon: link::Supervisor| {
                let request = request.clone();
                async move { daemon.list_ledger(request).await }
            };
            Ok(Answer::Ledger(Box::new(session.call(ask).await?)))
        }
        Call::DaemonStatus => {
            let ask = |mut daemon: link::Supervisor| async move {
                daemon.get_daemon_status(GetDaemonStatusRequest {}).await
            };
            Ok(Answer::DaemonStatus(Box::new(session.call(ask).await?)))
        }
        Call::Snapshot { at } => {
            let at_revision = Some(*at);
            let ask = |mut daemon: link::Supervisor| async move {
                daemon
                    .get_snapshot(GetSnapshotRequest { at_revision })
                    .await
            };
            let answer = session.call(ask).await?;
            let snapshot = answer.snapshot.ok_or_else(|| {
                Failure::Protocol("the daemon was asked for a state but sent none".to_owned())
            })?;
            Ok(Answer::Snapshot(Box::new(snapshot)))
        }
        Call::History {
            feed_id,
            since,
            until,
        } => history(session, feed_id, *since, *until).await,
    }
}

async fn spawn(
    session: &mut Session,
    request_id: String,
    work: Work,
    name: &str,
) -> Result<Answer, Failure> {
    let request = SpawnAgentRequest {
        request_id,
        work: Some(work),
        name: name.to_owned(),
        cwd: intent::working_directory(None)?,
        timeout: None,
        env: intent::environment(),
        isolation: String::new(),
        continue_run: String::new(),
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_agent(request).await }
        })
        .await?;
    Ok(Answer::Run(named(answer.run)?))
}

fn named(run: Option<Run>) -> Result<Box<Run>, Failure> {
    let run = run.map(Box::new);
    run.ok_or_else(|| Failure::Protocol("the daemon took the work but named no run".to_owned()))
}

fn disposition(said: &Said) -> Disposition {
    match said {
        Said::Words(words) => Disposition::Answer(words.clone()),
        Said::Option(number) => Disposition::Option(*number),
        Said::MustFix => Disposition::MustFix(MustFix {}),
        Said::Dismiss => Disposition::Dismiss(Dismiss {}),
        Said::Later => Disposition::Later(Later {}),
        Said::Duplicate(finding) => Disposition::DuplicateOf(finding.clone()),
    }
}

async fn history(
    session: Session,
    feed_id: &str,
    since: u64,
    until: u64,
) -> Result<Answer, Failure> {
    let since = since.max(until.saturating_sub(HISTORY));
    let mut changes = Changes::new(session, Some(since), feed_id, Follow::Until(until));
    let mut found: Vec<Change> = Vec::new();
    loop {
        match changes.next().await? {
            FeedItem::Change(change) if change.revision > until => break,
            FeedItem::Change(change) => found.push(*change),
            // Pruned, or the feed of another database: what was before is not known any more.
            FeedItem::Snapshot(_) | FeedItem::Away(_) => {}
            FeedItem::End => break,
        }
        if found.last().is_some_and(|change| change.revision >= until) {
            break;
        }
    }
    Ok(Answer::History(found))
}

#[cfg(test)]
mod tests;
