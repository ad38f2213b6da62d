//! Single-agent runs: a command line, or a configured agent with a prompt; and either once more.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use synod_adapters::Purpose;
use synod_config::{Agent, Config, Isolation, Kind, Origin};
use synod_core::{
    entity::{AgentSpec, Execution, OrAnew, Resume, Run, Work},
    input::{Command, Configured, SpawnAgent},
    workspace::Workspace,
};
use synod_proto::v1;
use synod_shared::ids::{ExecutionId, RunId};
use synod_shim::dir::RunDir;

use super::{
    Ready, SubmitError, Submitter, environment,
    keep::Kept,
    spec::{Task, check_prompt, spec_of},
};
use crate::workspace::{Wish, WorkspaceError, go_on_in, plan};

/// The provider and the family of a command line that no configuration names.
const LOCAL: &str = "local";
/// Before the names of runs that only try an agent out: `probe/claude`, beside `run/claude`.
const PROBES: &str = "probe/";
/// The longest name of a run.
const LONGEST_NAME: usize = 64;

/// A session that an ended run left, to be gone on with.
#[derive(Debug)]
pub struct Left {
    pub resume: Resume,
    /// The agent as it was.
    pub agent: AgentSpec,
    pub run: Run,
}

/// Reads and checks a submission, and keeps its files.
pub fn agent(
    submitter: &Submitter,
    request: v1::SpawnAgentRequest,
    left: Option<Left>,
) -> Result<Ready, SubmitError> {
    let config = submitter.config()?;
    let caller: BTreeMap<String, String> = request.env.into_iter().collect();
    let cwd = match &left {
        // A session belongs to the folder it began in.
        Some(left) => working_directory(&left.agent.cwd.to_string_lossy())?,
        None => working_directory(&request.cwd)?,
    };
    let timeout = timeout(request.timeout)?;
    let work = request.work.ok_or(SubmitError::Absent {
        expected: "an agent with its prompt, or a command line",
    })?;
    let (run, execution) = (RunId::mint(), ExecutionId::mint());
    let said = Wish::parse(&request.isolation)?;
    let (spec, configured, input, subject, env, workspace) = match work {
        v1::spawn_agent_request::Work::Command(command) => {
            check_argv(&command.argv)?;
            if left.is_some() {
                return Err(SubmitError::ContinuedCommand);
            }
            if said != Wish::Unsaid {
                return Err(WorkspaceError::OfCommand.into());
            }
            let subject = shell_like(&command.argv);
            let spec = command_spec(&config, command.argv, cwd, timeout);
            (
                spec,
                Configured::CommandLine,
                command.input,
                subject,
                environment::for_command(&caller),
                None,
            )
        }
        v1::spawn_agent_request::Work::Agent(prompt) => {
            let name = match &left {
                Some(left) if prompt.name.is_empty() => &left.agent.name,
                Some(_) | None => &prompt.name,
            };
            let agent = config.agent(name)?;
            if let Some(left) = &left {
                check_same(agent, left)?;
            }
            let subject = format!("agent {name}");
            let env = environment::for_agent(agent, config.profile(agent), Purpose::Run, &caller)?;
            let before = left.as_ref().and_then(|left| left.run.workspace.clone());
            let task = left.map_or(Task::Work, |left| Task::Continue(left.resume));
            let mut spec = spec_of(submitter, &config, agent, &cwd, task)?;
            check_prompt(&config, agent, &spec, &prompt.prompt)?;
            spec.timeout = timeout.or(spec.timeout);
            let workspace = match before {
                // Where it worked: its session knows that place, and its work is there.
                Some(_) if said != Wish::Unsaid => return Err(WorkspaceError::OfSession.into()),
                Some(before) => go_on_in(&before)?,
                None => {
                    let wish = wish(agent, said);
                    plan(&submitter.git, &submitter.paths, &spec.cwd, wish, run)?
                }
            };
            (
                spec,
                Configured::Agent,
                prompt.prompt,
                subject,
                env,
                Some(workspace),
            )
        }
    };
    let name = match request.name {
        name if name.is_empty() => base_name(&spec, configured),
        name => checked_name(name)?,
    };
    let mut kept = Kept::default();
    kept.environment(&submitter.paths, execution, &env)?;
    kept.prompt(&submitter.paths, execution, &input)?;
    kept.sync()?;
    let command = Command::SpawnAgent(Box::new(SpawnAgent {
        run,
        execution,
        request_id: request.request_id,
        name,
        subject,
        agent: spec,
        configured,
        workspace,
    }));
    Ok(Ready { command, kept })
}

