//! Who is asked in the end: the agents a submission names, or the gate's own, as configured now.
//! What the rule-based reviewers cannot answer is refused here, before anything is started.

use synod_consensus::Shape;

use crate::agent::{Agent, RULES_FAMILY};
use crate::config::{Config, RosterError};
use crate::gate::GateDef;

impl GateDef {
    /// The agents of one submission: `named` (agents or rosters of the configuration) if it names
    /// any, else the gate's own.
    pub fn asked<'c>(
        &self,
        config: &'c Config,
        named: &[String],
    ) -> Result<Vec<&'c Agent>, RosterError> {
        let roster = if !named.is_empty() {
            config.roster(named)?
        } else if self.roster.is_empty() {
            return Err(RosterError::NobodyNamed {
                gate: self.name.clone(),
                example: example(config),
            });
        } else {
            config.roster(self.roster_names())?
        };
        match roster.iter().find(|agent| self.is_beyond(agent)) {
            Some(agent) => Err(RosterError::BeyondRules {
                agent: agent.name.clone(),
                gate: self.name.clone(),
                list: self.answers.word(),
                example: example(config),
            }),
            None => Ok(roster),
        }
    }

    /// The gate's arbiter, if it has one.
    pub fn arbiter_of<'c>(&self, config: &'c Config) -> Result<Option<&'c Agent>, RosterError> {
        let Some(name) = &self.arbiter else {
            return Ok(None);
        };
        let agent = config.agent(name)?;
        if agent.family() == RULES_FAMILY {
            return Err(RosterError::RuleAsArbiter {
                agent: agent.name.clone(),
                gate: self.name.clone(),
            });
        }
        Ok(Some(agent))
    }

    /// Rules know findings in documents and nothing else.
    fn is_beyond(&self, agent: &Agent) -> bool {
        match self.answers {
            Shape::Findings => false,
            Shape::Checks | Shape::Remarks => agent.family() == RULES_FAMILY,
        }
    }
}

/// What to write after `--roster`, with the names that are configured.
fn example(config: &Config) -> String {
    let models = config
        .agents
        .values()
        .filter(|agent| agent.family() != RULES_FAMILY)
        .map(|agent| agent.name.as_str());
    let names: Vec<&str> = config
        .rosters
        .keys()
        .map(String::as_str)
        .chain(models)
        .collect();
    match names.first() {
        Some(first) => format!(
            "name some with --roster, such as --roster {first} (configured: {})",
            names.join(", ")
        ),
        None => "none is configured yet: run `synod init`, then name some with --roster".to_owned(),
    }
}
