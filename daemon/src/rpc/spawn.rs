//! Submissions.

use std::{collections::HashMap, sync::Arc};

use synod_adapters::Adapter;
use synod_consensus::ledger;
use synod_core::entity::{OrAnew, Resume};
use synod_proto::v1;
use synod_shared::ids::RunId;
use tonic::Status;

use super::{Context, status};
use crate::{
    calibration,
    engine::{Committed, EngineError, Request},
    review,
    store::{DecidedRun, Kind, StillOpen},
    submit::{self, Again, Matter, Ready, SubmitError, Submitter},
};

pub(super) async fn gate(
    context: &Context,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let id = request_id(&request.request_id)?;
    match (request.gate.as_str(), request.checkpoint.as_str()) {
        (gate, "") if !gate.is_empty() && request.diff.is_some() => {
            change(context, &id, request).await
        }
        ("", "") => Err(status::invalid(
            "absent",
            "expected the name of a gate or of a checkpoint, found neither",
        )),
        (_, "") => one_gate(context, id, request).await,
        ("", checkpoint) => {
            let checkpoint = checkpoint.to_owned();
            every_gate(context, &id, &checkpoint, request).await
        }
        (gate, checkpoint) => Err(status::invalid(
            "gate-and-checkpoint",
            format!(
                "expected a gate or a checkpoint, found both ({gate} and {checkpoint}); leave one out"
            ),
        )),
    }
}

async fn one_gate(
    context: &Context,
    id: String,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let hash = hash(
        "gate",
        v1::SpawnQualityGateRequest {
            env: HashMap::new(),
            request_id: String::new(),
            ..request.clone()
        },
    );
    let matter = Matter::Documents(std::path::PathBuf::from(&request.subject));
    over(context, id, hash, request, matter).await
}

/// The run that has decided on the same before, unless the caller wants another, measures, or repeats a request. What
/// other runs decided since about words that stand in its text, it may not have known.
async fn standing(
    context: &Context,
    id: &str,
    hash: &str,
    request: &v1::SpawnQualityGateRequest,
    matter: &Matter,
) -> Result<Option<v1::SpawnQualityGateResponse>, Status> {
    if request.force || request.probe_seed.is_some() || repeated(context, id, hash).await?.is_some()
    {
        return Ok(None);
    }
    let (asked, matter) = (request.clone(), matter.clone());
    let key = super::gates::blocking(context, move |submitter| {
        submit::key_of(submitter, &asked, &matter).map_err(|error| status::from_submit(&error))
    })
    .await?;
    let revision = context.read(crate::store::Reader::revision).await?;
    let Some(DecidedRun { run, since }) =
        context.read(move |reader| reader.decided_run(&key)).await?
    else {
        return Ok(None);
    };
    let run = context.run(&run).await?;
    if concerned(context, &run, since).await? {
        return Ok(None);
    }
    Ok(Some(v1::SpawnQualityGateResponse {
        runs: vec![run.clone()],
        standing: vec![run.id.clone()],
        run: Some(run),
        revision,
        ..v1::SpawnQualityGateResponse::default()
    }))
}

/// Whether one of these entries, or something that another run still asks people about, is about what a run read. What
/// cannot be read may be what it is about.
async fn concerned(
    context: &Context,
    run: &v1::Run,
    mut since: Vec<ledger::Entry>,
) -> Result<bool, Status> {
    let (gate, subject, id) = (run.gate.clone(), run.subject.clone(), run.id.clone());
    let asked = context
        .read_bulk(move |reader| reader.asked_of(&gate, &subject, &id))
        .await?;
    since.extend(asked.iter().filter_map(StillOpen::entry));
    if since.is_empty() {
        return Ok(false);
    }
    let run: Option<RunId> = run.id.parse().ok();
    super::gates::blocking(context, move |submitter| {
        let inputs = run.and_then(|run| submit::keep::inputs(&submitter.paths, run).ok());
        Ok(inputs.is_none_or(|inputs| !ledger::still_standing(&since, &[], &inputs).is_empty()))
    })
    .await
}

