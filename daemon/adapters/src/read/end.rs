//! An ending, as far as it can be told without knowing the CLI: exit codes, signals, the words on standard error.

use synod_shared::{sanitize, words::Reason};

use super::base::Base;
use crate::{Conclusion, Ending, trouble::Trouble};

/// How a program ended, and what may be read of it.
#[derive(Debug)]
pub struct End<'a> {
    pub ending: Ending,
    pub stderr: String,
    pub base: &'a Base,
    now_us: i64,
}

impl<'a> End<'a> {
    pub fn new(ending: Ending, stderr_tail: &[u8], now_us: i64, base: &'a Base) -> Self {
        Self {
            ending,
            stderr: sanitize::bytes(stderr_tail),
            base,
            now_us,
        }
    }

    /// Any program: its exit code decides.
    pub fn command(&self) -> Conclusion {
        match self.ending {
            Ending::Exited(0) | Ending::Closed => completed(),
            Ending::Exited(code) => conclusion(
                Reason::ExitNonzero,
                format!("the agent ended with exit code {code}"),
            ),
            Ending::Signalled(signal) => conclusion(
                Reason::Signalled,
                format!("the agent was ended by signal {signal}"),
            ),
        }
    }

    /// Its final line says that all went well: so it did, if the process says the same.
    pub fn after_success(&self) -> Conclusion {
        match self.ending {
            Ending::Exited(0) | Ending::Closed => completed(),
            Ending::Exited(_) | Ending::Signalled(_) => match self.killed() {
                Some(conclusion) => conclusion,
                None => conclusion(
                    Reason::ExitNonzero,
                    format!(
                        "the agent gave its final line and then {}{}",
                        self.how(),
                        self.because()
                    ),
                ),
            },
        }
    }

    /// No final line came.
    pub fn cut(&self) -> Conclusion {
        match self.ending {
            Ending::Exited(0) | Ending::Closed if !self.base.began => conclusion(
                Reason::TransportCut,
                format!(
                    "expected lines of the agent's protocol, found none although it {}: an argv of its own needs the \
                     flags that make it print them, or profile_flags = true{}",
                    self.how(),
                    self.because()
                ),
            ),
            Ending::Exited(0) | Ending::Closed => conclusion(
                Reason::TransportCut,
                format!(
                    "expected a final line of the agent, found none although it {}: its output was cut, run it again{}",
                    self.how(),
                    self.because()
                ),
            ),
            Ending::Exited(_) | Ending::Signalled(_) => self.killed().unwrap_or_else(|| {
                if self.base.began {
                    conclusion(
                        Reason::Crashed,
                        format!(
                            "the agent {} before its final line{}",
                            self.how(),
                            self.because()
                        ),
                    )
                } else {
                    conclusion(
                        Reason::ExitNonzero,
                        format!("the agent {} and did nothing{}", self.how(), self.because()),
                    )
                }
            }),
        }
    }

    /// What it failed for is known.
    pub fn failed(reason: Reason, what: &str, hint: &str) -> Conclusion {
        let hint = if hint.is_empty() {
            String::new()
        } else {
            format!("; {hint}")
        };
        let what = if hint.is_empty() {
            what
        } else {
            what.trim_end_matches(['.', ' '])
        };
        conclusion(reason, format!("{what}{hint}"))
    }

    /// A provider's error: its reason, its words, what to do about it, and when.
    pub fn trouble(&self, trouble: &Trouble, hints: &Hints) -> Conclusion {
        self.troubled(trouble, trouble.reason(), hints)
    }

    /// An error that may only be repeated, not judged.
    pub fn unknown(&self, trouble: &Trouble, hints: &Hints) -> Conclusion {
        self.troubled(trouble, None, hints)
    }

    fn troubled(&self, trouble: &Trouble, reason: Option<Reason>, hints: &Hints) -> Conclusion {
        let reason = reason.unwrap_or(match self.ending {
            Ending::Exited(0) | Ending::Closed => Reason::ServerError,
            Ending::Exited(_) | Ending::Signalled(_) => Reason::ExitNonzero,
        });
        let mut conclusion = Self::failed(
            reason,
            &sentence(reason, &trouble.words()),
            hints.of(reason),
        );
        conclusion.retry_at_us = match reason {
            Reason::RateLimited | Reason::QuotaGone | Reason::Overloaded | Reason::ServerError => {
                trouble.retry_at(self.now_us)
            }
            _ => None,
        };
        conclusion
    }

