//! Speaking to an agent of the Agent Client Protocol, wire version 1 (newline-delimited JSON-RPC): what to say next.
//!
//! Owns what is still to be said and who must be asked. Reads and writes nothing: the caller appends lines to the
//! journal (`stdin` in the attempt's directory), the shim hands whole lines on, the agent's lines come from `stdout`.
//! What the agent's words *mean* (text, usage, how it ended) is the [`Reader`](crate::Reader)'s.
//!
//! # Why nothing is asked or said twice
//!
//! A [`Machine`] is a function of two *sequences*: the whole lines in the journal and the whole lines of stdout. It
//! keeps facts ("`session/new` stands in the journal", "request 7 came, with these words"), never an order between
//! the two sides. So a daemon that starts anew reads all of the one, then all of the other, and [`Machine::next`]
//! gives exactly the lines that are missing. What that does with each accident:
//!
//! | the daemon dies | then |
//! |---|---|
//! | before it appends a line | the line is not in the journal: `next` gives it again |
//! | in the middle of a line | the tail was never forwarded; the caller cuts it off, `next` gives the line again |
//! | after it appended, before it took note | the line is in the journal: `sent` says so, it is not given again |
//! | between two lines of one `next` | the second is given again, with whatever the agent said meanwhile |
//! | before a permission's question is committed | the request is in stdout, unanswered: `open` shows it, under the same name |
//! | after it, before the answer | as above: the question exists already, nobody is asked anew |
//! | after the answer is committed, before it is appended | the caller hands the answer over again: `next` gives the line |
//! | after it was appended | the request is answered: `open` is empty, the answer handed over again changes nothing |
//!
//! | the agent, or somebody | then |
//! |---|---|
//! | sends the same request twice | one id with the same words is one request, and has one answer |
//! | uses an id again for something else | another request (`7#2`); it is answered after the first, so that the n-th answer belongs to the n-th request |
//! | asks for more than a person, or a message, can hold | a request that is too large is refused, one too many cancelled (`bounds.rs`) |
//! | asks for something other than a permission | is told at once that there is no such method (no files, no terminals are offered) |
//! | takes its request back (`$/cancel_request`) | told that it is cancelled; nobody needs to answer |
//! | answers an id that was never asked, or twice | not noticed; the first counts |
//! | ends the turn while a permission is open | the permission's outcome is `cancelled`, then the input is closed |
//! | answers a question that is unknown or settled, or with an option that was not offered | changes nothing |
//! | cancels while the session is still being set up | there is no turn to cancel: the input is closed at once |
//! | cancels during the turn | `session/cancel`, then `cancelled` for all that is open or comes later, until the agent's result |
//! | refuses a mode, or cannot find a session | the work never begins in another mode or in a new session: [`Over::Never`] says why |

mod asks;
mod bounds;
mod line;
mod mode;
mod requests;
mod script;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::asks::tool_kind;
use self::{
    asks::Calls,
    line::Message,
    requests::{Requests, Wanted},
    script::{Script, Stage, Step},
};
use crate::{Permission, Policy};

pub use self::mode::Mode;

/// The line that closes the agent's input: it is for the shim and never reaches the agent.
pub const END: &str = "\u{4}";

/// What an agent is to do, and under which rules. The same for an attempt's whole life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// Where it works: an absolute path.
    pub cwd: String,
    pub prompt: String,
    pub mode: Mode,
    /// The session to go on with.
    pub load: Option<Load>,
    pub policy: Policy,
}

/// A session to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// The work means nothing without it: an agent that cannot load it does not begin.
    Must(String),
    /// The work is tried again: an agent that cannot load sessions begins a new one.
    IfAble(String),
}

/// Nothing more will be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// The agent answered the prompt, with a result or an error: the reader knows which.
    Answered,
    /// Cancelled before there was a turn.
    Cancelled,
    /// There can be no turn: a sentence for people.
    Never(String),
}

/// One conversation.
#[derive(Debug, Clone)]
pub struct Machine {
    script: Script,
    policy: Policy,
    cwd: String,
    requests: Requests,
    calls: Calls,
    /// By request, as far as they fit; also those that came before their request was read.
    answers: BTreeMap<String, String>,
}