async fn over(
    context: &Context,
    id: String,
    hash: String,
    request: v1::SpawnQualityGateRequest,
    matter: Matter,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    if let Some(standing) = standing(context, &id, &hash, &request, &matter).await? {
        return Ok(standing);
    }
    let gate = request.gate.clone();
    let record = context
        .read_bulk(move |reader| Ok(calibration::read(reader, &gate)?.of_families(&gate)))
        .await?;
    let committed = submit(context, id, hash, move |submitter| {
        submit::gate(submitter, request, &matter, record)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::SpawnQualityGateResponse {
        runs: vec![run.clone()],
        run: Some(run),
        attached: committed.reply.attached,
        revision: committed.revision,
        standing: Vec::new(),
        nothing: String::new(),
    })
}

/// A change, read with git as it stands now. A push of several refs is several changes, each with a run of its own; one
/// whose like was judged before is not judged again.
async fn change(
    context: &Context,
    id: &str,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let source = request.diff.clone().unwrap_or_default();
    let wanted = wanted(&source)?;
    let folder = std::path::PathBuf::from(&source.repository);
    let found = super::gates::blocking(context, move |submitter| {
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

/// Every gate of a checkpoint, each as a request of its own, derived from this one: a repeat finds them all.
async fn every_gate(
    context: &Context,
    id: &str,
    checkpoint: &str,
    request: v1::SpawnQualityGateRequest,
) -> Result<v1::SpawnQualityGateResponse, Status> {
    let (name, place) = (checkpoint.to_owned(), request.subject.clone());
    let gates: Vec<String> = super::gates::blocking(context, move |submitter| {
        let invalid =
            |error: &synod_config::GateError| status::invalid(error.code(), error.to_string());
        let gates = submitter
            .gates(std::path::Path::new(&place))
            .map_err(|error| invalid(&error))?;
        let of_checkpoint = gates
            .of_checkpoint(&name)
            .map_err(|error| invalid(&error))?;
        Ok(of_checkpoint.iter().map(|gate| gate.name.clone()).collect())
    })
    .await?;
    let mut all = v1::SpawnQualityGateResponse {
        attached: true,
        ..v1::SpawnQualityGateResponse::default()
    };
    for gate in gates {
        let own = submit::payload_hash("checkpoint", format!("{id}/{gate}").as_bytes());
        let own: String = own.chars().take(40).collect();
        let request = v1::SpawnQualityGateRequest {
            request_id: own.clone(),
            checkpoint: String::new(),
            gate,
            ..request.clone()
        };
        let one = one_gate(context, own, request).await?;
        all.attached &= one.attached;
        all.standing.extend(one.standing);
        all.revision = all.revision.max(one.revision);
        all.runs.extend(one.run);
    }
    all.run = all.runs.first().cloned();
    Ok(all)
}

pub(super) async fn agent(
    context: &Context,
    request: v1::SpawnAgentRequest,
) -> Result<v1::SpawnAgentResponse, Status> {
    let id = request_id(&request.request_id)?;
    let hash = hash(
        "agent",
        v1::SpawnAgentRequest {
            env: HashMap::new(),
            request_id: String::new(),
            ..request.clone()
        },
    );
    if let Some(committed) = repeated(context, &id, &hash).await? {
        return Ok(v1::SpawnAgentResponse {
            run: Some(context.run(&committed.reply.run.to_string()).await?),
            revision: committed.revision,
        });
    }
    let left = match request.continue_run.as_str() {
        "" => None,
        run => Some(left_behind(context, run).await?),
    };
    let committed = submit(context, id, hash, move |submitter| {
        submit::agent(submitter, request, left)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::SpawnAgentResponse {
        run: Some(run),
        revision: committed.revision,
    })
}

/// The session that an ended run left.
async fn left_behind(context: &Context, run: &str) -> Result<submit::Left, Status> {
    let target = context.target("a run", run).await?;
    let parts = context.parts(&target.run).await?;
    let run = parts.run.value;
    let name = run.name.clone();
    let cannot = |reason, why: &str| {
        Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            reason,
            format!("{name} cannot be gone on with: {why}"),
        ))
    };
    if !matches!(run.work, synod_core::entity::Work::Agent) {
        return cannot(
            "no-session",
            "it is no run of a single agent; `synod run` starts those",
        );
    }
    if !run.state.is_terminal() {
        return cannot(
            "not-ended",
            &format!("it is {}; wait for its end, or cancel it", run.state),
        );
    }
    let Some(execution) = parts.executions.into_iter().next_back() else {
        return cannot("no-session", "nothing of it was ever started");
    };
    let told = parts
        .attempts
        .iter()
        .filter_map(|attempt| attempt.value.end.as_ref()?.told.as_deref())
        .next_back();
    // One that ended before its CLI told anything knows what it began with.
    let began = execution.value.agent.resume.as_ref();
    let session_id = told
        .and_then(|told| told.record.session_id.clone())
        .or_else(|| began.map(|resume| resume.session_id.clone()));
    let Some(session_id) = session_id else {
        return cannot(
            "no-session",
            "its agent told of no session; `synod retry` does the work again in a new one",
        );
    };
    let used = told.map(|told| told.record.usage).unwrap_or_default();
    let before = began.map(|resume| resume.before).unwrap_or_default();
    Ok(submit::Left {
        resume: Resume {
            run: run.id,
            session_id,
            before: used.at_least(before),
            or_anew: OrAnew::Never,
        },
        agent: execution.value.agent,
        run,
    })
}

pub(super) async fn retry(
    context: &Context,
    request: v1::RetryAgentRequest,
) -> Result<v1::RetryAgentResponse, Status> {
    let id = request_id(&request.request_id)?;
    let hash = hash_of_retry(&request);
    if let Some(committed) = repeated(context, &id, &hash).await? {
        return Ok(v1::RetryAgentResponse {
            run: Some(context.run(&committed.reply.run.to_string()).await?),
            revision: committed.revision,
        });
    }
    let target = context
        .target("an execution", &request.execution_id)
        .await?;
    let parts = context.parts(&target.run).await?;
    let several = parts.executions.len() > 1;
    let execution = parts
        .executions
        .iter()
        .map(|stamped| &stamped.value)
        .find(|execution| match target.kind {
            Kind::Execution => execution.id.to_string() == target.id,
            Kind::Attempt => execution
                .attempts
                .iter()
                .any(|attempt| attempt.to_string() == target.id),
            Kind::Run => !several,
            Kind::Question => false,
        })
        .cloned()
        .ok_or_else(|| {
            status::invalid(
                "several-executions",
                format!(
                    "{} has several executions; name one of them (`synod show {}`)",
                    parts.run.value.name, parts.run.value.name
                ),
            )
        })?;
    if !execution.state.is_terminal() {
        return Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            "not-ended",
            format!(
                "the execution is {}; cancel it first, or wait for its end",
                execution.state
            ),
        ));
    }
    if matches!(parts.run.value.work, synod_core::entity::Work::Gate(_))
        && parts.run.value.state.is_terminal()
    {
        return Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            "too-late",
            format!(
                "the run {} has ended ({}); submit the gate again",
                parts.run.value.name, parts.run.value.state
            ),
        ));
    }
    let attempt = parts
        .attempts
        .iter()
        .map(|s| &s.value)
        .filter(|a| a.execution == execution.id)
        .max_by_key(|a| a.number)
        .cloned();
    let dir = attempt.as_ref().map(|attempt| {
        let live = context.launcher.live_dir(attempt);
        if live.path().exists() {
            live
        } else {
            context.launcher.archived_dir(attempt)
        }
    });
    let told = attempt
        .as_ref()
        .and_then(|attempt| attempt.end.as_ref()?.told.as_deref());
    let mut execution = execution;
    if let (Some(resume), Some(told)) = (&mut execution.agent.resume, told) {
        // What the failed attempt used of the session is counted where it stands.
        resume.before = resume.before.at_least(told.record.usage);
    } else if let (Adapter::Acp, Some(told)) = (execution.agent.adapter, told) {
        // What it had come to know is in its session, if it can load that again.
        let session = told.record.session_id.clone();
        execution.agent.resume = session.map(|session_id| Resume {
            run: parts.run.value.id,
            session_id,
            before: told.record.usage,
            or_anew: OrAnew::IfItMust,
        });
    }
    let again = Again {
        run: parts.run.value.clone(),
        execution,
        dir,
    };
    let committed = submit(context, id, hash, move |submitter| {
        submit::again(submitter, request, again)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::RetryAgentResponse {
        run: Some(run),
        revision: committed.revision,
    })
}

