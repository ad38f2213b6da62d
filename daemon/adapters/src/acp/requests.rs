//! What the agent asked, and what it is answered. A request is known by its id and, if an id is used again, by which
//! use it is: the n-th answer to an id in the journal belongs to the n-th request with it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Value, json};

use super::bounds::{Asked, Open};
use crate::{ChoiceKind, Permission, Ruling};

/// JSON-RPC's own codes, and the protocol's code for a request that was taken back.
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;
const REQUEST_CANCELLED: i32 = -32800;

/// What a request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Permission {
        permission: Permission,
        ruling: Ruling,
    },
    /// A permission that cannot be understood, or is too large.
    Unreadable { why: &'static str },
    /// A permission beyond all that people are asked for one attempt.
    Surplus,
    /// Files, terminals, whatever else: nothing of it is offered.
    Unoffered { method: String },
    /// The agent took it back.
    Withdrawn,
}

/// A request that is not answered yet.
#[derive(Debug, Clone)]
struct Request {
    id: String,
    /// Which use of its id it is, from 0.
    nth: usize,
    wanted: Wanted,
}

/// What is known of one id.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    came: usize,
    answered: usize,
    /// Of the last request's whole line.
    words: u64,
}

/// All requests of the agent. Only the unanswered ones are kept whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    /// In the agent's order. Answered from the front, mostly: so it is cheap to shorten there.
    waiting: VecDeque<Request>,
    uses: HashMap<String, Use>,
    asked: Asked,
}

impl Requests {
    pub(super) fn came(&mut self, id: &str, line: &[u8], wanted: Wanted) {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        let words = hasher.finish();
        let uses = self.uses.entry(id.to_owned()).or_default();
        if uses.came > 0 && uses.words == words {
            return;
        }
        let nth = uses.came;
        uses.came += 1;
        uses.words = words;
        let wanted = match wanted {
            Wanted::Permission {
                mut permission,
                ruling,
            } => {
                permission.request = name(id, nth);
                // All are counted, whether answered or not: what is surplus follows from the output alone.
                if ruling != Ruling::Ask || self.asked.takes(&permission) {
                    Wanted::Permission { permission, ruling }
                } else {
                    Wanted::Surplus
                }
            }
            other => other,
        };
        if nth >= uses.answered {
            self.waiting.push_back(Request {
                id: id.to_owned(),
                nth,
                wanted,
            });
        }
    }

    /// An answer to it stands in the journal.
    pub(super) fn answered(&mut self, id: &str) {
        let uses = self.uses.entry(id.to_owned()).or_default();
        let nth = uses.answered;
        uses.answered += 1;
        let answered = |request: &Request| request.nth == nth && request.id == id;
        if let Some(at) = self.waiting.iter().position(answered) {
            self.waiting.remove(at);
        }
    }

    pub(super) fn withdrawn(&mut self, params: Option<&Value>) {
        let Some(id) = params.map(|params| params["requestId"].to_string()) else {
            return;
        };
        if let Some(request) = self
            .waiting
            .iter_mut()
            .rev()
            .find(|request| request.id == id)
        {
            request.wanted = Wanted::Withdrawn;
        }
    }

    /// The answers that can be given now. `void`: nobody is asked any more, permissions are void.
    pub(super) fn replies(&self, answers: &BTreeMap<String, String>, void: bool) -> Vec<String> {
        // An earlier request of the same id must be answered first.
        let mut held: Vec<&str> = Vec::new();
        let mut lines = Vec::new();
        let mut open = Open::default();
        for request in &self.waiting {
            let surplus = request.is_surplus(&mut open);
            let reply = if held.contains(&request.id.as_str()) {
                None
            } else {
                request.reply(answers, void || surplus)
            };
            match reply {
                Some(line) => lines.push(line),
                None => held.push(&request.id),
            }
        }
        lines
    }

