//! `doctor`: the daemon, the configuration and every configured agent: what works, what is missing, how to mend it.
//!
//! With `--probe` each agent of the user's is asked for one word, in an ordinary run in an empty folder.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use synod_proto::v1::{
    AgentPrompt, Diagnosis, GetDaemonStatusRequest, Probe, ProbeAgentsRequest, Run,
    SpawnAgentRequest, spawn_agent_request::Work,
};
use tonic::Code;

use super::{app::App, args::DoctorArgs};
use crate::{
    exit::{Degraded, Exit},
    failure::Failure,
    intent,
    link::{self, Session, WatchItem},
    render::{probes as render, run as end},
};

/// What each agent is asked.
const PROMPT: &str = "Answer with the one word: ready";
/// How long it may take to answer.
const LIMIT: Duration = Duration::from_mins(2);

/// See the module.
pub async fn doctor(app: &App, args: DoctorArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    let status = session
        .call(|mut daemon| async move { daemon.get_daemon_status(GetDaemonStatusRequest {}).await })
        .await?;
    let mut diagnosis = Diagnosis {
        daemon: Some(status),
        ..Diagnosis::default()
    };
    match probes(app, &mut session, args.agents.clone()).await {
        Ok(probes) => diagnosis.probes = probes,
        // The configuration cannot be read: everything else still can be told.
        Err(Failure::Refused {
            code: Code::InvalidArgument,
            reason,
            message,
        }) if !about_names(&reason) => diagnosis.problems.push(message),
        Err(failure) => return Err(failure),
    }
    for probe in &diagnosis.probes {
        let named = |problem: &String| format!("{}: {problem}", probe.name);
        diagnosis.problems.extend(probe.problems.iter().map(named));
    }
    if args.probe {
        diagnosis.runs = ask_all(app, &mut session, &diagnosis.probes).await?;
        let failed = diagnosis.runs.iter().filter(|run| run.state != "passed");
        let told: Vec<String> = failed.map(end::end_in_full).collect();
        diagnosis.problems.extend(told);
    }
    app.answer(&diagnosis, render::diagnosis)?;
    Ok(if diagnosis.problems.is_empty() {
        Exit::Success
    } else {
        Exit::Failed
    })
}

/// Whether what was refused are the names that were given, which is no matter of the configuration.
fn about_names(reason: &str) -> bool {
    matches!(reason, "unknown-agent" | "agent-twice" | "empty-roster")
}

async fn probes(
    app: &App,
    session: &mut Session,
    names: Vec<String>,
) -> Result<Vec<Probe>, Failure> {
    app.note("asking each program for its version");
    let request = ProbeAgentsRequest {
        env: intent::environment(),
        scope: "agents".to_owned(),
        names,
        versions: true,
        ..ProbeAgentsRequest::default()
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.probe_agents(request).await }
        })
        .await?;
    Ok(answer.probes)
}

/// An empty folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("synod-probe-{}", intent::request_id()));
        fs::create_dir(&path).map_err(|error| {
            Failure::Input(format!(
                "cannot make the folder {}: {error}",
                path.display()
            ))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // An agent may have written into it. What cannot be removed is the temporary folder's to clean.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One run for each agent of the user's that can be started, all at the same time; ended runs, in that order.
async fn ask_all(app: &App, session: &mut Session, probes: &[Probe]) -> Result<Vec<Run>, Failure> {
    let able = |probe: &&Probe| probe.origin == "user" && probe.state == "ok";
    let folder = Folder::make()?;
    let cwd = folder.0.display().to_string();
    let mut ids = Vec::new();
    for probe in probes.iter().filter(able) {
        app.note(&format!("asking {} for one word", probe.name));
        let run = ask(session, &probe.name, &cwd).await?;
        ids.push(run.id);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut ended: BTreeMap<String, Run> = BTreeMap::new();
    let mut states = link::watch(session.clone(), ids.clone());
    while ended.len() < ids.len() {
        match states.recv().await {
            Some(WatchItem::Run(run)) => {
                if Exit::of_run(&run.state, Degraded::Accepted).is_some() {
                    ended.insert(run.id.clone(), *run);
                }
            }
            Some(WatchItem::Away(_)) => {}
            Some(WatchItem::Failed(failure)) => return Err(failure),
            None => {
                return Err(Failure::Protocol(
                    "following ended before the probes did".to_owned(),
                ));
            }
        }
    }
    Ok(ids.iter().filter_map(|id| ended.remove(id)).collect())
}

async fn ask(session: &mut Session, agent: &str, cwd: &str) -> Result<Run, Failure> {
    let request = SpawnAgentRequest {
        request_id: intent::request_id(),
        work: Some(Work::Agent(AgentPrompt {
            name: agent.to_owned(),
            prompt: PROMPT.into(),
        })),
        name: format!("probe/{agent}"),
        cwd: cwd.to_owned(),
        timeout: Some(intent::proto_duration(LIMIT)),
        env: intent::environment(),
        // One word is said; nothing is to be written anywhere.
        isolation: "none".to_owned(),
        ..SpawnAgentRequest::default()
    };
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_agent(request).await }
        })
        .await?;
    answer
        .run
        .ok_or_else(|| Failure::Protocol("the daemon took the work but named no run".to_owned()))
}
