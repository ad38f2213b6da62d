//! An agent of the Agent Client Protocol, spoken to over standard input and output: it answers what a client
//! asks for and remembers whose turn it is. What it says within a turn is the script's business.

use std::{
    collections::BTreeMap,
    io::BufRead as _,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel},
    thread,
    time::Instant,
};

use serde_json::{Value, json};

use crate::{
    PlayError, act,
    voice::{Asked, Facts, permission_request},
};

/// What it does wrong, or differently, because the script says so. All of it before the first turn.
#[derive(Debug, Default)]
pub struct Habits {
    /// Every line it receives is appended to this file, as it comes.
    pub log: Option<PathBuf>,
    pub on_cancel: OnCancel,
    pub at_end_of_script: AtEndOfScript,
    pub after_eof: AfterEof,
    pub asks: Asks,
    pub modes: Modes,
    /// By method: the error it answers with.
    pub refuses: BTreeMap<String, (i64, String)>,
    /// What an earlier turn said: told again when a session is loaded.
    pub remembers: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum OnCancel {
    #[default]
    EndsTurn,
    GoesOn,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum AtEndOfScript {
    #[default]
    EndsTurn,
    LeavesTurnOpen,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum AfterEof {
    #[default]
    Ends,
    Stays,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    #[default]
    Once,
    /// The same request, with the same id, two times.
    Twice,
}

/// The session modes it offers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Modes {
    #[default]
    Usual,
    /// By their ids, the one it begins in first; it has no modes if there are none.
    These(Vec<String>),
}

impl Modes {
    fn to_json(&self) -> Value {
        match self {
            Self::Usual => modes(),
            Self::These(ids) => match ids.first() {
                None => Value::Null,
                Some(first) => {
                    let modes: Vec<Value> =
                        ids.iter().map(|id| json!({"id": id, "name": id})).collect();
                    json!({"availableModes": modes, "currentModeId": first})
                }
            },
        }
    }
}

/// What came in that the script has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A turn begins.
    Prompt,
    Cancel,
    /// The option that was chosen; none: the turn was cancelled.
    Answer(Option<String>),
    /// The client has closed our input.
    Eof,
    /// Nothing yet.
    Silence,
}

/// How a permission was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Allowed,
    Rejected,
}

/// The agent's side of the conversation.
#[derive(Debug, Default)]
pub struct Conversation {
    pub habits: Habits,
    /// None before anybody listens.
    lines: Option<Receiver<String>>,
    /// The request that the turn answers.
    turn: Option<Value>,
    /// The permission that is waited for.
    asked: Option<Value>,
    requests: u64,
    eof: bool,
}

impl Conversation {
    /// Whether settings come too late.
    pub fn has_begun(&self) -> bool {
        self.lines.is_some()
    }

    pub fn in_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// Answers what comes in until something does that the script has to do with, or until then.
    pub fn hear(&mut self, facts: &mut Facts, until: Option<Instant>) -> Result<Heard, PlayError> {
        loop {
            let Some(line) = self.line(until) else {
                return Ok(if self.eof { Heard::Eof } else { Heard::Silence });
            };
            match self.take(&line, facts)? {
                Heard::Silence => {}
                heard => return Ok(heard),
            }
        }
    }