    /// Permissions that wait for a human.
    pub(super) fn open<'a>(
        &'a self,
        answers: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = &'a Permission> {
        let mut open = Open::default();
        self.waiting
            .iter()
            .filter(move |request| {
                let surplus = request.is_surplus(&mut open);
                request.reply(answers, surplus).is_none()
            })
            .filter_map(|request| match &request.wanted {
                Wanted::Permission { permission, .. } => Some(permission),
                Wanted::Unreadable { .. }
                | Wanted::Surplus
                | Wanted::Unoffered { .. }
                | Wanted::Withdrawn => None,
            })
    }

    /// Whether an unanswered request has this choice.
    pub(super) fn offers(&self, name: &str, choice: &str) -> bool {
        self.waiting.iter().any(|request| match &request.wanted {
            Wanted::Permission { permission, .. } => {
                permission.request == name && offers(permission, choice)
            }
            Wanted::Unreadable { .. }
            | Wanted::Surplus
            | Wanted::Unoffered { .. }
            | Wanted::Withdrawn => false,
        })
    }
}

impl Request {
    /// Whether more people's words are awaited before it than one attempt may await. An answer that is not in the
    /// journal yet keeps its place: so what was open once is never surplus.
    fn is_surplus(&self, open: &mut Open) -> bool {
        match &self.wanted {
            Wanted::Permission {
                permission,
                ruling: Ruling::Ask,
            } => !open.takes(permission),
            Wanted::Permission {
                ruling: Ruling::Allow | Ruling::Deny,
                ..
            }
            | Wanted::Unreadable { .. }
            | Wanted::Surplus
            | Wanted::Unoffered { .. }
            | Wanted::Withdrawn => false,
        }
    }

    /// The whole line, if it is known what to answer.
    fn reply(&self, answers: &BTreeMap<String, String>, void: bool) -> Option<String> {
        match &self.wanted {
            Wanted::Permission { permission, ruling } => {
                let outcome = if void || permission.choices.is_empty() {
                    Some(Outcome::Cancelled)
                } else {
                    Outcome::of(permission, *ruling, answers)
                };
                outcome.map(|outcome| self.result(&outcome.to_json()))
            }
            Wanted::Unreadable { why } => Some(self.error(
                INVALID_PARAMS,
                &format!("the permission request cannot be read: {why}"),
            )),
            Wanted::Surplus => Some(self.result(&Outcome::Cancelled.to_json())),
            Wanted::Unoffered { method } => {
                Some(self.error(METHOD_NOT_FOUND, &format!("method not found: {method}")))
            }
            Wanted::Withdrawn => Some(self.error(REQUEST_CANCELLED, "request cancelled")),
        }
    }

    fn result(&self, result: &Value) -> String {
        let id = &self.id;
        format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
    }

    fn error(&self, code: i32, message: &str) -> String {
        let id = &self.id;
        let error = json!({ "code": code, "message": message });
        format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
    }
}

/// How a permission is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome<'a> {
    Selected(&'a str),
    /// Nothing was chosen.
    Cancelled,
}

impl<'a> Outcome<'a> {
    /// What to answer; nothing as long as a human has to say.
    fn of(
        permission: &'a Permission,
        ruling: Ruling,
        answers: &'a BTreeMap<String, String>,
    ) -> Option<Self> {
        match ruling {
            // A policy never rules for longer than this once, even if nothing else is offered.
            Ruling::Allow => Some(Self::first(permission, ChoiceKind::AllowOnce)),
            Ruling::Deny => Some(Self::first(permission, ChoiceKind::RejectOnce)),
            Ruling::Ask => answers
                .get(&permission.request)
                .filter(|choice| offers(permission, choice))
                .map(|choice| Self::Selected(choice)),
        }
    }

    fn first(permission: &'a Permission, kind: ChoiceKind) -> Self {
        permission
            .choices
            .iter()
            .find(|choice| choice.kind == kind)
            .map_or(Self::Cancelled, |choice| Self::Selected(&choice.id))
    }

    fn to_json(self) -> Value {
        match self {
            Self::Selected(id) => json!({ "outcome": { "outcome": "selected", "optionId": id } }),
            Self::Cancelled => json!({ "outcome": { "outcome": "cancelled" } }),
        }
    }
}

fn offers(permission: &Permission, choice: &str) -> bool {
    permission
        .choices
        .iter()
        .any(|offered| offered.id == choice)
}

/// The id as JSON; a later use of the same id says which.
fn name(id: &str, nth: usize) -> String {
    match nth {
        0 => id.to_owned(),
        again => format!("{id}#{}", again + 1),
    }
}
