//! From a configured agent to what is run: the command line for this purpose, how the prompt gets there, and whether
//! it fits. All of it is refused here or not at all: once it is committed, the launcher only does what stands there.

use std::path::Path;

use synod_adapters::{Adapter, PromptTransport, Purpose};
use synod_config::{Agent, Config, Kind, Program};
use synod_core::entity::{AgentSpec, Bounds, Prompted, Resume};

use super::{SubmitError, Submitter, replay};

/// The kernel's `MAX_ARG_STRLEN`: 32 pages for one word, with the byte that ends it.
const LONGEST_WORD: usize = 32 * 4096 - 1;

/// What an agent is started for.
#[derive(Debug, Clone)]
pub enum Task {
    /// To judge: read only.
    Gate,
    /// To work.
    Work,
    /// To work on, in a session it left.
    Continue(Resume),
}

impl Task {
    fn purpose(&self) -> Purpose<'_> {
        match self {
            Self::Gate => Purpose::Gate,
            Self::Work => Purpose::Run,
            Self::Continue(resume) => Purpose::Resume {
                session: &resume.session_id,
            },
        }
    }
}

/// A configured agent as it is now.
pub fn spec_of(
    submitter: &Submitter,
    config: &Config,
    agent: &Agent,
    cwd: &Path,
    task: Task,
) -> Result<AgentSpec, SubmitError> {
    let (argv, adapter, prompt) = match &agent.kind {
        Kind::Cli(adapter) => {
            let profile = config.profiles.of(*adapter);
            let mut argv = agent.command(profile, task.purpose())?;
            let prompt = prompted(agent, *adapter, &profile.prompt, &mut argv);
            (argv, *adapter, prompt)
        }
        Kind::Replay(recording) => {
            let (argv, adapter) = replay::replay(&submitter.synodd, &agent.name, recording)?;
            (argv, adapter, Prompted::Stdin)
        }
    };
    check_words(&argv)?;
    let limits = &agent.limits;
    Ok(AgentSpec {
        provider: agent.provider.clone(),
        family: agent.family().to_owned(),
        timeout: Some(agent.timeout),
        output_limit: limits.output_bytes.or(Some(config.limits.output_bytes)),
        grace: config.limits.grace,
        adapter,
        model: agent.model.clone(),
        bounds: Bounds {
            steps: limits.steps,
            tokens: limits.tokens,
            cost: limits.cost,
        },
        first_byte: agent.first_byte,
        permits: agent.permissions.clone(),
        mode: agent.mode.clone(),
        resume: match task {
            Task::Gate | Task::Work => None,
            Task::Continue(resume) => Some(resume),
        },
        prices: config.prices.clone(),
        prompt,
        ..AgentSpec::program(
            &agent.name,
            argv,
            agent.cwd.clone().unwrap_or_else(|| cwd.to_path_buf()),
        )
    })
}

/// How the prompt gets to it: as its own argv says, else as its profile does.
fn prompted(
    agent: &Agent,
    adapter: Adapter,
    transport: &PromptTransport,
    argv: &mut Vec<String>,
) -> Prompted {
    if adapter == Adapter::Acp {
        // It is spoken to.
        return Prompted::Stdin;
    }
    if argv.iter().any(|word| word == Prompted::PLACEHOLDER) {
        return Prompted::File;
    }
    match (&agent.program, transport) {
        (Program::Own(_), _) | (_, PromptTransport::Stdin) => Prompted::Stdin,
        (Program::Profile | Program::OwnWithFlags(_), PromptTransport::File { flag }) => {
            argv.extend([flag.clone(), Prompted::PLACEHOLDER.to_owned()]);
            Prompted::File
        }
        (Program::Profile | Program::OwnWithFlags(_), PromptTransport::Argv) => Prompted::Argv,
    }
}

/// Whether this agent can be given this prompt.
pub fn check_prompt(
    config: &Config,
    agent: &Agent,
    spec: &AgentSpec,
    prompt: &[u8],
) -> Result<(), SubmitError> {
    let told = || (agent.name.clone(), agent.kind.as_str());
    let text = String::from_utf8_lossy(prompt);
    let admitted = config.profiles.of(spec.adapter).admits(&text);
    admitted.map_err(|source| {
        let (agent, adapter) = told();
        SubmitError::PromptTooLong {
            agent,
            adapter,
            source,
        }
    })?;
    let refuse = |found: String| {
        let (agent, adapter) = told();
        Err(SubmitError::PromptAsWord {
            agent,
            adapter,
            found,
        })
    };
    match spec.prompt {
        Prompted::Argv if prompt.len() > LONGEST_WORD => {
            refuse(format!("one of {} bytes", prompt.len()))
        }
        Prompted::Argv if prompt.contains(&0) => refuse("one with a NUL byte".to_owned()),
        Prompted::Argv if std::str::from_utf8(prompt).is_err() => {
            refuse("one that is not UTF-8".to_owned())
        }
        Prompted::Stdin | Prompted::File | Prompted::Argv => Ok(()),
    }
}

/// A word that the kernel would refuse, and then with a sentence that names no word.
fn check_words(argv: &[String]) -> Result<(), SubmitError> {
    match argv.iter().position(|word| word.len() > LONGEST_WORD) {
        None => Ok(()),
        Some(at) => Err(SubmitError::CommandLine {
            found: format!(
                "{} bytes in word {}: the kernel takes {LONGEST_WORD} in one word; give them on standard input",
                argv.get(at).map_or(0, String::len),
                at + 1
            ),
        }),
    }
}
