//! What can be seen without starting anything: the program's place, the caller's variables, the words for both.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use synod_adapters::{Adapter, Profile, Purpose};
use synod_config::{Agent, Kind, Origin};
use synod_shim::{records::Outcome, shim::lookup};

use super::{
    Versions,
    version::{Question, Untold},
};
use crate::submit::environment;

/// What is known of an agent, or of a CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub name: String,
    pub adapter: &'static str,
    pub state: State,
    pub program: String,
    pub path: Option<PathBuf>,
    pub version: String,
    pub tested_version: String,
    pub variables: Vec<String>,
    pub problems: Vec<String>,
    pub hints: Vec<String>,
    pub model: String,
    pub provider: String,
    pub family: String,
    pub origin: &'static str,
}

/// Whether it can be expected to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// Its program, or something it needs, is not there.
    Missing,
    /// Its program is there and does not answer as it should.
    Broken,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Broken => "broken",
        }
    }
}

/// What was seen, and what is still to be asked.
#[derive(Debug)]
pub(super) struct Looked {
    pub probe: Probe,
    pub question: Option<Question>,
}

impl Probe {
    fn new(name: &str, adapter: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            adapter,
            state: State::Ok,
            program: String::new(),
            path: None,
            version: String::new(),
            tested_version: String::new(),
            variables: Vec::new(),
            problems: Vec::new(),
            hints: Vec::new(),
            model: String::new(),
            provider: String::new(),
            family: String::new(),
            origin: "",
        }
    }

    fn lacks(&mut self, problem: String) {
        self.state = State::Missing;
        self.problems.push(problem);
    }

    /// What its program said of itself.
    pub(super) fn with_version(mut self, answer: Option<&Result<String, Untold>>) -> Self {
        match answer {
            None => {}
            Some(Ok(version)) => {
                if !self.tested_version.is_empty() && *version != self.tested_version {
                    self.hints.push(format!(
                        "Synod was tested with {}; {version} may behave differently",
                        self.tested_version
                    ));
                }
                self.version.clone_from(version);
            }
            Some(Err(untold)) => {
                self.state = State::Broken;
                self.problems.push(untold.to_string());
            }
        }
        self
    }

    fn found(
        &mut self,
        program: &str,
        cwd: Option<&Path>,
        profile: &Profile,
        search: Option<&String>,
    ) {
        program.clone_into(&mut self.program);
        match place_of(program, cwd, search) {
            Place::Found(path) => self.path = Some(path),
            Place::Unknown => self.hints.push(format!(
                "{program} is relative to the folder it runs in, and is looked for when it starts"
            )),
            Place::Nowhere(why) => {
                self.lacks(why);
                if let Some(install) = &profile.install_hint {
                    self.hints.push(format!("install it: {install}"));
                }
            }
        }
    }

    fn sees(&mut self, profile: &Profile, caller: &BTreeMap<String, String>) {
        self.variables = caller
            .keys()
            .filter(|name| profile.hands_on(name))
            .cloned()
            .collect();
        let key = |name: &String| ["KEY", "TOKEN"].iter().any(|word| name.contains(word));
        if let (Some(hint), false) = (&profile.login_hint, self.variables.iter().any(key)) {
            self.hints.push(format!("if it is not logged in: {hint}"));
        }
    }
}

/// A CLI as its profile has it.
pub(super) fn at_cli(
    adapter: Adapter,
    profile: &Profile,
    caller: &BTreeMap<String, String>,
    versions: Versions,
) -> Looked {
    let mut probe = Probe::new(adapter.as_str(), adapter.as_str());
    probe.provider = profile.provider.clone().unwrap_or_default();
    probe.family = profile.family.clone().unwrap_or_default();
    probe.found(&profile.program, None, profile, caller.get("PATH"));
    probe.sees(profile, caller);
    let version = profile.version.as_ref();
    let argv = version.map(|version| {
        let mut argv = vec![profile.program.clone()];
        argv.extend_from_slice(&version.argv);
        argv
    });
    let env = environment::allowed(Some(profile), caller);
    asked(probe, profile, argv, env, versions)
}

