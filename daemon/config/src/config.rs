//! `config.toml` as a whole: limits, providers, agents, and the roster a submission names.
//! It finds no file by itself (paths follow XDG elsewhere) and watches none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::agent::{Agent, BUILTIN};
use crate::document::{Problems, Section, read_document};
use crate::error::{ConfigError, did_you_mean};
use crate::limits::Limits;
use crate::near::nearest;
use crate::provider::Provider;
use crate::text_file::{Limit, ReadFault, read_text};

/// Far more than anyone writes by hand; it keeps a wrong path from filling the memory.
const CONFIG_LIMIT: Limit = Limit {
    bytes: 1 << 20,
    advice: "check that this is the configuration",
};

/// Everything that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How much one daemon takes on.
    pub limits: Limits,
    /// Providers with a section of their own; [`Config::provider`] knows the others too.
    pub providers: BTreeMap<String, Provider>,
    /// All agents by name, the built-in ones among them.
    pub agents: BTreeMap<String, Agent>,
}

impl Config {
    /// `tui` is the terminal UI's own: it reads and checks it itself.
    const KEYS: [&str; 4] = ["agents", "limits", "providers", "tui"];

    /// Reads the file; a missing one is the default configuration. `synodd` is the daemon's own
    /// binary, which the built-in agents are run from.
    pub fn load(path: &Path, synodd: &Path) -> Result<Config, ConfigError> {
        match read_text(path, CONFIG_LIMIT) {
            Ok(text) => Config::parse(path, &text, synodd),
            Err(error) if error.fault == ReadFault::Missing => Ok(Config::defaults(synodd)),
            Err(error) => Err(ConfigError::Unreadable(error)),
        }
    }

    /// Reads `text`; `file` is only named in messages.
    pub fn parse(file: &Path, text: &str, synodd: &Path) -> Result<Config, ConfigError> {
        read_document(file, text, |root, problems| {
            Config::read(root, synodd, problems)
        })
    }

    /// What holds without a file.
    pub fn defaults(synodd: &Path) -> Config {
        // A path that is not UTF-8 cannot be an argument here; what is lost is the built-in
        // agents' start, which then names the path it tried.
        let synodd = synodd.to_string_lossy();
        let agents = BUILTIN
            .iter()
            .map(|name| ((*name).to_owned(), Agent::builtin(name, &synodd)));
        Config {
            limits: Limits::default(),
            providers: BTreeMap::new(),
            agents: agents.collect(),
        }
    }

    fn read(root: &Section<'_, '_>, synodd: &Path, problems: &mut Problems<'_>) -> Config {
        root.only(&Self::KEYS, problems);
        let mut config = Config::defaults(synodd);
        if let Some(section) = root.section("limits", problems) {
            config.limits = Limits::read(&section, problems);
        }
        if let Some(providers) = root.section("providers", problems) {
            for (name, section) in providers.sections(problems) {
                crate::agent::check_name(name, "a provider", problems);
                let provider = Provider::read(name.value, &section, problems);
                config.providers.insert(name.value.to_owned(), provider);
            }
        }
        if let Some(agents) = root.section("agents", problems) {
            for (name, section) in agents.sections(problems) {
                if let Some(agent) = Agent::read(name, &section, problems) {
                    config.agents.insert(agent.name.clone(), agent);
                }
            }
        }
        config
    }

    /// The provider of this name, configured or by default.
    pub fn provider(&self, name: &str) -> Provider {
        self.providers
            .get(name)
            .cloned()
            .unwrap_or_else(|| Provider::default_for(name))
    }

    /// The agents a newcomer starts with: the three rule-based reviewers.
    pub fn default_roster(&self) -> Vec<&Agent> {
        BUILTIN
            .iter()
            .filter_map(|name| self.agents.get(*name))
            .collect()
    }

    /// One agent by name.
    pub fn agent(&self, name: &str) -> Result<&Agent, RosterError> {
        self.agents.get(name).ok_or_else(|| RosterError::Unknown {
            found: name.to_owned(),
            suggestion: nearest(name, self.agents.keys().map(String::as_str)),
            known: self.agents.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    /// The agents of these names, in their order; each at most once, at least one.
    pub fn roster(
        &self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Vec<&Agent>, RosterError> {
        let mut seen = BTreeSet::new();
        let mut roster = Vec::new();
        for name in names {
            let agent = self.agent(name.as_ref())?;
            if !seen.insert(agent.name.as_str()) {
                return Err(RosterError::Twice {
                    name: agent.name.clone(),
                });
            }
            roster.push(agent);
        }
        if roster.is_empty() {
            return Err(RosterError::Empty);
        }
        Ok(roster)
    }
}

/// Why a list of agents cannot be a roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// No agent has this name.
    #[error("unknown agent {found:?}; {}known agents: {known}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// As given.
        found: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
    /// One agent would have two votes.
    #[error("agent {name:?} is named twice in the roster; name each agent once")]
    Twice {
        /// The agent.
        name: String,
    },
    /// Nobody.
    #[error("the roster is empty; name at least one agent")]
    Empty,
}

impl RosterError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            RosterError::Unknown { .. } => "unknown-agent",
            RosterError::Twice { .. } => "agent-twice",
            RosterError::Empty => "empty-roster",
        }
    }
}
