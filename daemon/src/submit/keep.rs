//! What a submission leaves beside the database until it is needed: environments, prompts, inputs.
//!
//! Environments may hold keys: a 0600 file for each execution, removed at its end, never in the database, the
//! feed or a log. All are durable before the submission is committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use synod_config::gates::GateSource;
use synod_consensus::Input;
use synod_shared::{
    ids::{ExecutionId, RunId},
    paths::Paths,
};
use thiserror::Error;

/// A file that could not be kept or found again.
#[derive(Debug, Error)]
pub enum KeepError {
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} of the submission cannot be read: {source}; submit again", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} of the submission is damaged: {source}; submit again", path.display())]
    Damaged {
        path: PathBuf,
        source: serde_json::Error,
    },
}

impl KeepError {
    /// Whether there was no room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

/// Files kept for one submission. Forgotten ones are removed; call [`Kept::keep`] once it is committed.
#[derive(Debug, Default)]
pub struct Kept {
    files: Vec<PathBuf>,
}

impl Kept {
    /// The submission is committed: the files stay.
    pub fn keep(mut self) {
        self.files.clear();
    }

    /// Keeps an execution's environment.
    pub fn environment(
        &mut self,
        paths: &Paths,
        execution: ExecutionId,
        env: &BTreeMap<String, String>,
    ) -> Result<(), KeepError> {
        let path = environment_file(paths, execution);
        let json = as_json(&path, env)?;
        self.write(path, &json)
    }

    /// Keeps an execution's prompt; an empty one needs no file.
    pub fn prompt(
        &mut self,
        paths: &Paths,
        execution: ExecutionId,
        prompt: &[u8],
    ) -> Result<(), KeepError> {
        if prompt.is_empty() {
            return Ok(());
        }
        self.write(prompt_file(paths, execution), prompt)
    }

    /// Keeps a gate's inputs.
    pub fn inputs(&mut self, paths: &Paths, run: RunId, inputs: &[Input]) -> Result<(), KeepError> {
        let path = inputs_file(paths, run);
        let inputs: Vec<KeptInput<'_>> = inputs
            .iter()
            .map(|input| KeptInput {
                path: (&input.path).into(),
                text: (&input.text).into(),
            })
            .collect();
        let json = as_json(&path, &inputs)?;
        self.write(path, &json)
    }

    /// Keeps the environments of a gate's agents, by their names, for as long as it may ask them again.
    pub fn environments(
        &mut self,
        paths: &Paths,
        run: RunId,
        environments: &Environments,
    ) -> Result<(), KeepError> {
        let path = environments_file(paths, run);
        let json = as_json(&path, environments)?;
        self.write(path, &json)
    }

    /// Keeps the definition a gate runs by.
    pub fn definition(
        &mut self,
        paths: &Paths,
        run: RunId,
        source: &GateSource,
    ) -> Result<(), KeepError> {
        let path = definition_file(paths, run);
        let json = as_json(&path, source)?;
        self.write(path, &json)
    }

    fn write(&mut self, path: PathBuf, bytes: &[u8]) -> Result<(), KeepError> {
        let result = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| {
                self.files.push(path.clone());
                file.write_all(bytes)?;
                file.sync_data()
            });
        result.map_err(|source| KeepError::Write { path, source })
    }

    /// Makes the names durable too.
    pub fn sync(&self) -> Result<(), KeepError> {
        let mut dirs: Vec<&Path> = self.files.iter().filter_map(|file| file.parent()).collect();
        dirs.dedup();
        for dir in dirs {
            File::open(dir)
                .and_then(|dir| dir.sync_all())
                .map_err(|source| KeepError::Write {
                    path: dir.to_path_buf(),
                    source,
                })?;
        }
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for file in &self.files {
            remove(file);
        }
    }
}

/// What a gate may say of `repair` at most.
const MOST_REPAIRS: u32 = 3;

/// What each agent of a gate is given, by the agent's name.
pub type Environments = BTreeMap<String, BTreeMap<String, String>>;

