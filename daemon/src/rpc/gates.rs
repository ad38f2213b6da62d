//! Gates: which there are from a folder, whether they are fine, and what a new one looks like. Writes nothing.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use synod_config::{
    Agents, Checked, Found, GateDef, GateError, check_file, check_folder, repository_gates,
    starter_gate, user_gates,
};
use synod_proto::v1;
use tonic::{Code, Status};

use super::{Context, status};
use crate::submit::Submitter;

pub(super) async fn list(
    context: &Context,
    request: v1::ListGatesRequest,
) -> Result<v1::ListGatesResponse, Status> {
    blocking(context, move |submitter| {
        let gates = submitter
            .gates(Path::new(&request.cwd))
            .map_err(|error| refused(&error))?;
        Ok(v1::ListGatesResponse {
            gates: gates.all().map(found).collect(),
        })
    })
    .await
}

pub(super) async fn get(
    context: &Context,
    request: v1::GetGateRequest,
) -> Result<v1::GetGateResponse, Status> {
    blocking(context, move |submitter| {
        let gates = submitter
            .gates(Path::new(&request.cwd))
            .map_err(|error| refused(&error))?;
        let gate = gates.found(&request.name).map_err(|error| {
            status::with_reason(Code::NotFound, error.code(), error.to_string())
        })?;
        Ok(v1::GetGateResponse {
            gate: Some(found(gate)),
        })
    })
    .await
}

pub(super) async fn check(
    context: &Context,
    request: v1::CheckGatesRequest,
) -> Result<v1::CheckGatesResponse, Status> {
    blocking(context, move |submitter| {
        let config = submitter
            .config()
            .map_err(|error| status::invalid(error.code(), error.to_string()))?;
        let names: BTreeSet<String> = config
            .agents
            .keys()
            .chain(config.rosters.keys())
            .cloned()
            .collect();
        let known = Agents::Known(&names);
        let folder = |path: &Path| check_folder(path, known).map_err(|error| refused(&error));
        let path = Path::new(&request.path);
        let checked: Vec<Checked> = if request.path.is_empty() {
            let mut all = Vec::new();
            let dirs = submitter.gate_dirs(Path::new(&request.cwd));
            for dir in dirs.iter().filter(|dir| dir.path.is_dir()) {
                all.extend(folder(&dir.path)?);
            }
            all
        } else if path.is_dir() {
            folder(path)?
        } else {
            vec![check_file(path, known)]
        };
        Ok(v1::CheckGatesResponse {
            gates: checked
                .into_iter()
                .map(|checked| checked_gate(checked, &config))
                .collect(),
        })
    })
    .await
}

/// As a submission would see it: an arbiter that may be none is told here too.
fn checked_gate(checked: Checked, config: &synod_config::Config) -> v1::CheckedGate {
    let problems = match &checked.gate {
        Ok(gate) => gate
            .arbiter_of(config)
            .err()
            .map(|error| error.to_string())
            .into_iter()
            .collect(),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    };
    v1::CheckedGate {
        path: checked.file.display().to_string(),
        name: checked.name,
        problems,
        notes: Vec::new(),
    }
}

pub(super) async fn starter(
    context: &Context,
    request: v1::GetGateStarterRequest,
) -> Result<v1::GetGateStarterResponse, Status> {
    blocking(context, move |submitter| {
        let cwd = Path::new(&request.cwd);
        let gates = submitter.gates(cwd).map_err(|error| refused(&error))?;
        let from = match request.from.as_str() {
            "" => "clarify",
            from => from,
        };
        let from = gates.get(from).map_err(|error| {
            status::with_reason(Code::NotFound, error.code(), error.to_string())
        })?;
        let files = starter_gate(&request.name, from)
            .map_err(|fault| status::invalid("bad-name", fault.to_string()))?;
        let folder = if request.user_wide {
            user_gates(&submitter.paths.config_dir).path
        } else {
            repository_gates(cwd).map_or_else(|| cwd.join(".synod").join("gates"), |dir| dir.path)
        };
        Ok(v1::GetGateStarterResponse {
            folder: folder.display().to_string(),
            files: files
                .into_iter()
                .map(|(name, text)| v1::StarterFile { name, text })
                .collect(),
        })
    })
    .await
}

/// Reads in a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    context: &Context,
    read: impl FnOnce(&Submitter) -> Result<T, Status> + Send + 'static,
) -> Result<T, Status> {
    let submitter = Arc::clone(&context.submitter);
    tokio::task::spawn_blocking(move || read(&submitter))
        .await
        .map_err(|_| status::ended())?
}

fn refused(error: &GateError) -> Status {
    status::invalid(error.code(), error.to_string())
}

/// A gate as it was found, usable or not.
fn found(found: &Found) -> v1::Gate {
    let origin = origin(found);
    match &found.gate {
        Ok(gate) => v1::Gate {
            origin,
            ..message(gate)
        },
        Err(error) => v1::Gate {
            name: found.name.clone(),
            problems: error.to_string().lines().map(str::to_owned).collect(),
            toml: found
                .source
                .as_ref()
                .map(|source| source.toml.clone())
                .unwrap_or_default(),
            origin,
            ..v1::Gate::default()
        },
    }
}

/// `builtin`, or the file.
fn origin(found: &Found) -> String {
    match found.origin {
        synod_config::gates::GateOrigin::Builtin => "builtin".to_owned(),
        synod_config::gates::GateOrigin::User | synod_config::gates::GateOrigin::Repository => {
            PathBuf::clone(&found.file).display().to_string()
        }
    }
}

fn message(gate: &GateDef) -> v1::Gate {
    v1::Gate {
        name: gate.name.clone(),
        version: gate.version,
        checkpoint: gate.checkpoint.clone().unwrap_or_default(),
        description: gate.description.clone().unwrap_or_default(),
        roster: gate.roster_names().map(str::to_owned).collect(),
        quorum: gate.quorum.to_string(),
        inputs: gate.inputs.iter().map(|input| input.path.clone()).collect(),
        toml: gate.to_toml().to_owned(),
        origin: String::new(),
        answers: gate.answers.word().to_owned(),
        ballot: gate.ballot,
        repair: gate.repair,
        arbiter: gate.arbiter.clone().unwrap_or_default(),
        audit_permille: gate.audit_permille,
        hash: gate.content_hash(),
        problems: Vec::new(),
        prompt: gate.prompt.text.clone(),
        schema: gate.schema.text().to_owned(),
    }
}
