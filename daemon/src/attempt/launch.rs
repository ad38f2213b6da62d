//! What a shim is started with: the directory's contents, the environment, the program.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use synod_adapters::Adapter;
use synod_core::{
    entity::{AgentSpec, Attempt, Prompted},
    input::Found,
};
use synod_shared::{
    ids::{AttemptId, ExecutionId},
    paths::Paths,
};
use synod_shim::{
    containment::Mechanism,
    dir::{DirError, RunDir},
    launch::launch,
    lock::Lock,
    spec::{FORMAT, Limits, Restore, Spec, Stdin},
};
use thiserror::Error;

use crate::{
    store::Watermark,
    submit::keep::{self, KeepError},
    workspace::{WorkspaceError, Workspaces},
};

/// Makes run directories and starts shims in them.
#[derive(Debug)]
pub struct Launcher {
    /// The program that is the shim: this one.
    pub exe: PathBuf,
    pub paths: Paths,
    pub mechanism: Mechanism,
    pub restore: Restore,
    pub boot_id: String,
    pub watermark: Watermark,
    pub workspaces: Workspaces,
}

/// Why a shim was not started.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// What was submitted is gone.
    #[error(transparent)]
    Submission(#[from] KeepError),
    /// The directory.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// Where it is to work.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The program.
    #[error("the shim {} cannot be started: {source}", exe.display())]
    Spawn { exe: PathBuf, source: io::Error },
}

impl Launcher {
    /// The name of an attempt's directory.
    #[must_use]
    pub fn name(execution: ExecutionId, number: u32) -> String {
        format!("{execution}-{number}")
    }

    /// An attempt's directory while it is live.
    #[must_use]
    pub fn live_dir(&self, attempt: &Attempt) -> RunDir {
        RunDir::at(
            self.paths
                .runs()
                .join(Self::name(attempt.execution, attempt.number)),
        )
    }

    /// An attempt's directory once it has ended.
    #[must_use]
    pub fn archived_dir(&self, attempt: &Attempt) -> RunDir {
        RunDir::at(
            self.paths
                .archive()
                .join(Self::name(attempt.execution, attempt.number)),
        )
    }

    /// Makes the directory. Durable on return, and before any shim is started.
    pub fn create(
        &self,
        attempt: &Attempt,
        agent: &AgentSpec,
        found: &Found,
    ) -> Result<RunDir, LaunchError> {
        let prompt = keep::prompt(&self.paths, attempt.execution, attempt.number)?;
        let name = Self::name(attempt.execution, attempt.number);
        let gate = match &found.run.work {
            synod_core::entity::Work::Gate(gate) => Some(gate.gate.clone()),
            synod_core::entity::Work::Agent | synod_core::entity::Work::Command => None,
        };
        let spec = Spec {
            format: FORMAT,
            run_id: attempt.run.to_string(),
            execution_id: attempt.execution.to_string(),
            attempt_id: attempt.id.to_string(),
            number: attempt.number,
            gate,
            request_id: found.run.request_id.clone(),
            agent: agent.name.clone(),
            argv: self.argv(agent, &name, &prompt),
            cwd: found.run.cwd_of(agent),
            stdin: match (agent.adapter, agent.prompt) {
                (Adapter::Acp, _) => Stdin::Journal,
                (
                    Adapter::Command
                    | Adapter::Claude
                    | Adapter::Codex
                    | Adapter::Gemini
                    | Adapter::Opencode,
                    Prompted::Stdin,
                ) => Stdin::Prompt,
                (_, Prompted::File | Prompted::Argv) => Stdin::Nothing,
            },
            limits: Limits {
                wall_ms: agent.timeout.map(millis),
                output_bytes: agent.output_limit,
                first_byte_ms: agent.first_byte.map(millis),
                grace_ms: millis(agent.grace),
            },
            boot_id: self.boot_id.clone(),
            containment: self.mechanism.leaf_for(&name),
            restore: self.restore,
            import: serde_json::to_value(found).unwrap_or_default(),
        };
        Ok(RunDir::create(&self.paths.runs(), &name, &spec, &prompt)?)
    }

    /// The command line, with the prompt in it where it belongs there. What can be wrong with it was refused when it
    /// was submitted.
    fn argv(&self, agent: &AgentSpec, name: &str, prompt: &[u8]) -> Vec<String> {
        let mut argv = agent.argv.clone();
        match agent.prompt {
            Prompted::Stdin => {}
            Prompted::File => {
                let file = RunDir::at(self.paths.runs().join(name)).prompt();
                for word in argv
                    .iter_mut()
                    .filter(|word| *word == Prompted::PLACEHOLDER)
                {
                    *word = file.display().to_string();
                }
            }
            Prompted::Argv => argv.push(String::from_utf8_lossy(prompt).into_owned()),
        }
        argv
    }

    /// Starts the shim, which takes the lock over.
    pub fn start(
        &self,
        dir: &RunDir,
        lock: Lock,
        execution: ExecutionId,
    ) -> Result<Child, LaunchError> {
        let env: BTreeMap<String, String> = keep::environment(&self.paths, execution)?;
        let env = env
            .into_iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        launch(&self.exe, dir, lock, env).map_err(|source| LaunchError::Spawn {
            exe: self.exe.clone(),
            source,
        })
    }

    /// Whether this attempt's directory stands in the archive: it has ended, whatever the database says.
    #[must_use]
    pub fn is_archived(&self, attempt: &Attempt) -> bool {
        self.archived_dir(attempt).path().exists()
    }

    /// The mark every process of an attempt carries.
    #[must_use]
    pub fn mark(attempt: AttemptId) -> String {
        attempt.to_string()
    }
}

fn millis(of: Duration) -> u64 {
    u64::try_from(of.as_millis()).unwrap_or(u64::MAX)
}

/// Where the program itself is, as the shim is to be started from: the running file, even if the path was
/// replaced meanwhile by an upgrade.
#[must_use]
pub fn own_exe() -> PathBuf {
    Path::new("/proc/self/exe").to_path_buf()
}
