//! The arguments, as clap reads them: the verbs, and what most of them take; families of verbs have files of their
//! own. What they mean is told by the verbs.

mod answer;
mod gate;
mod ledger;
mod workspace;

#[cfg(test)]
mod tests;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    answer::{AnswerArgs, QuestionsArgs, Rest},
    gate::{
        GateApplyArgs, GateCheckArgs, GateNewArgs, GateProbeArgs, GateReplayArgs, GateReportArgs,
        GateRunArgs, GateShowArgs, GateVerb, ReportForm,
    },
    ledger::{ForgetArgs, LedgerArgs, LedgerVerb},
    workspace::{DiffArgs, DiscardArgs, MergeArgs},
};
use crate::intent;

/// Above the options that every verb has.
const EVERYWHERE: &str = "Everywhere";

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (protocol 1)");

/// Runs coding agents in the background and brings their answers to a consensus.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "synod",
    version = VERSION,
    disable_help_subcommand = true,
    after_help = "Without a verb the terminal UI opens.\n\n\
        Examples:\n  \
        synod init                                     a configuration with the agents found here\n  \
        synod gate run clarify --spec specs/checkout   a gate over a specification\n  \
        synod exec --name build -- make -j4            any command, kept and watched\n  \
        synod ps                                       what is under way\n  \
        synod logs build -f                            what it prints\n\n\
        Verbs that need a daemon start one. Exit codes: 0 passed, 1 rejected or failed, 2 usage,\n\
        3 not found, 4 no daemon, 5 permission denied, 6 wait timed out, 7 refused,\n\
        10 needs an answer, 11 no quorum, 12 deadline exceeded, 13 cancelled,\n\
        14 passed degraded with --strict, 130 interrupted. `synod exec` has its own: see there."
)]
pub struct Arguments {
    /// Write canonical JSON of the API's messages; streams as one object a line
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Say more on standard error
    #[arg(short, long, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
    /// The daemon's socket [default: in XDG_RUNTIME_DIR; environment: SYNOD_SOCKET]
    #[arg(long, global = true, value_name = "PATH", help_heading = EVERYWHERE)]
    pub socket: Option<PathBuf>,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Put a specification to a gate, or look at the gates
    #[command(subcommand)]
    Gate(GateVerb),
    /// Run any command as a single-agent run and end with its exit code
    Exec(ExecArgs),
    /// Give one configured agent one prompt
    Run(RunArgs),
    /// List runs
    Ps(PsArgs),
    /// Show everything about one run
    Show(ShowArgs),
    /// Wait until runs have ended or need a human; ends with the worst of them
    Wait(WaitArgs),
    /// Cancel runs or single executions
    Cancel(CancelArgs),
    /// Run the work of an ended execution once more
    Retry(RetryArgs),
    /// Show what an agent said, ran and waited for
    Logs(LogsArgs),
    /// Keep an ended attempt as a file that can be played back
    Record(RecordArgs),
    /// Show what an agent changed in its worktree or copy
    Diff(DiffArgs),
    /// Take an agent's work into the checked-out branch, or keep its branch
    Merge(MergeArgs),
    /// Throw an agent's work away
    Discard(DiscardArgs),
    /// Show the change feed
    Events(EventsArgs),
    /// List open questions
    Questions(QuestionsArgs),
    /// Answer a question, or all the rest of a run
    Answer(AnswerArgs),
    /// List what was decided in earlier runs and still counts, or forget it
    Ledger(LedgerArgs),
    /// Show tokens and money by day
    Usage(UsageArgs),
    /// Find the agent CLIs on this machine and write a configuration with them
    Init(InitArgs),
    /// List configured agents and providers, and whether their programs are there
    Agents(AgentsArgs),
    /// Look at the daemon, the configuration and every agent, and say how to mend what does not work
    Doctor(DoctorArgs),
    /// Start, stop or look at the daemon
    #[command(subcommand)]
    Daemon(DaemonVerb),
}

#[derive(Debug, Clone, Args)]
pub struct AgentsArgs {
    /// How often each was right, by what people said
    #[arg(long)]
    pub stats: bool,
    /// Only of this gate
    #[arg(long, value_name = "NAME", requires = "stats")]
    pub gate: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    synod exec -- make -j4\n  \
    synod exec --name nightly --timeout 2h --detach -- ./nightly.sh\n\n\
    Streams both outputs as they are and ends with the command's exit code, 128 + n for signal n,\n\
    124 when --timeout ended it, 125 for an error of synod's own, 126 not executable, 127 not found.\n\
    A cancelled command was ended by a signal: 143 or 137. Interrupting detaches: it goes on (130).")]
pub struct ExecArgs {
    /// A name for the run
    #[arg(long)]
    pub name: Option<String>,
    /// Working directory [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// Wall time limit, for example 90s, 10m, 1h30m
    #[arg(long, value_name = "T", value_parser = intent::time_limit)]
    pub timeout: Option<Duration>,
    /// Read standard input to its end and give it to the command; otherwise the command's is empty
    #[arg(short = 'i', long)]
    pub stdin: bool,
    /// Return at once and print the run's id
    #[arg(long)]
    pub detach: bool,
    /// The program and its arguments; no shell is involved
    #[arg(last = true, required = true, value_name = "ARGV")]
    pub argv: Vec<OsString>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    synod run --agent alice \"list what is unclear in spec.md\"\n  \
    synod run --agent alice - < prompt.md\n  \
    synod run --continue run/alice \"now add the tests\"")]
