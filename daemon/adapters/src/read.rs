//! Reading an agent's output, line by line, whatever its CLI: what it does, what it said at last, what it used,
//! and what its end means.
//!
//! A reader is a function of the bytes it was given: fed with the same file again it says the same again. So its
//! state is never stored. Lines may be anything; what is not understood is skipped.
//!
//! Not here: cutting a file into lines, and the speaking side of the Agent Client Protocol (`acp/`).

mod acp;
mod base;
mod claude;
mod codex;
mod end;
mod gemini;
mod opencode;
mod words;

pub(crate) use words::waits;

use synod_shared::sanitize;

use crate::{Adapter, Conclusion, Ending, Event, Record, json};

/// The longest sentence about an end, in characters. It is committed, and repeats what the agent said.
const LONGEST_DETAIL: usize = 1000;

/// Reads the output of one attempt.
#[derive(Debug, Clone)]
pub struct Reader {
    base: base::Base,
    cli: Cli,
}

#[derive(Debug, Clone)]
enum Cli {
    Command,
    Claude(Box<claude::Claude>),
    Codex(Box<codex::Codex>),
    Gemini(Box<gemini::Gemini>),
    Opencode(Box<opencode::Opencode>),
    Acp(Box<acp::Acp>),
}

impl Reader {
    #[must_use]
    pub fn new(adapter: Adapter) -> Self {
        let cli = match adapter {
            Adapter::Command => Cli::Command,
            Adapter::Claude => Cli::Claude(Box::default()),
            Adapter::Codex => Cli::Codex(Box::default()),
            Adapter::Gemini => Cli::Gemini(Box::default()),
            Adapter::Opencode => Cli::Opencode(Box::default()),
            Adapter::Acp => Cli::Acp(Box::default()),
        };
        Self {
            base: base::Base::default(),
            cli,
        }
    }

    /// Takes one line, without its newline, and adds what it says to `events`. The last line of a file may lack its
    /// newline: it is given like any other, once nothing more can come.
    pub fn line(&mut self, line: &[u8], events: &mut Vec<Event>) {
        let base = &mut self.base;
        match &mut self.cli {
            Cli::Command => {}
            Cli::Gemini(gemini) => gemini.line(line, base, events),
            Cli::Claude(claude) => {
                json::with(line, |line| claude.line(line, base, events));
            }
            Cli::Codex(codex) => {
                json::with(line, |line| codex.line(line, base, events));
            }
            Cli::Opencode(opencode) => {
                json::with(line, |line| opencode.line(line, base, events));
            }
            Cli::Acp(acp) => {
                json::with(line, |line| acp.line(line, base, events));
            }
        }
    }

    /// What is known so far.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.base.record
    }

    /// The final message; none if there was none, or if the output itself is the answer (`command`).
    #[must_use]
    pub fn final_text(&self) -> Option<&str> {
        match &self.cli {
            Cli::Command => None,
            Cli::Claude(claude) => claude.final_text(),
            Cli::Codex(codex) => codex.final_text(),
            Cli::Gemini(gemini) => gemini.final_text(),
            Cli::Opencode(opencode) => opencode.final_text(),
            Cli::Acp(acp) => acp.final_text(),
        }
    }

    /// What it means that the program ended so, once every line was given. `stderr_tail` is the end of what it
    /// wrote to its standard error; `now_us` is when it ended, in UTC microseconds: delays that a provider named
    /// count from there.
    #[must_use]
    pub fn conclude(&self, ending: Ending, stderr_tail: &[u8], now_us: i64) -> Conclusion {
        let end = end::End::new(ending, stderr_tail, now_us, &self.base);
        let mut conclusion = match &self.cli {
            Cli::Command => end.command(),
            Cli::Claude(claude) => claude.conclude(&end),
            Cli::Codex(codex) => codex.conclude(&end),
            Cli::Gemini(gemini) => gemini.conclude(&end),
            Cli::Opencode(opencode) => opencode.conclude(&end),
            Cli::Acp(acp) => acp.conclude(&end),
        };
        conclusion.detail = sanitize::line(&conclusion.detail, LONGEST_DETAIL);
        conclusion
    }
}