impl Machine {
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            policy: setup.policy.clone(),
            cwd: setup.cwd.clone(),
            script: Script::new(setup),
            requests: Requests::default(),
            calls: Calls::default(),
            answers: BTreeMap::new(),
        }
    }

    /// A whole line that stands in the journal, without its newline.
    pub fn sent(&mut self, line: &[u8]) {
        if line == END.as_bytes() {
            self.script.sent(Step::End);
            return;
        }
        match line::read(line) {
            Some(Message::Request { method, .. } | Message::Notification { method, .. }) => {
                if let Some(step) = Step::of(&method) {
                    self.script.sent(step);
                }
            }
            Some(Message::Response { id, .. }) => self.requests.answered(&id),
            None => {}
        }
    }

    /// A whole line of the agent's standard output, without its newline. What is no message is passed over.
    pub fn received(&mut self, line: &[u8]) {
        match line::read(line) {
            Some(Message::Request { id, method, params }) => {
                let wanted = if method == "session/request_permission" {
                    self.wanted(&id, params.as_ref())
                } else {
                    Wanted::Unoffered {
                        method: bounds::cut(&method, bounds::LONGEST_METHOD),
                    }
                };
                self.requests.came(&id, line, wanted);
            }
            Some(Message::Notification { method, params }) => match method.as_str() {
                "session/update" => self.calls.update(params.as_ref()),
                "$/cancel_request" => self.requests.withdrawn(params.as_ref()),
                _ => {}
            },
            Some(Message::Response { id, outcome }) => self.script.replied(&id, outcome),
            None => {}
        }
    }

    /// A policy rules on the whole request; people are shown as much as they can read.
    fn wanted(&self, id: &str, params: Option<&Value>) -> Wanted {
        let ruled = asks::permission(id, params, &self.calls).and_then(|whole| {
            let ruling = whole.ruling(&self.policy, &self.cwd);
            let permission = bounds::shown(whole.permission)?;
            Ok(Wanted::Permission { permission, ruling })
        });
        ruled.unwrap_or_else(|why| Wanted::Unreadable { why })
    }

    /// The lines to append to the journal now, without newlines. The caller appends each and then hands it to
    /// [`sent`](Self::sent); until then they are given again. To be asked only after all lines of both files.
    #[must_use]
    pub fn next(&self) -> Vec<String> {
        if self.script.has_sent(Step::End) {
            return Vec::new();
        }
        let stage = self.script.stage();
        let mut lines = Vec::new();
        // Before the outcomes of what is open: or the agent would go on with its turn.
        if matches!(stage, Stage::Say(Step::Cancel)) {
            lines.push(self.script.line(Step::Cancel));
        }
        let void = matches!(stage, Stage::Over(_)) || self.script.is_cancelled();
        lines.extend(self.requests.replies(&self.answers, void));
        match stage {
            Stage::Say(Step::Cancel) | Stage::Wait => {}
            Stage::Say(step) => lines.push(self.script.line(step)),
            Stage::Over(_) => lines.push(END.to_owned()),
        }
        lines
    }

    /// The permission requests that wait for a human, in the agent's order.
    #[must_use]
    pub fn open(&self) -> Vec<Permission> {
        if self.script.is_cancelled() || self.is_over().is_some() {
            return Vec::new();
        }
        self.requests.open(&self.answers).cloned().collect()
    }

    /// Somebody chose. What is unknown or settled already, or was not offered, changes nothing; the first choice
    /// that fits stays.
    pub fn answer(&mut self, request: &str, choice_id: &str) {
        let settled = self
            .answers
            .get(request)
            .is_some_and(|choice| self.requests.offers(request, choice));
        if !settled {
            self.answers
                .insert(request.to_owned(), choice_id.to_owned());
        }
    }

    /// The work is no longer wanted.
    pub fn cancel(&mut self) {
        self.script.cancel();
    }

    /// Whether all has been said but [`END`], and why.
    #[must_use]
    pub fn is_over(&self) -> Option<Over> {
        match self.script.stage() {
            Stage::Over(over) => Some(over),
            // An end in the journal without a reason for it: the wish to cancel was not handed over again.
            Stage::Say(_) | Stage::Wait if self.script.has_sent(Step::End) => Some(Over::Cancelled),
            Stage::Say(_) | Stage::Wait => None,
        }
    }

    /// Whether the agent's input is closed, as far as the journal goes.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.script.has_sent(Step::End)
    }
}

#[cfg(test)]
mod tests;
