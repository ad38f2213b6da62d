//! `config.toml` as a whole: limits, providers, agents, and the roster a submission names.
//! It finds no file by itself (paths follow XDG elsewhere) and watches none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use synod_adapters::{Prices, Profile};

use crate::agent::{Agent, BUILTIN};
use crate::document::{Problems, Section, read_document};
use crate::error::{ConfigError, did_you_mean};
use crate::limits::Limits;
use crate::near::nearest;
use crate::profiles::Profiles;
use crate::provider::Provider;
use crate::retention::Retention;
use crate::rosters;
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
    /// Names for lists of agents; none has the name of an agent.
    pub rosters: BTreeMap<String, Vec<String>>,
    /// What tokens cost.
    pub prices: Prices,
    /// How long what is left behind is kept.
    pub retention: Retention,
    /// How each kind of CLI is started.
    pub profiles: Profiles,
}

impl Config {
    /// `tui` is the terminal UI's own: it reads and checks it itself.
    const KEYS: [&str; 7] = [
        "agents",
        "limits",
        "prices",
        "providers",
        "retention",
        "rosters",
        "tui",
    ];

    /// Reads the file, and profiles beside it; a missing one is the default configuration. `synodd` is the daemon's own
    /// binary, which the built-in agents are run from.
    pub fn load(path: &Path, synodd: &Path) -> Result<Config, ConfigError> {
        let profiles = match path.parent() {
            Some(folder) => Profiles::load(&folder.join("profiles"))?,
            None => Profiles::default(),
        };
        match read_text(path, CONFIG_LIMIT) {
            Ok(text) => Config::parse_with(path, &text, synodd, profiles),
            Err(error) if error.fault == ReadFault::Missing => Ok(Config {
                profiles,
                ..Config::defaults(synodd)
            }),
            Err(error) => Err(ConfigError::Unreadable(error)),
        }
    }

    /// Reads `text`, with the profiles that ship with the program; `file` is only named in messages.
    pub fn parse(file: &Path, text: &str, synodd: &Path) -> Result<Config, ConfigError> {
        Config::parse_with(file, text, synodd, Profiles::default())
    }

    /// As [`Config::parse`], with these profiles.
    pub fn parse_with(
        file: &Path,
        text: &str,
        synodd: &Path,
        profiles: Profiles,
    ) -> Result<Config, ConfigError> {
        read_document(file, text, |root, problems| {
            Config::read(root, synodd, profiles, problems)
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
            rosters: BTreeMap::new(),
            prices: Prices::default(),
            retention: Retention::default(),
            profiles: Profiles::default(),
        }
    }

    fn read(
        root: &Section<'_, '_>,
        synodd: &Path,
        profiles: Profiles,
        problems: &mut Problems<'_>,
    ) -> Config {
        root.only(&Self::KEYS, problems);
        let mut config = Config {
            profiles,
            ..Config::defaults(synodd)
        };
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
        if let Some(prices) = root.section("prices", problems) {
            config.prices = crate::prices::read(&prices, problems);
        }
        if let Some(retention) = root.section("retention", problems) {
            config.retention = Retention::read(&retention, problems);
        }
        let mut broken = BTreeSet::new();
        if let Some(agents) = root.section("agents", problems) {
            for (name, section) in agents.sections(problems) {
                match Agent::read(name, &section, &config.profiles, problems) {
                    Some(agent) => drop(config.agents.insert(agent.name.clone(), agent)),
                    None => drop(broken.insert(name.value.to_owned())),
                }
            }
        }
        if let Some(rosters) = root.section("rosters", problems) {
            config.rosters = rosters::read(&rosters, &config.agents, &broken, problems);
        }
        config
    }

    /// How an agent's CLI is started; `None` for one that plays a recording.
    pub fn profile(&self, agent: &Agent) -> Option<&Profile> {
        agent
            .kind
            .adapter()
            .map(|adapter| self.profiles.of(adapter))
    }

    /// The provider of this name, configured or by default.
    pub fn provider(&self, name: &str) -> Provider {
        self.providers
            .get(name)
            .cloned()
            .unwrap_or_else(|| Provider::default_for(name))
    }

    /// One agent by name.
    pub fn agent(&self, name: &str) -> Result<&Agent, RosterError> {
        self.agents.get(name).ok_or_else(|| RosterError::Unknown {
            found: name.to_owned(),
            suggestion: nearest(
                name,
                self.agents
                    .keys()
                    .chain(self.rosters.keys())
                    .map(String::as_str),
            ),
            known: self.known(),
        })
    }

    /// Whom a roster may name.
    fn known(&self) -> String {
        let list = |names: Vec<&str>| names.join(", ");
        let mut known = list(self.agents.keys().map(String::as_str).collect());
        if !self.rosters.is_empty() {
            known.push_str("; known rosters: ");
            known.push_str(&list(self.rosters.keys().map(String::as_str).collect()));
        }
        known
    }

    /// The agents of these names, in their order; a roster's name stands for its agents. Each at most
    /// once, at least one.
    pub fn roster(
        &self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Vec<&Agent>, RosterError> {
        let mut seen = BTreeSet::new();
        let mut roster = Vec::new();
        let names: Vec<_> = names.into_iter().collect();
        let expanded = names.iter().flat_map(|name| {
            let name = name.as_ref();
            let roster = self.rosters.get(name).map(Vec::as_slice);
            let itself = roster.is_none().then_some(name);
            let members = roster.unwrap_or_default().iter().map(String::as_str);
            itself.into_iter().chain(members)
        });
        for name in expanded {
            let agent = self.agent(name)?;
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
    /// A gate that names nobody, submitted without a roster.
    #[error("the gate {gate} asks whom the submission names, and it names nobody; {example}")]
    NobodyNamed {
        /// The gate.
        gate: String,
        /// What to do, with the names there are.
        example: String,
    },
    /// A reviewer by rules, asked what only a model can answer.
    #[error(
        "agent {agent:?} works by rules and gives no {list}; the gate {gate} needs models: {example}"
    )]
    BeyondRules {
        /// The agent.
        agent: String,
        /// The gate.
        gate: String,
        /// What its answers are a list of.
        list: &'static str,
        /// What to do, with the names there are.
        example: String,
    },
    /// A reviewer by rules cannot rule on what others say.
    #[error(
        "the gate {gate} has agent {agent:?} as its arbiter, which works by rules; name an agent with a model"
    )]
    RuleAsArbiter {
        /// The agent.
        agent: String,
        /// The gate.
        gate: String,
    },
}

impl RosterError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            RosterError::Unknown { .. } => "unknown-agent",
            RosterError::Twice { .. } => "agent-twice",
            RosterError::Empty | RosterError::NobodyNamed { .. } => "empty-roster",
            RosterError::BeyondRules { .. } => "needs-models",
            RosterError::RuleAsArbiter { .. } => "rule-as-arbiter",
        }
    }
}