pub struct RunArgs {
    /// The configured agent
    #[arg(long, value_name = "NAME", required_unless_present = "continue_run")]
    pub agent: Option<String>,
    /// Go on with the session of this ended run, where it worked
    #[arg(long = "continue", value_name = "RUN")]
    pub continue_run: Option<String>,
    /// A name for the run
    #[arg(long)]
    pub name: Option<String>,
    /// Working directory [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// Wall time limit instead of the agent's own
    #[arg(long, value_name = "T", value_parser = intent::time_limit)]
    pub timeout: Option<Duration>,
    /// Where it works [default: what its configuration says, else a worktree in a git repository]
    #[arg(long, value_name = "HOW")]
    pub isolation: Option<Isolation>,
    /// Return at once and print the run's id
    #[arg(long)]
    pub detach: bool,
    /// The prompt, or `-` for standard input
    pub prompt: OsString,
}

#[derive(Debug, Clone, Args)]
pub struct PsArgs {
    /// List ended runs too
    #[arg(short, long)]
    pub all: bool,
}

#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// Id or name of a run, or the id of one of its executions or attempts; may be shortened
    pub id: String,
    /// The exact prompt an agent was given
    #[arg(long)]
    pub prompt: bool,
    /// Of this agent's newest execution
    #[arg(long, value_name = "NAME", requires = "prompt")]
    pub agent: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Of several runs the worst decides the exit code: failed or rejected (1), \
    deadline exceeded (12), no quorum (11), cancelled (13), needs an answer (10), \
    degraded with --strict (14), passed (0)."
)]
pub struct WaitArgs {
    /// Ids or names; may be shortened
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// Give up after this time, with exit code 6
    #[arg(long, value_name = "T", value_parser = intent::duration)]
    pub timeout: Option<Duration>,
    /// Tell runs that passed degraded apart (14)
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Clone, Args)]
pub struct CancelArgs {
    /// Ids or names of runs, or ids of executions; may be shortened
    #[arg(required = true)]
    pub ids: Vec<String>,
}

#[derive(Debug, Clone, Args)]
pub struct RetryArgs {
    /// The execution, or a single-agent run
    pub execution: String,
}

#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// An attempt, an execution or a run (then its newest attempt); may be shortened
    pub id: String,
    /// Go on until the attempt has ended
    #[arg(short, long)]
    pub follow: bool,
    /// Standard error instead of standard output
    #[arg(long)]
    pub stderr: bool,
    /// The bytes of standard output as they are, control characters and all, instead of what they mean
    #[arg(long)]
    pub raw: bool,
    /// Only the agent's final message
    #[arg(long = "final", conflicts_with_all = ["follow", "stderr", "raw"])]
    pub last: bool,
}

/// Where an agent works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Isolation {
    /// In a git worktree of its own, on a branch of its own
    Worktree,
    /// In the folder itself
    None,
    /// In a copy of the folder as it stands
    Copy,
}

#[derive(Debug, Clone, Args)]
pub struct UsageArgs {
    /// Days to look at, today among them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = intent::count)]
    pub days: u32,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Play it back with an agent of its own:\n  \
    [agents.demo]\n  \
    adapter = \"replay\"\n  \
    recording = \"/path/of/the/file\"")]
pub struct RecordArgs {
    /// A run or an execution (then its newest attempt); may be shortened
    pub id: String,
    /// This attempt of it
    #[arg(long, value_name = "ID")]
    pub attempt: Option<String>,
    /// Where to write; an existing file is left alone
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct EventsArgs {
    /// Only changes after this revision [default: from the beginning, with --follow from now on]
    #[arg(long, value_name = "REV", value_parser = intent::whole_number::<u64>)]
    pub since: Option<u64>,
    /// Go on with changes as they are committed
    #[arg(short, long)]
    pub follow: bool,
}

#[derive(Debug, Clone, Copy, Args)]
#[command(
    after_help = "Looks for claude, codex, gemini and opencode on PATH and asks each for its version.\n\
    A configuration that is there is left alone: then what would be written is shown."
)]
pub struct InitArgs {
    /// Only print the configuration
    #[arg(long)]
    pub print: bool,
    /// Replace the configuration that is there; it is kept beside as config.toml.old-1
    #[arg(long, conflicts_with = "print")]
    pub force: bool,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Ends with 0 if all is well, 1 otherwise. --probe costs a few tokens for each agent."
)]
pub struct DoctorArgs {
    /// Only these agents or rosters [default: all that are configured]
    pub agents: Vec<String>,
    /// Also ask each agent of yours for one word, by a real call of its model
    #[arg(long)]
    pub probe: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum DaemonVerb {
    /// Tell how the daemon is; never starts one
    Status,
    /// End the daemon; agents go on and are adopted by the next one
    Stop,
    /// Start the daemon if none runs
    Start,
}
