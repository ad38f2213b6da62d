//! The words an agent is started with. Pure: whether the program is there is seen by its start.

use synod_adapters::{Profile, Purpose};

use super::{Agent, Kind, Program};

/// Why there is no command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Its flags are its own, and no profile knows how it goes on.
    #[error(
        "{agent} cannot go on with a session: its argv takes the place of the flags that would do it; \
         set profile_flags = true in [agents.{agent}], or submit the prompt anew"
    )]
    OwnFlags {
        /// The agent.
        agent: String,
    },
    /// Its CLI has no sessions, as far as its profile knows.
    #[error(
        "{agent} cannot go on with a session: adapter {adapter} has none; submit the prompt anew"
    )]
    NoSessions {
        /// The agent.
        agent: String,
        /// Its adapter.
        adapter: &'static str,
    },
    /// A recording is no program.
    #[error("{agent} plays a recording; it has no command line")]
    Recording {
        /// The agent.
        agent: String,
    },
}

impl CommandError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            CommandError::OwnFlags { .. } | CommandError::NoSessions { .. } => "no-sessions",
            CommandError::Recording { .. } => "recording",
        }
    }
}

impl Agent {
    /// Program and arguments for a purpose. An agent that is spoken to goes on with a session by
    /// words, not by flags.
    pub fn command(
        &self,
        profile: &Profile,
        purpose: Purpose<'_>,
    ) -> Result<Vec<String>, CommandError> {
        let agent = || self.name.clone();
        let Kind::Cli(adapter) = self.kind else {
            return Err(CommandError::Recording { agent: agent() });
        };
        let spoken_to = adapter == synod_adapters::Adapter::Acp;
        if let (Purpose::Resume { .. }, false) = (purpose, spoken_to) {
            if profile.resume_argv.is_empty() {
                let adapter = adapter.as_str();
                return Err(CommandError::NoSessions {
                    agent: agent(),
                    adapter,
                });
            }
            if let Program::Own(_) = self.program {
                return Err(CommandError::OwnFlags { agent: agent() });
            }
        }
        let model = self.model.as_deref();
        Ok(match &self.program {
            Program::Own(argv) => [argv.as_slice(), &self.args].concat(),
            Program::OwnWithFlags(argv) => {
                let flags = profile.flags(purpose, model, &self.args);
                [argv.as_slice(), &flags].concat()
            }
            Program::Profile => profile.command(purpose, model, &self.args),
        })
    }

    /// How it is asked for its version; `None` if nobody knows how: what a program of the user's
    /// does with a strange flag is not tried out.
    pub fn version_command(&self, profile: &Profile) -> Option<Vec<String>> {
        let probe = &profile.version.as_ref()?.argv;
        let program = match &self.program {
            Program::Profile => vec![profile.program.clone()],
            Program::OwnWithFlags(argv) => argv.clone(),
            Program::Own(argv) if argv.len() == 1 => argv.clone(),
            Program::Own(_) => return None,
        };
        Some([program.as_slice(), probe].concat())
    }

    /// The program as it is looked up.
    pub fn program_name<'a>(&'a self, profile: &'a Profile) -> &'a str {
        match &self.program {
            Program::Profile => &profile.program,
            Program::Own(argv) | Program::OwnWithFlags(argv) => {
                argv.first().map_or("", String::as_str)
            }
        }
    }
}