fn as_json(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, KeepError> {
    serde_json::to_vec(value).map_err(|source| KeepError::Damaged {
        path: path.to_path_buf(),
        source,
    })
}

fn from_json<T: serde::de::DeserializeOwned>(path: PathBuf) -> Result<T, KeepError> {
    let bytes = fs::read(&path).map_err(|source| KeepError::Read {
        path: path.clone(),
        source,
    })?;
    serde_json::from_slice(&bytes).map_err(|source| KeepError::Damaged { path, source })
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptInput<'a> {
    path: std::borrow::Cow<'a, str>,
    text: std::borrow::Cow<'a, str>,
}

fn environment_file(paths: &Paths, execution: ExecutionId) -> PathBuf {
    paths.environments().join(execution.to_string())
}

fn prompt_file(paths: &Paths, execution: ExecutionId) -> PathBuf {
    paths.submissions().join(format!("{execution}.prompt"))
}

/// The prompt of the n-th attempt, where an answer was sent back.
fn mended_file(paths: &Paths, execution: ExecutionId, number: u32) -> PathBuf {
    paths
        .submissions()
        .join(format!("{execution}.{number}.prompt"))
}

fn environments_file(paths: &Paths, run: RunId) -> PathBuf {
    paths.environments().join(run.to_string())
}

fn definition_file(paths: &Paths, run: RunId) -> PathBuf {
    paths.submissions().join(format!("{run}.gate.json"))
}

fn inputs_file(paths: &Paths, run: RunId) -> PathBuf {
    paths.submissions().join(format!("{run}.inputs.json"))
}

/// The environment kept for an execution.
pub fn environment(
    paths: &Paths,
    execution: ExecutionId,
) -> Result<BTreeMap<String, String>, KeepError> {
    from_json(environment_file(paths, execution))
}

/// The environments kept for a gate that may still ask its agents.
pub fn environments(paths: &Paths, run: RunId) -> Result<Environments, KeepError> {
    from_json(environments_file(paths, run))
}

/// The definition a gate runs by; none if it was submitted before definitions were kept.
pub fn definition(paths: &Paths, run: RunId) -> Result<Option<GateSource>, KeepError> {
    let path = definition_file(paths, run);
    if path.exists() {
        from_json(path).map(Some)
    } else {
        Ok(None)
    }
}

/// Keeps the prompt of an attempt that sends an answer back. Written anew as often as it takes, durable on return.
pub fn mended_prompt(
    paths: &Paths,
    execution: ExecutionId,
    number: u32,
    prompt: &[u8],
) -> Result<(), KeepError> {
    let path = mended_file(paths, execution, number);
    // One that a dying daemon left half-written is no obstacle.
    remove(&path);
    let mut kept = Kept::default();
    kept.write(path, prompt)?;
    kept.sync()?;
    kept.keep();
    Ok(())
}

/// A gate asks nobody any more: what its agents were given goes.
pub fn forget_environments(paths: &Paths, run: &str) {
    if let Ok(run) = run.parse() {
        remove(&environments_file(paths, run));
    }
}

/// The prompt kept for the n-th attempt of an execution; empty if there is none.
pub fn prompt(paths: &Paths, execution: ExecutionId, number: u32) -> Result<Vec<u8>, KeepError> {
    let mended = mended_file(paths, execution, number);
    let path = if mended.exists() {
        mended
    } else {
        prompt_file(paths, execution)
    };
    match fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(KeepError::Read { path, source }),
    }
}

/// The inputs kept for a gate run.
pub fn inputs(paths: &Paths, run: RunId) -> Result<Vec<Input>, KeepError> {
    let kept: Vec<KeptInput<'static>> = from_json(inputs_file(paths, run))?;
    Ok(kept
        .into_iter()
        .map(|input| Input {
            path: input.path.into_owned(),
            text: input.text.into_owned(),
        })
        .collect())
}

/// An execution has ended: its environment is not needed any more, and its prompt only if it was never started
/// (otherwise it stays in the attempt's directory).
pub fn forget(paths: &Paths, execution: &str) {
    if let Ok(execution) = execution.parse() {
        remove(&environment_file(paths, execution));
        if was_started(paths, &execution.to_string()) {
            remove(&prompt_file(paths, execution));
        }
        for number in 2..=1 + MOST_REPAIRS {
            remove(&mended_file(paths, execution, number));
        }
    }
}

fn was_started(paths: &Paths, execution: &str) -> bool {
    let first = format!("{execution}-1");
    // In the order in which a directory moves: it may do so just now.
    paths.runs().join(&first).exists() || paths.archive().join(&first).exists()
}

/// At start: files of executions that are not live any more; and those that were never committed, because a daemon died
/// between a submission's files, or a round's, and the change that would have told of them. `known` says whether there is
/// a run or an execution of this id.
///
/// # Errors
///
/// Those of `known`: what nobody can tell about stays.
pub fn forget_all_but<E>(
    paths: &Paths,
    live: &BTreeSet<String>,
    known: impl Fn(&str) -> Result<bool, E>,
) -> Result<(), E> {
    for (path, id) in named_by_id(paths.environments()) {
        if !live.contains(&id) {
            remove(&path);
        }
    }
    for (path, id) in named_by_id(paths.submissions()) {
        if live.contains(&id) {
            continue;
        }
        let prompt = path
            .extension()
            .is_some_and(|extension| extension == "prompt");
        // The prompt of one that was never started is shown when somebody asks; inputs are weighed again.
        if prompt && was_started(paths, &id) || !known(&id)? {
            remove(&path);
        }
    }
    Ok(())
}

/// Files whose names begin with the id of a run or an execution. What else is there is nobody's to remove.
fn named_by_id(dir: PathBuf) -> impl Iterator<Item = (PathBuf, String)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let name = entry.file_name();
        let (id, _) = name
            .to_str()
            .map(|name| name.split_once('.').unwrap_or((name, "")))?;
        // Both kinds of ids are written in the same way.
        id.parse::<ExecutionId>().ok()?;
        Some((entry.path(), id.to_owned()))
    })
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(path = %path.display(), %error, "a kept file was not removed"),
    }
}