/// An agent as it is configured.
pub(super) fn at_agent(
    agent: &Agent,
    profile: Option<&Profile>,
    caller: &BTreeMap<String, String>,
    versions: Versions,
) -> Looked {
    let mut probe = Probe::new(&agent.name, agent.kind.as_str());
    probe.model = agent.model.clone().unwrap_or_default();
    probe.provider.clone_from(&agent.provider);
    agent.family().clone_into(&mut probe.family);
    probe.origin = match agent.origin {
        Origin::Builtin => "builtin",
        Origin::User => "user",
    };
    if let Kind::Replay(recording) = &agent.kind {
        probe.program = recording.path.display().to_string();
        if recording.path.is_file() {
            probe.path = Some(recording.path.clone());
        } else {
            probe.lacks(format!(
                "the recording {} is not there",
                recording.path.display()
            ));
        }
    }
    let Some(profile) = profile else {
        return Looked {
            probe,
            question: None,
        };
    };
    let program = agent.program_name(profile);
    probe.found(program, agent.cwd.as_deref(), profile, caller.get("PATH"));
    match agent.origin {
        Origin::User => probe.sees(profile, caller),
        // It is part of the program and needs nothing.
        Origin::Builtin => {}
    }
    if let Some(cwd) = agent.cwd.as_ref().filter(|cwd| !cwd.is_dir()) {
        probe.lacks(format!("its folder {} is not there", cwd.display()));
    }
    for name in agent.env.iter().filter(|name| !caller.contains_key(*name)) {
        probe.lacks(format!(
            "it needs the variable {name}, which is not set here"
        ));
    }
    // Purposes differ in what gates take away, which no version needs.
    let env = environment::for_agent(agent, Some(profile), Purpose::Run, caller)
        .unwrap_or_else(|_| environment::allowed(Some(profile), caller));
    asked(
        probe,
        profile,
        agent.version_command(profile),
        env,
        versions,
    )
}

fn asked(
    mut probe: Probe,
    profile: &Profile,
    argv: Option<Vec<String>>,
    env: BTreeMap<String, String>,
    versions: Versions,
) -> Looked {
    if let (Some(version), Some(_)) = (&profile.version, &argv) {
        probe.tested_version.clone_from(&version.tested);
    }
    let question = match (versions, &probe.path, argv) {
        (Versions::Within(limit), Some(_), Some(argv)) => Some(Question { argv, env, limit }),
        _ => None,
    };
    Looked { probe, question }
}

enum Place {
    Found(PathBuf),
    /// That depends on where a run is submitted.
    Unknown,
    Nowhere(String),
}

/// Where a start would find the program: the shim's own rules, for showing only. The start looks again.
fn place_of(program: &str, cwd: Option<&Path>, search: Option<&String>) -> Place {
    let relative = program.contains('/') && !Path::new(program).is_absolute();
    let cwd = match cwd {
        Some(cwd) if cwd.is_dir() => cwd,
        // Said elsewhere.
        Some(_) | None if relative => return Place::Unknown,
        Some(_) | None => Path::new("/"),
    };
    match lookup::find(program, cwd, search.map(Into::into)) {
        Ok(path) => {
            let path = cwd.join(path);
            match rustix::fs::access(&path, rustix::fs::Access::EXEC_OK) {
                Ok(()) if path.is_file() => Place::Found(path),
                Ok(()) => Place::Nowhere(format!("{} is no file", path.display())),
                Err(error) => Place::Nowhere(format!(
                    "{} cannot be executed: {}",
                    path.display(),
                    std::io::Error::from(error)
                )),
            }
        }
        Err(Outcome::SpawnFailed { path, message, .. }) => {
            Place::Nowhere(format!("{path}: {message}"))
        }
        Err(_) => Place::Nowhere(format!("{program} cannot be looked for")),
    }
}
