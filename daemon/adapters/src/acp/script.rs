//! What is to be said in which order: initialise, session, mode, prompt. Permissions and other requests of the agent
//! are in [`requests`](super::requests).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use synod_shared::sanitize;

use super::{
    END, Load, Over, Setup,
    bounds::{LONGEST_MESSAGE, LONGEST_SENTENCE, cut},
    line::Outcome,
    mode,
};

/// The version of the protocol that is spoken.
const PROTOCOL: u64 = 1;

/// Something of ours that may stand in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Initialize,
    Session,
    Mode,
    Prompt,
    Cancel,
    End,
}

impl Step {
    /// What a method in the journal stands for.
    pub(super) fn of(method: &str) -> Option<Self> {
        match method {
            "initialize" => Some(Self::Initialize),
            "session/new" | "session/load" => Some(Self::Session),
            "session/set_mode" | "session/set_config_option" => Some(Self::Mode),
            "session/prompt" => Some(Self::Prompt),
            "session/cancel" => Some(Self::Cancel),
            _ => None,
        }
    }

    /// The id of our request, as JSON. The reader knows an agent's replies by them.
    const fn id(self) -> Option<&'static str> {
        match self {
            Self::Initialize => Some("1"),
            Self::Session => Some("2"),
            Self::Prompt => Some("3"),
            Self::Mode => Some("4"),
            Self::Cancel | Self::End => None,
        }
    }
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    Say(Step),
    /// The agent's turn.
    Wait,
    Over(Over),
}

/// What stands in the journal and what the agent replied, measured against what is wanted.
#[derive(Debug, Clone)]
pub(super) struct Script {
    setup: Setup,
    sent: BTreeSet<Step>,
    replies: BTreeMap<Step, Result<Value, String>>,
    wished_away: bool,
}