fn hash_of_retry(request: &v1::RetryAgentRequest) -> String {
    let bare = v1::RetryAgentRequest {
        env: HashMap::new(),
        request_id: String::new(),
        ..request.clone()
    };
    hash("retry", bare)
}

/// Prepares off the runtime's threads, commits, and keeps the files only if this call made the run.
async fn submit(
    context: &Context,
    id: String,
    payload_hash: String,
    prepare: impl FnOnce(&Submitter) -> Result<Ready, SubmitError> + Send + 'static,
) -> Result<Committed, Status> {
    // A repeat gets the first answer, whatever has become of its files and folders since.
    if let Some(committed) = repeated(context, &id, &payload_hash).await? {
        return Ok(committed);
    }
    let submitter = Arc::clone(&context.submitter);
    let ready = tokio::task::spawn_blocking(move || prepare(&submitter))
        .await
        .map_err(|_| status::ended())?
        .map_err(|error| status::from_submit(&error))?;
    let Ready { command, kept } = ready;
    let made = made_by(&command);
    let request = Request {
        id,
        payload_hash,
        command,
    };
    // Not cut off by a caller that goes away: whether the files stay depends on the answer.
    let engine = context.engine.clone();
    let outcome = tokio::spawn(async move {
        let outcome = engine.command(request).await;
        match &outcome {
            // Attached to another run, or a repeat of an earlier request: these files are of no use.
            Ok(committed) if !made.is(&committed.reply) => drop(kept),
            // An engine that has gone may have committed: the next daemon knows, and cleans up.
            Ok(_) | Err(EngineError::Gone) => kept.keep(),
            Err(_) => drop(kept),
        }
        outcome
    });
    outcome
        .await
        .map_err(|_| status::ended())?
        .map_err(|error| status::from_engine(&error))
}