    /// The next line, if there is one by then. None for ever after the end.
    fn line(&mut self, until: Option<Instant>) -> Option<String> {
        if self.eof {
            return None;
        }
        let log = self.habits.log.take();
        let lines = self.lines.get_or_insert_with(|| listen(log));
        let outcome = match until {
            None => lines.recv().map_err(|_| TryRecvError::Disconnected),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                lines.recv_timeout(left).map_err(|error| match error {
                    RecvTimeoutError::Timeout => TryRecvError::Empty,
                    RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                })
            }
        };
        match outcome {
            Ok(line) => Some(line),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.eof = true;
                None
            }
        }
    }

    fn take(&mut self, line: &str, facts: &mut Facts) -> Result<Heard, PlayError> {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            let error = json!({"code": -32700, "message": "Parse error"});
            send(&json!({"jsonrpc": "2.0", "id": null, "error": error}))?;
            return Ok(Heard::Silence);
        };
        let id = &message["id"];
        let Some(method) = message["method"].as_str() else {
            return Ok(self.answer(&message));
        };
        if id.is_null() {
            let cancelled =
                method == "session/cancel" && self.habits.on_cancel == OnCancel::EndsTurn;
            return Ok(if cancelled {
                Heard::Cancel
            } else {
                Heard::Silence
            });
        }
        if let Some((code, text)) = self.habits.refuses.get(method) {
            reply(id, json!({"error": {"code": code, "message": text}}))?;
            return Ok(Heard::Silence);
        }
        self.request(id, method, &message["params"], facts)
    }

    fn request(
        &mut self,
        id: &Value,
        method: &str,
        params: &Value,
        facts: &mut Facts,
    ) -> Result<Heard, PlayError> {
        match method {
            "initialize" => reply(id, json!({"result": initialized()}))?,
            "session/new" => {
                let result =
                    json!({"sessionId": facts.session, "modes": self.habits.modes.to_json()});
                reply(id, json!({"result": result}))?;
            }
            "session/load" | "session/resume" => {
                if let Some(session) = params["sessionId"].as_str() {
                    session.clone_into(&mut facts.session);
                }
                if let Some(text) = &self.habits.remembers {
                    for update in remembered(&facts.session, text) {
                        send(&update)?;
                    }
                }
                reply(
                    id,
                    json!({"result": {"modes": self.habits.modes.to_json()}}),
                )?;
            }
            "session/set_mode" | "session/set_model" | "session/close" => {
                reply(id, json!({"result": {}}))?;
            }
            "session/prompt" if self.turn.is_some() => {
                let error = json!({"code": -32600, "message": "a turn is under way"});
                reply(id, json!({"error": error}))?;
            }
            "session/prompt" => {
                self.turn = Some(id.clone());
                facts.prompt = prompt_text(&params["prompt"]);
                return Ok(Heard::Prompt);
            }
            other => {
                let error = json!({
                    "code": -32601,
                    "message": format!("\"Method not found\": {other}"),
                    "data": {"method": other},
                });
                reply(id, json!({"error": error}))?;
            }
        }
        Ok(Heard::Silence)
    }

    /// An answer to what was asked. One that nobody waits for, a second one too, is passed over.
    fn answer(&mut self, message: &Value) -> Heard {
        if self.asked.as_ref() != Some(&message["id"]) {
            return Heard::Silence;
        }
        self.asked = None;
        let chosen = &message["result"]["outcome"]["optionId"];
        Heard::Answer(chosen.as_str().map(str::to_owned))
    }

    /// Asks to be allowed the call made last.
    pub fn ask(&mut self, facts: &Facts, asked: Asked<'_>) -> Result<(), PlayError> {
        let id = json!(self.requests);
        self.requests += 1;
        let request = permission_request(&id, facts, asked);
        send(&request)?;
        if self.habits.asks == Asks::Twice {
            send(&request)?;
        }
        self.asked = Some(id);
        Ok(())
    }

    /// Ends the turn with `outcome`: an object with `result` or `error`.
    pub fn end_turn(&mut self, outcome: Value) -> Result<(), PlayError> {
        self.asked = None;
        match self.turn.take() {
            Some(id) => reply(&id, outcome),
            None => Ok(()),
        }
    }
}

/// A thread that reads for as long as there is something: a turn may end because of what comes in the middle.
fn listen(log: Option<PathBuf>) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if let Some(log) = &log
                && let Err(error) = act::append(&log.to_string_lossy(), &line)
            {
                // The script goes on; whoever reads the log finds it short, and this on standard error.
                let _ = act::eprint(format!("fake-agent: {error}\n").as_bytes());
            }
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn send(message: &Value) -> Result<(), PlayError> {
    act::print(format!("{message}\n").as_bytes())
}

fn reply(id: &Value, outcome: Value) -> Result<(), PlayError> {
    let mut message = json!({"jsonrpc": "2.0", "id": id});
    if let Value::Object(outcome) = outcome {
        for (key, value) in outcome {
            message[key] = value;
        }
    }
    send(&message)
}

fn initialized() -> Value {
    json!({
        "protocolVersion": 1,
        "authMethods": [],
        "agentInfo": {"name": "fake-agent", "title": "Fake agent", "version": env!("CARGO_PKG_VERSION")},
        "agentCapabilities": {
            "loadSession": true,
            "promptCapabilities": {"image": false, "audio": false, "embeddedContext": true},
            "mcpCapabilities": {"http": false, "sse": false},
        },
    })
}

fn modes() -> Value {
    json!({
        "availableModes": [
            {"id": "default", "name": "Default", "description": "Prompts for approval"},
            {"id": "plan", "name": "Plan", "description": "Read-only mode"},
            {"id": "yolo", "name": "YOLO", "description": "Auto-approves all tools"},
        ],
        "currentModeId": "default",
    })
}

fn remembered(session: &str, text: &str) -> [Value; 2] {
    [
        ("user_message_chunk", "an earlier prompt"),
        ("agent_message_chunk", text),
    ]
    .map(|(kind, text)| {
        json!({
            "jsonrpc": "2.0",
            "method": "session/update",
            "params": {
                "sessionId": session,
                "update": {"sessionUpdate": kind, "content": {"type": "text", "text": text}},
            },
        })
    })
}

/// The text of all blocks that have one.
pub fn prompt_text(blocks: &Value) -> String {
    blocks
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|block| {
            block["text"]
                .as_str()
                .or_else(|| block["resource"]["text"].as_str())
        })
        .collect()
}
