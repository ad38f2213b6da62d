//! What is configured: agents, providers, gates.

use std::collections::BTreeSet;

use synod_config::{GateDef, Origin, Program};
use synod_proto::v1;
use tonic::{Code, Status};

use super::{Context, status};
use crate::{submit::SubmitError, wire};

pub(super) async fn agents(context: &Context) -> Result<v1::ListAgentsResponse, Status> {
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
    let agents = config.agents.values().map(|agent| v1::Agent {
        name: agent.name.clone(),
        adapter: agent.kind.as_str().to_owned(),
        argv: match &agent.program {
            Program::Profile => Vec::new(),
            Program::Own(argv) | Program::OwnWithFlags(argv) => argv.clone(),
        },
        provider: agent.provider.clone(),
        family: agent.family().to_owned(),
        timeout: Some(wire::duration(agent.timeout)),
        env: agent.env.clone(),
        origin: match agent.origin {
            Origin::Builtin => "builtin".to_owned(),
            Origin::User => "user".to_owned(),
        },
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
        agents: agents.collect(),
        providers: providers.collect(),
    })
}

pub(super) fn gates(context: &Context) -> v1::ListGatesResponse {
    v1::ListGatesResponse {
        gates: context.submitter.gates.iter().map(message).collect(),
    }
}

#[allow(clippy::result_large_err, reason = "tonic's own error type")]
pub(super) fn gate(
    context: &Context,
    request: &v1::GetGateRequest,
) -> Result<v1::GetGateResponse, Status> {
    let gate = context
        .submitter
        .gates
        .get(&request.name)
        .map_err(|error| status::with_reason(Code::NotFound, error.code(), error.to_string()))?;
    Ok(v1::GetGateResponse {
        gate: Some(message(gate)),
    })
}

fn message(gate: &GateDef) -> v1::Gate {
    v1::Gate {
        name: gate.name.clone(),
        version: gate.version,
        checkpoint: gate.checkpoint.clone().unwrap_or_default(),
        description: String::new(),
        roster: gate.roster_names().map(str::to_owned).collect(),
        quorum: gate.quorum.to_string(),
        inputs: gate.inputs.iter().map(|input| input.path.clone()).collect(),
        toml: gate.to_toml().to_owned(),
        origin: "builtin".to_owned(),
    }
}