/// The answer this request was given before, if it was.
pub(super) async fn repeated(
    context: &Context,
    id: &str,
    payload_hash: &str,
) -> Result<Option<Committed>, Status> {
    let asked = id.to_owned();
    let known = context
        .read(move |reader| Ok((reader.request(&asked)?, reader.revision()?)))
        .await?;
    match known {
        (None, _) => Ok(None),
        (Some((hash, reply)), revision) if hash == payload_hash => {
            Ok(Some(Committed { reply, revision }))
        }
        (Some(_), _) => Err(status::from_engine(&EngineError::RequestReused {
            id: id.to_owned(),
        })),
    }
}

/// What a command would make, to tell it from an earlier one's.
#[derive(Debug, Clone, Copy)]
enum Made {
    Run(RunId),
    Execution(synod_shared::ids::ExecutionId),
    Nothing,
}

impl Made {
    fn is(self, reply: &synod_core::input::Reply) -> bool {
        match self {
            Self::Run(run) => reply.run == run,
            Self::Execution(execution) => reply.execution == Some(execution),
            Self::Nothing => false,
        }
    }
}

fn made_by(command: &synod_core::input::Command) -> Made {
    use synod_core::input::Command;
    match command {
        Command::SpawnAgent(spawn) => Made::Run(spawn.run),
        Command::SpawnGate(spawn) => Made::Run(spawn.run),
        Command::Replace { fresh, .. } => Made::Execution(*fresh),
        Command::CancelRun { .. }
        | Command::CancelExecution { .. }
        | Command::Answer(_)
        | Command::AnswerRest(_)
        | Command::ForgetLedgerEntry { .. }
        | Command::Workspace { .. } => Made::Nothing,
    }
}

fn hash<M: prost::Message>(kind: &str, message: M) -> String {
    submit::payload_hash(kind, &message.encode_to_vec())
}

/// A request id as it must be.
pub(super) fn request_id(text: &str) -> Result<String, Status> {
    if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        let found = text.chars().take(64).collect();
        Err(status::from_submit(&SubmitError::RequestId { found }))
    }
}
