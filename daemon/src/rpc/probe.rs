//! Looking at what there is to run agents with.

use std::{collections::BTreeMap, time::Duration};

use synod_config::{
    Profiles,
    starter::{Cli, Found, starter},
};
use synod_proto::v1;
use tonic::Status;

use super::{Context, status};
use crate::{
    probe::{self, Versions},
    submit::SubmitError,
};

pub(super) async fn probe(
    context: &Context,
    request: v1::ProbeAgentsRequest,
) -> Result<v1::ProbeAgentsResponse, Status> {
    let caller: BTreeMap<String, String> = request.env.into_iter().collect();
    let versions = if request.versions {
        Versions::Within(limit(request.timeout)?)
    } else {
        Versions::Unasked
    };
    let refused = |error| status::from_submit(&error);
    let mut starter = String::new();
    let probes = match request.scope.as_str() {
        "agents" => {
            let config = context
                .submitter
                .config()
                .map_err(|error| refused(SubmitError::Config(error)))?;
            let agents = if request.names.is_empty() {
                config.agents.values().collect()
            } else {
                config
                    .roster(&request.names)
                    .map_err(|error| refused(SubmitError::Roster(error)))?
            };
            let agents = agents.into_iter();
            probe::agents(&context.launcher, &config, agents, &caller, versions).await
        }
        "clis" => {
            let profiles = Profiles::load(&context.paths.profiles())
                .map_err(|error| refused(SubmitError::Config(error)))?;
            let mut probes = probe::clis(&context.launcher, &profiles, &caller, versions).await;
            starter = starter_of(&probes, &profiles);
            if !request.names.is_empty() {
                probes.retain(|probe| request.names.contains(&probe.name));
            }
            probes
        }
        found => {
            return Err(status::invalid(
                "bad-scope",
                format!("expected the scope \"agents\" or \"clis\", found {found:?}"),
            ));
        }
    };
    Ok(v1::ProbeAgentsResponse {
        probes: probes.into_iter().map(message).collect(),
        config_file: context.paths.config_file().display().to_string(),
        starter,
    })
}

fn starter_of(probes: &[probe::Probe], profiles: &Profiles) -> String {
    let clis: Vec<Cli> = probes
        .iter()
        .filter_map(|probe| {
            Some(Cli {
                adapter: probe.adapter.parse().ok()?,
                found: if probe.path.is_some() {
                    Found::Version(probe.version.clone())
                } else {
                    Found::Nowhere
                },
            })
        })
        .collect();
    starter(&clis, |adapter| profiles.of(adapter))
}

#[allow(clippy::result_large_err, reason = "tonic's own error type")]
fn limit(of: Option<prost_types::Duration>) -> Result<Duration, Status> {
    let Some(of) = of else {
        return Ok(probe::USUAL_LIMIT);
    };
    match Duration::try_from(of) {
        Ok(limit) if !limit.is_zero() && limit <= probe::LONGEST_LIMIT => Ok(limit),
        Ok(_) | Err(_) => Err(status::invalid(
            "bad-timeout",
            format!(
                "expected a time limit above zero and of at most {} s, found {}.{:09} s",
                probe::LONGEST_LIMIT.as_secs(),
                of.seconds,
                of.nanos
            ),
        )),
    }
}

fn message(probe: probe::Probe) -> v1::Probe {
    v1::Probe {
        name: probe.name,
        adapter: probe.adapter.to_owned(),
        state: probe.state.as_str().to_owned(),
        program: probe.program,
        path: probe
            .path
            .map_or_else(String::new, |path| path.display().to_string()),
        version: probe.version,
        tested_version: probe.tested_version,
        variables: probe.variables,
        problems: probe.problems,
        hints: probe.hints,
        model: probe.model,
        provider: probe.provider,
        family: probe.family,
        origin: probe.origin.to_owned(),
    }
}