/// Where work that has a session is done once more. None if it has none, or can do without when its place is gone.
fn place_of_session(
    before: &Workspace,
    resume: &mut Option<Resume>,
    run: RunId,
) -> Result<Option<Workspace>, SubmitError> {
    let Some(session) = resume else {
        return Ok(None);
    };
    session.run = run;
    match (go_on_in(before), session.or_anew) {
        (Ok(place), _) => Ok(Some(place)),
        (Err(error), OrAnew::Never) => Err(error.into()),
        (Err(_), OrAnew::IfItMust) => {
            *resume = None;
            Ok(None)
        }
    }
}

/// A session is of one agent, spoken to in one way.
fn check_same(agent: &synod_config::Agent, left: &Left) -> Result<(), SubmitError> {
    let adapter = agent.kind.adapter().unwrap_or_default();
    if agent.name == left.agent.name && adapter == left.agent.adapter {
        return Ok(());
    }
    Err(SubmitError::OtherAgent {
        run: left.run.name.clone(),
        expected: format!("{} ({})", left.agent.name, left.agent.adapter),
        found: format!("{} ({adapter})", agent.name),
    })
}

/// Where a configured agent is to work: what the caller says, then what its configuration says. What only reads,
/// by its nature, has nothing to keep apart.
fn wish(agent: &Agent, said: Wish) -> Wish {
    let reads_only = agent.origin == Origin::Builtin || matches!(agent.kind, Kind::Replay(_));
    match (said, agent.isolation) {
        (Wish::Unsaid, Some(Isolation::Worktree)) => Wish::Worktree,
        (Wish::Unsaid, Some(Isolation::Copy)) => Wish::Copy,
        (Wish::Unsaid, Some(Isolation::None)) => Wish::None,
        (Wish::Unsaid, None) if reads_only => Wish::None,
        (said, _) => said,
    }
}

/// What is to be run once more.
#[derive(Debug)]
pub struct Again {
    pub run: Run,
    pub execution: Execution,
    /// The attempt's directory, live or archived, for its prompt.
    pub dir: Option<RunDir>,
}

/// A retry: a single-agent run becomes a new run with the same work, a gate's seat a new execution.
pub fn again(
    submitter: &Submitter,
    request: v1::RetryAgentRequest,
    of: Again,
) -> Result<Ready, SubmitError> {
    let config = submitter.config()?;
    let caller: BTreeMap<String, String> = request.env.into_iter().collect();
    let mut spec = of.execution.agent.clone();
    let env = match (&of.run.work, config.agent(&spec.name)) {
        (Work::Command, _) => environment::for_command(&caller),
        (Work::Agent, agent) => {
            let agent = agent?;
            environment::for_agent(agent, config.profile(agent), Purpose::Run, &caller)?
        }
        (Work::Gate(_), agent) => {
            let agent = agent?;
            environment::for_agent(agent, config.profile(agent), Purpose::Gate, &caller)?
        }
    };
    let prompt = match &of.dir {
        Some(dir) => std::fs::read(dir.prompt()).map_err(|_| SubmitError::PromptGone {
            execution: of.execution.id.to_string(),
        })?,
        // Never started: its prompt is kept beside, unless there was none.
        None => match (
            &of.run.work,
            super::keep::prompt(&submitter.paths, of.execution.id, 1)?,
        ) {
            (Work::Agent | Work::Gate(_), prompt) if prompt.is_empty() => {
                return Err(SubmitError::PromptGone {
                    execution: of.execution.id.to_string(),
                });
            }
            (Work::Command | Work::Agent | Work::Gate(_), prompt) => prompt,
        },
    };
    let execution = ExecutionId::mint();
    let mut kept = Kept::default();
    kept.environment(&submitter.paths, execution, &env)?;
    kept.prompt(&submitter.paths, execution, &prompt)?;
    kept.sync()?;
    let configured = match of.run.work {
        Work::Gate(_) => {
            let command = Command::Replace {
                execution: of.execution.id,
                fresh: execution,
            };
            return Ok(Ready { command, kept });
        }
        Work::Command => Configured::CommandLine,
        Work::Agent => Configured::Agent,
    };
    let run = RunId::mint();
    let workspace = match &of.run.workspace {
        None => None,
        // A session is gone on with where it began, also a second time.
        Some(before)
            if let Some(place) = place_of_session(before, &mut spec.resume, of.run.id)? =>
        {
            Some(place)
        }
        Some(before) => {
            let wish = Wish::again(before);
            Some(plan(
                &submitter.git,
                &submitter.paths,
                &spec.cwd,
                wish,
                run,
            )?)
        }
    };
    let base = of
        .run
        .name
        .split_once('#')
        .map_or(of.run.name.as_str(), |(base, _)| base);
    let command = Command::SpawnAgent(Box::new(SpawnAgent {
        run,
        execution,
        request_id: request.request_id,
        name: base.to_owned(),
        subject: of.run.subject,
        agent: spec,
        configured,
        workspace,
    }));
    Ok(Ready { command, kept })
}