impl Script {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            setup,
            sent: BTreeSet::new(),
            replies: BTreeMap::new(),
            wished_away: false,
        }
    }

    pub(super) fn sent(&mut self, step: Step) {
        self.sent.insert(step);
    }

    pub(super) fn has_sent(&self, step: Step) -> bool {
        self.sent.contains(&step)
    }

    /// The first reply to each request counts.
    pub(super) fn replied(&mut self, id: &str, outcome: Outcome) {
        let step = [Step::Initialize, Step::Session, Step::Mode, Step::Prompt]
            .into_iter()
            .find(|step| step.id() == Some(id));
        if let Some(step) = step {
            self.replies.entry(step).or_insert_with(|| match outcome {
                Outcome::Result(value) => Ok(value),
                Outcome::Error { code, message } => {
                    let message = cut(&message, LONGEST_MESSAGE);
                    Err(format!("{message} (error {code})"))
                }
            });
        }
    }

    pub(super) fn cancel(&mut self) {
        self.wished_away = true;
    }

    /// Also if only the journal says so.
    pub(super) fn is_cancelled(&self) -> bool {
        self.wished_away || self.has_sent(Step::Cancel)
    }

    /// What is due, from the facts alone.
    pub(super) fn stage(&self) -> Stage {
        self.due().unwrap_or_else(|sentence| {
            // It holds what the agent said, and is stored.
            Stage::Over(Over::Never(sanitize::line(&sentence, LONGEST_SENTENCE)))
        })
    }

    fn due(&self) -> Result<Stage, String> {
        if let Some(stage) = self.before(Step::Initialize)? {
            return Ok(stage);
        }
        self.check_initialized()?;
        if let Some(stage) = self.before(Step::Session)? {
            return Ok(stage);
        }
        self.session()?;
        if self.mode()?.is_some()
            && let Some(stage) = self.before(Step::Mode)?
        {
            return Ok(stage);
        }
        Ok(if !self.has_sent(Step::Prompt) {
            self.unless_cancelled(Stage::Say(Step::Prompt))
        } else if self.replies.contains_key(&Step::Prompt) {
            Stage::Over(Over::Answered)
        } else if self.is_cancelled() && !self.has_sent(Step::Cancel) {
            Stage::Say(Step::Cancel)
        } else {
            Stage::Wait
        })
    }

    /// What is due as long as a step of the preparation is not done; nothing if it is.
    fn before(&self, step: Step) -> Result<Option<Stage>, String> {
        match self.replies.get(&step) {
            _ if !self.has_sent(step) => Ok(Some(self.unless_cancelled(Stage::Say(step)))),
            None => Ok(Some(self.unless_cancelled(Stage::Wait))),
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Err(format!(
                "the agent refused {}: {error}",
                self.method(step).unwrap_or_default()
            )),
        }
    }

    /// Before the prompt there is nothing to cancel in the agent.
    fn unless_cancelled(&self, stage: Stage) -> Stage {
        if self.is_cancelled() {
            Stage::Over(Over::Cancelled)
        } else {
            stage
        }
    }

    fn reply(&self, step: Step) -> &Value {
        const NOTHING: &Value = &Value::Null;
        self.replies
            .get(&step)
            .and_then(|reply| reply.as_ref().ok())
            .unwrap_or(NOTHING)
    }

    fn check_initialized(&self) -> Result<(), String> {
        let reply = self.reply(Step::Initialize);
        let version = &reply["protocolVersion"];
        if version.as_u64() != Some(PROTOCOL) {
            return Err(format!(
                "expected an agent that speaks version {PROTOCOL} of the Agent Client Protocol, found version {version}: use a release of it that does"
            ));
        }
        match &self.setup.load {
            Some(Load::Must(session)) if !self.can_load() => Err(format!(
                "expected an agent that can load session {session}, found one that cannot (no loadSession): start the work anew without it"
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn can_load(&self) -> bool {
        self.reply(Step::Initialize)["agentCapabilities"]["loadSession"] == Value::Bool(true)
    }

    /// The session that is loaded, if one is.
    fn loads(&self) -> Option<&String> {
        match &self.setup.load {
            Some(Load::Must(session)) => Some(session),
            Some(Load::IfAble(session)) => Some(session).filter(|_| self.can_load()),
            None => None,
        }
    }

    /// The session's id.
    fn session(&self) -> Result<&str, String> {
        match self.loads() {
            Some(session) => Ok(session),
            None => self.reply(Step::Session)["sessionId"].as_str().ok_or_else(|| {
                "expected a sessionId in the agent's answer to session/new, found none: the agent does not keep to the protocol".to_owned()
            }),
        }
    }

    fn mode(&self) -> Result<Option<mode::Setting<'_>>, String> {
        mode::setting(&self.setup.mode, self.reply(Step::Session))
    }

    fn method(&self, step: Step) -> Option<&'static str> {
        match step {
            Step::Initialize => Some("initialize"),
            Step::Session if self.loads().is_some() => Some("session/load"),
            Step::Session => Some("session/new"),
            Step::Mode => Some(match self.mode() {
                Ok(Some(mode::Setting::Option { .. })) => "session/set_config_option",
                Ok(Some(mode::Setting::Mode(_)) | None) | Err(_) => "session/set_mode",
            }),
            Step::Prompt => Some("session/prompt"),
            Step::Cancel => Some("session/cancel"),
            Step::End => None,
        }
    }

    fn params(&self, step: Step) -> Value {
        let session = self.session().unwrap_or_default();
        match step {
            Step::Initialize => json!({
                "protocolVersion": PROTOCOL,
                "clientCapabilities": {
                    "fs": { "readTextFile": false, "writeTextFile": false },
                    "terminal": false,
                },
                "clientInfo": { "name": "synod", "version": env!("CARGO_PKG_VERSION") },
            }),
            Step::Session => match self.loads() {
                None => json!({ "cwd": self.setup.cwd, "mcpServers": [] }),
                Some(load) => {
                    json!({ "sessionId": load, "cwd": self.setup.cwd, "mcpServers": [] })
                }
            },
            Step::Mode => match self.mode() {
                Ok(Some(mode::Setting::Mode(id))) => json!({ "sessionId": session, "modeId": id }),
                Ok(Some(mode::Setting::Option { id, value })) => {
                    json!({ "sessionId": session, "configId": id, "value": value })
                }
                Ok(None) | Err(_) => Value::Null,
            },
            Step::Prompt => json!({
                "sessionId": session,
                "prompt": [{ "type": "text", "text": self.setup.prompt }],
            }),
            Step::Cancel => json!({ "sessionId": session }),
            Step::End => Value::Null,
        }
    }

    /// The line that takes a step.
    pub(super) fn line(&self, step: Step) -> String {
        let Some(method) = self.method(step) else {
            return END.to_owned();
        };
        let params = self.params(step);
        match step.id() {
            Some(id) => {
                format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
            }
            None => format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#),
        }
    }
}
