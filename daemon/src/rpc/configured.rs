//! What is configured: agents, providers, gates.

use std::collections::{BTreeMap, BTreeSet};

use synod_adapters::Purpose;
use synod_config::{Agent, Config, Kind, Origin};
use synod_proto::v1;
use tonic::Status;

use super::{Context, status};
use crate::{
    probe::{self, Probe, Versions},
    submit::SubmitError,
    wire,
};

pub(super) async fn agents(
    context: &Context,
    request: v1::ListAgentsRequest,
) -> Result<v1::ListAgentsResponse, Status> {
    let config = context
        .submitter
        .config()
        .map_err(|error| status::from_submit(&SubmitError::Config(error)))?;
    let gauges = context
        .engine
        .gauges()
        .await
        .map_err(|error| status::from_engine(&error))?;
    let names: BTreeSet<String> = config
        .providers
        .keys()
        .chain(config.agents.values().map(|agent| &agent.provider))
        .chain(gauges.by_provider.keys())
        .cloned()
        .collect();
    let caller: BTreeMap<String, String> = request.env.into_iter().collect();
    let looked = if caller.is_empty() {
        Vec::new()
    } else {
        let agents = config.agents.values();
        probe::agents(
            &context.launcher,
            &config,
            agents,
            &caller,
            Versions::Unasked,
        )
        .await
    };
    let mut looked = looked.into_iter();
    let agents = config.agents.values().map(|agent| {
        // In the same order, or none at all.
        let looked = looked.next();
        message_of(&config, agent, looked)
    });
    let agents: Vec<v1::Agent> = agents.collect();
    let rosters = config.rosters.iter().map(|(name, agents)| v1::Roster {
        name: name.clone(),
        agents: agents.clone(),
    });
    let providers = names.into_iter().map(|name| {
        let (running, queued) = gauges.by_provider.get(&name).copied().unwrap_or_default();
        v1::Provider {
            max_running: config.provider(&name).max_running,
            running: Some(running),
            queued: Some(queued),
            name,
        }
    });
    Ok(v1::ListAgentsResponse {
        agents,
        providers: providers.collect(),
        rosters: rosters.collect(),
    })
}

fn message_of(config: &Config, agent: &Agent, looked: Option<Probe>) -> v1::Agent {
    let (state, problems) = looked.map_or_else(
        || (String::new(), Vec::new()),
        |probe| (probe.state.as_str().to_owned(), probe.problems),
    );
    v1::Agent {
        name: agent.name.clone(),
        adapter: agent.kind.as_str().to_owned(),
        argv: argv(config, agent),
        provider: agent.provider.clone(),
        family: agent.family().to_owned(),
        timeout: Some(wire::duration(agent.timeout)),
        env: agent.env.clone(),
        origin: match agent.origin {
            Origin::Builtin => "builtin".to_owned(),
            Origin::User => "user".to_owned(),
        },
        model: agent.model.clone().unwrap_or_default(),
        state,
        problems,
    }
}

/// What it is started with in a gate.
fn argv(config: &Config, agent: &Agent) -> Vec<String> {
    match &agent.kind {
        Kind::Replay(recording) => vec![recording.path.display().to_string()],
        Kind::Cli(adapter) => agent
            .command(config.profiles.of(*adapter), Purpose::Gate)
            .unwrap_or_default(),
    }
}