fn command_spec(
    config: &Config,
    argv: Vec<String>,
    cwd: PathBuf,
    timeout: Option<Duration>,
) -> AgentSpec {
    let name = argv
        .first()
        .map(|program| synod_shared::paths::stem(Path::new(program)))
        .unwrap_or_default();
    AgentSpec {
        provider: LOCAL.to_owned(),
        family: LOCAL.to_owned(),
        timeout,
        // A command line keeps what it prints, as much as there is room for.
        output_limit: None,
        grace: config.limits.grace,
        ..AgentSpec::program(&name, argv, cwd)
    }
}

/// The working directory: absolute, existing, a folder.
pub(super) fn working_directory(path: &str) -> Result<PathBuf, SubmitError> {
    let path = PathBuf::from(path);
    let wrong = |found: &str| SubmitError::WorkingDirectory {
        path: path.clone(),
        found: found.to_owned(),
    };
    if path.as_os_str().is_empty() {
        return Err(wrong("nothing"));
    }
    if !path.is_absolute() {
        return Err(wrong("a relative path"));
    }
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => Ok(path),
        Ok(_) => Err(wrong("no folder")),
        Err(error) => Err(wrong(&error.to_string())),
    }
}

fn timeout(of: Option<prost_types::Duration>) -> Result<Option<Duration>, SubmitError> {
    let Some(of) = of else { return Ok(None) };
    let found = format!("{}.{:09} s", of.seconds, of.nanos);
    match Duration::try_from(of) {
        Ok(limit) if !limit.is_zero() => Ok(Some(limit)),
        Ok(_) | Err(_) => Err(SubmitError::Timeout { found }),
    }
}

fn check_argv(argv: &[String]) -> Result<(), SubmitError> {
    match argv.first() {
        None => Err(SubmitError::CommandLine {
            found: "nothing".to_owned(),
        }),
        Some(program) if program.is_empty() => Err(SubmitError::CommandLine {
            found: "an empty program name".to_owned(),
        }),
        Some(_) => match argv.iter().position(|word| word.contains('\0')) {
            Some(at) => Err(SubmitError::CommandLine {
                found: format!("a NUL byte in word {}", at + 1),
            }),
            // One too long for the kernel is a failed start, as it is in a shell.
            None => Ok(()),
        },
    }
}

fn checked_name(name: String) -> Result<String, SubmitError> {
    let unfit = |c: char| c == '#' || c == '/' || c.is_whitespace() || c.is_control();
    let own = name.strip_prefix(PROBES).unwrap_or(&name);
    let length = own.chars().count();
    let could_be_an_id = own.parse::<RunId>().is_ok();
    if (1..=LONGEST_NAME).contains(&length) && !own.contains(unfit) && !could_be_an_id {
        Ok(name)
    } else {
        Err(SubmitError::Name { found: name })
    }
}

fn base_name(spec: &AgentSpec, configured: Configured) -> String {
    let safe: String = spec
        .name
        .chars()
        .map(|c| {
            if c == '#' || c == '/' || c.is_whitespace() || c.is_control() {
                '-'
            } else {
                c
            }
        })
        .take(LONGEST_NAME)
        .collect();
    match configured {
        Configured::CommandLine => format!("exec/{safe}"),
        Configured::Agent => format!("run/{safe}"),
    }
}

/// The command line as one would type it, for people only.
fn shell_like(argv: &[String]) -> String {
    let quote = |word: &String| {
        let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    argv.iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_taken_for_ids_or_paths_are_refused() {
        for name in [
            "",
            "a b",
            "x#2",
            "a/b",
            "probe/",
            "probe/a/b",
            &"0f".repeat(16),
            "\u{7}",
            &"x".repeat(65),
        ] {
            assert!(checked_name(name.to_owned()).is_err(), "{name}");
        }
        for name in ["build", "add", "cafe", "fix-42", "größe", "probe/claude"] {
            assert!(checked_name(name.to_owned()).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_command_line_is_shown_as_it_would_be_typed() {
        let argv = ["sh", "-c", "echo 'a b'", ""].map(str::to_owned);
        assert_eq!(shell_like(&argv), r"sh -c 'echo '\''a b'\''' ''");
    }
}