    /// The first line on standard error that says something.
    pub fn complaint(&self) -> Option<String> {
        const IDLE: &[&str] = &[
            "warning:",
            "(node:",
            "(use `node",
            "deprecationwarning",
            "ripgrep is not available",
            "at ",
            "[startup]",
            "yolo mode is enabled",
            "loaded cached credentials",
            "debugger",
        ];
        self.stderr
            .lines()
            .map(str::trim)
            .find(|line| {
                let lower = line.to_ascii_lowercase();
                line.chars().any(char::is_alphanumeric)
                    && !IDLE.iter().any(|idle| lower.starts_with(idle))
            })
            .map(|line| sanitize::line(line, 300))
    }

    /// A signal, or what an exit code says about one: programs that catch SIGTERM end with 143.
    fn killed(&self) -> Option<Conclusion> {
        let signal = match self.ending {
            Ending::Signalled(signal) => signal,
            Ending::Exited(code @ (129 | 130 | 131 | 132 | 134 | 135 | 136 | 137 | 139 | 143)) => {
                code - 128
            }
            Ending::Exited(_) | Ending::Closed => return None,
        };
        Some(match signal {
            // ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS: of its own doing.
            4..=8 | 11 | 31 => conclusion(
                Reason::Crashed,
                format!("the agent crashed with signal {signal}{}", self.because()),
            ),
            9 => conclusion(
                Reason::Signalled,
                "the agent was ended by signal 9, not by Synod; look whether the machine ran out of memory".to_owned(),
            ),
            _ => conclusion(
                Reason::Signalled,
                format!("the agent was ended by signal {signal}, not by Synod"),
            ),
        })
    }

    fn how(&self) -> String {
        match self.ending {
            Ending::Exited(code) => format!("ended with exit code {code}"),
            Ending::Signalled(signal) => format!("was ended by signal {signal}"),
            Ending::Closed => "was done".to_owned(),
        }
    }

    fn because(&self) -> String {
        self.complaint()
            .map_or_else(String::new, |line| format!(": {line}"))
    }
}

/// What to do about an error, for each CLI.
#[derive(Debug)]
pub struct Hints {
    pub key: &'static str,
    pub login: &'static str,
    pub model: &'static str,
}

impl Hints {
    const fn of(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::BadKey => self.key,
            Reason::LoginNeeded => self.login,
            Reason::UnknownModel => self.model,
            Reason::QuotaGone => "look at the account's plan and billing, or use another provider",
            Reason::ContextTooLong => "give it less to read",
            Reason::RateLimited | Reason::Overloaded | Reason::ServerError => "try again later",
            Reason::Network => "check the connection, proxies and the provider's address",
            _ => "",
        }
    }
}

fn sentence(reason: Reason, words: &str) -> String {
    let what = match reason {
        Reason::BadKey => "the provider refused the key",
        Reason::LoginNeeded => "a login is needed",
        Reason::UnknownModel => "the provider does not know the model, or not for this account",
        Reason::QuotaGone => "the quota is used up",
        Reason::ContextTooLong => "the prompt does not fit into the model's context",
        Reason::RateLimited => "the provider's rate limit was reached",
        Reason::Overloaded => "the provider is overloaded",
        Reason::ServerError => "the provider failed",
        Reason::Network => "the provider could not be reached",
        Reason::Refused => "the model refused",
        Reason::Truncated => "the answer was cut at the model's limit of output",
        Reason::Runaway => "the agent was stopped at a limit of its own",
        _ => "the agent failed",
    };
    if words.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {words}")
    }
}

pub const fn completed() -> Conclusion {
    Conclusion {
        reason: Reason::Completed,
        detail: String::new(),
        retry_at_us: None,
    }
}

pub const fn conclusion(reason: Reason, detail: String) -> Conclusion {
    Conclusion {
        reason,
        detail,
        retry_at_us: None,
    }
}
