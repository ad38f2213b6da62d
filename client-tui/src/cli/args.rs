//! The arguments, as clap reads them. What they mean is told by the verbs.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use super::{blocking::BlockingArgs, gate_diff::ChangeArgs};
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

#[derive(Debug, Clone, Subcommand)]
pub enum GateVerb {
    /// Run a gate and follow it to its verdict
    Run(GateRunArgs),
    /// Write a gate's run as a report for code scanning, a test page, a pull request or a program
    Report(GateReportArgs),
    /// Show the accepted edits of a run as a diff, or write them into the files
    Apply(GateApplyArgs),
    /// Compute a verdict once more from what is stored, also under another decision table
    Replay(GateReplayArgs),
    /// Plant known faults in copies of a specification and see which agents find them
    Probe(GateProbeArgs),
    /// List the gates known
    List,
    /// Show one gate
    Show(GateShowArgs),
    /// Write the files of a gate of your own
    New(GateNewArgs),
    /// Check gates' files; ends with 2 if something is wrong with one
    Check(GateCheckArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    synod gate run clarify --spec examples/checkout\n  \
    synod gate run clarify --spec spec.md --roster alice,bob,carol --quorum 2 --json\n  \
    synod gate run review --diff main...feature --roster all\n  \
    synod gate run review --staged --block-on important --deadline 2m\n  \
    git diff main | synod gate run review --diff -\n  \
    synod gate run --checkpoint before-plan --spec specs/checkout\n\n\
    Ends with 0 passed, 1 rejected, 10 needs an answer, 11 no quorum, 12 deadline exceeded,\n\
    13 cancelled, 14 passed degraded with --strict. Interrupting detaches: the run goes on.")]
pub struct GateRunArgs {
    /// The gate, for example `clarify`
    #[arg(required_unless_present = "checkpoint")]
    pub gate: Option<String>,
    /// Every gate of this checkpoint, for example `before-plan`; ends with the worst of them
    #[arg(long, value_name = "NAME", conflicts_with = "gate")]
    pub checkpoint: Option<String>,
    /// A folder with Markdown files, or one Markdown file
    #[arg(
        long,
        value_name = "PATH",
        required_unless_present = "change",
        conflicts_with = "change"
    )]
    pub spec: Option<PathBuf>,
    #[command(flatten)]
    pub change: ChangeArgs,
    /// Agents instead of the gate's own, separated by commas
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub roster: Vec<String>,
    /// Valid answers needed
    #[arg(long, value_name = "N", value_parser = intent::count)]
    pub quorum: Option<u32>,
    /// Working directory of the agents [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// Return at once and print the run's id
    #[arg(long)]
    pub detach: bool,
    /// Start another run though an equal one is under way, or its verdict is known
    #[arg(long)]
    pub force: bool,
    /// End the run after this time, whatever is missing, for example 90s, 2m
    #[arg(long, value_name = "T", value_parser = intent::time_limit)]
    pub deadline: Option<Duration>,
    #[command(flatten)]
    pub blocking: BlockingArgs,
    /// End with 14 when not the whole roster answered
    #[arg(long)]
    pub strict: bool,
    /// At the end print this report instead of the text for people
    #[arg(long, value_name = "FORM", conflicts_with_all = ["detach", "checkpoint", "pre_push"])]
    pub format: Option<ReportForm>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportForm {
    /// For a pull request
    Markdown,
    /// For pages that show tests
    Junit,
    /// For code scanning; not written of a run that could not decide
    Sarif,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    synod gate report clarify/checkout#3\n  \
    synod gate report review/shop#7 --format sarif --output synod.sarif\n\n\
    No SARIF is written without a quorum (11), after the deadline (12) or when cancelled (13):\n\
    an empty one would close every alert.")]
pub struct GateReportArgs {
    /// Id or name of a run of a gate; may be shortened
    pub run: String,
    /// The form [default: markdown, with --json json]
    #[arg(long, value_name = "FORM")]
    pub format: Option<ReportForm>,
    /// Write it to this file, replacing it, instead of printing it
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without --write nothing is changed. With it all files change or none does; a file that has\n\
    changed since the run read it refuses the whole, and symbolic links are not followed."
)]
pub struct GateApplyArgs {
    /// Id or name of a run of a gate; may be shortened
    pub run: String,
    /// Write the edits into the files
    #[arg(long)]
    pub write: bool,
    /// Write the diff to this file
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Ends with 1 if what is computed is not what was recorded.")]
pub struct GateReplayArgs {
    /// Id or name of a run of a gate; may be shortened
    pub run: String,
    /// A decision table as TOML, instead of the one the run was decided by
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub table: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct GateProbeArgs {
    /// The gate
    pub gate: String,
    /// A folder with Markdown files, or one Markdown file; it is left as it is
    #[arg(long, value_name = "PATH")]
    pub spec: PathBuf,
    /// What the faults are drawn from: the same seed plants the same [default: any]
    #[arg(long, value_name = "N", value_parser = intent::whole_number::<u64>)]
    pub seed: Option<u64>,
    /// Runs, each with a seed of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = intent::count)]
    pub runs: u32,
    /// Agents instead of the gate's own, separated by commas
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub roster: Vec<String>,
}

#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("part"))]
pub struct GateShowArgs {
    /// The gate
    pub gate: String,
    /// Its definition as TOML
    #[arg(long, group = "part")]
    pub toml: bool,
    /// The template of its prompt
    #[arg(long, group = "part")]
    pub prompt: bool,
    /// The schema of an answer
    #[arg(long, group = "part")]
    pub schema: bool,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    synod gate new style --from review\n  \
    synod gate new house-rules --user")]
pub struct GateNewArgs {
    /// The new gate's name
    pub name: String,
    /// The gate it is made from [default: clarify]
    #[arg(long, value_name = "GATE")]
    pub from: Option<String>,
    /// For all your work, instead of the repository you are in
    #[arg(long)]
    pub user: bool,
}

#[derive(Debug, Clone, Args)]
pub struct GateCheckArgs {
    /// A gate's TOML, or a folder [default: all gates that would be loaded here]
    pub path: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LedgerArgs {
    #[command(subcommand)]
    pub verb: Option<LedgerVerb>,
    /// Only of this gate
    #[arg(long, value_name = "NAME")]
    pub gate: Option<String>,
    /// Only about this specification or repository
    #[arg(long, value_name = "PATH")]
    pub subject: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum LedgerVerb {
    /// Forget a decision: the matter is asked anew when it is raised again
    Forget(ForgetArgs),
}

#[derive(Debug, Clone, Args)]
pub struct ForgetArgs {
    /// The entry; may be shortened
    pub id: String,
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
#[command(after_help = "Examples:\n  \
    synod diff run/alice\n  \
    synod diff run/alice | git apply --check\n\n\
    Commits, uncommitted and new files against where the agent began; while it works, too.\n\
    What git is told to ignore is left out.")]
pub struct DiffArgs {
    /// Id or name of a run; may be shortened
    pub id: String,
    /// Only how much was changed in which file
    #[arg(long, conflicts_with = "name_only")]
    pub stat: bool,
    /// Only which files were changed
    #[arg(long)]
    pub name_only: bool,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "What is not committed yet is committed first, in your name. The repository's tree must be clean; \
    what is refused (7) has changed nothing. Merged, the worktree and its branch are removed.",
    group = ArgGroup::new("how")
)]
pub struct MergeArgs {
    /// Id or name of an ended run; may be shortened
    pub id: String,
    /// Move the checked-out branch to the run's; this is the default
    #[arg(long, group = "how")]
    pub ff_only: bool,
    /// Make one commit on top of the checked-out branch
    #[arg(long, group = "how")]
    pub squash: bool,
    /// Keep the run's branch and remove only the worktree
    #[arg(long, group = "how")]
    pub leave: bool,
    /// The message of the commit that is made, if one is
    #[arg(short, long, value_name = "TEXT")]
    pub message: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct DiscardArgs {
    /// Id or name of an ended run; may be shortened
    pub id: String,
    /// Also work that is nowhere else
    #[arg(long)]
    pub force: bool,
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

#[derive(Debug, Clone, Args)]
pub struct QuestionsArgs {
    /// Only of this run
    pub run: Option<String>,
    /// List settled ones too
    #[arg(short, long)]
    pub all: bool,
}

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  \
        synod answer 7c1e55aa --option 2\n  \
        synod answer 7c1e55aa 14 days, as in the PRD\n  \
        synod answer 7c1e55aa -- --as-is          a text that begins with a dash\n  \
        synod answer clarify/checkout#1 --rest recommended",
    override_usage = "synod answer <QUESTION> \
        <TEXT | --option N | --must-fix | --dismiss | --later | --duplicate-of ID>\n       \
        synod answer <RUN> --rest <recommended|dismiss|later>",
    group = ArgGroup::new("disposition").required(true)
)]
pub struct AnswerArgs {
    /// The question, or with --rest the run; may be shortened
    pub id: String,
    /// The answer in words
    #[arg(group = "disposition")]
    pub text: Vec<String>,
    /// One of the options, counted from 1
    #[arg(long, value_name = "N", group = "disposition", value_parser = intent::count)]
    pub option: Option<u32>,
    /// The specification must be mended first
    #[arg(long, group = "disposition")]
    pub must_fix: bool,
    /// Not an issue
    #[arg(long, group = "disposition")]
    pub dismiss: bool,
    /// Not now
    #[arg(long, group = "disposition")]
    pub later: bool,
    /// The finding that this one repeats
    #[arg(long, value_name = "ID", group = "disposition")]
    pub duplicate_of: Option<String>,
    /// All open questions of the run alike
    #[arg(long, value_name = "HOW", group = "disposition")]
    pub rest: Option<Rest>,
}

/// What becomes of all open questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rest {
    /// Take what the agents recommend.
    Recommended,
    /// None is an issue.
    Dismiss,
    /// Not now.
    Later,
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[track_caller]
    fn parse(line: &[&str]) -> Result<Verb, clap::Error> {
        Arguments::try_parse_from([&["synod"], line].concat()).map(|args| args.verb.unwrap())
    }

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_roster_is_split_at_commas() {
        let verb = parse(&["gate", "run", "clarify", "--spec", "x", "--roster", "a,b,c"]).unwrap();
        let Verb::Gate(GateVerb::Run(args)) = verb else {
            panic!("expected gate run, found {verb:?}");
        };
        assert_eq!(args.roster, ["a", "b", "c"]);
        assert_eq!(args.quorum, None);
    }

    #[test]
    fn a_gate_or_a_checkpoint_is_run_and_not_both() {
        for line in [
            &["gate", "run", "--spec", "x"][..],
            &["gate", "run", "clarify", "--checkpoint", "c", "--spec", "x"],
            &[
                "gate",
                "run",
                "--checkpoint",
                "c",
                "--spec",
                "x",
                "--format",
                "sarif",
            ],
            &["gate", "show", "clarify", "--toml", "--prompt"],
            &["show", "x", "--agent", "alice"],
            &["agents", "--gate", "clarify"],
            &["gate", "probe", "clarify", "--spec", "x", "--runs", "0"],
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
        for line in [
            &["gate", "run", "--checkpoint", "c", "--spec", "x"][..],
            &["gate", "run", "clarify", "--spec", "x", "--format", "sarif"],
            &["gate", "report", "x", "--format", "junit", "--output", "y"],
            &["ledger", "--gate", "clarify"],
            &["ledger", "forget", "12ab"],
        ] {
            assert!(parse(line).is_ok(), "{line:?}");
        }
    }

    #[test]
    fn a_command_keeps_its_own_options() {
        let verb = parse(&["exec", "--timeout", "10m", "--", "ls", "--json", "-v"]).unwrap();
        let Verb::Exec(args) = verb else {
            panic!("expected exec, found {verb:?}");
        };
        assert_eq!(args.argv, ["ls", "--json", "-v"]);
        assert_eq!(args.timeout, Some(Duration::from_mins(10)));
    }

    #[test]
    fn a_command_must_be_named() {
        assert_eq!(parse(&["exec", "--"]).unwrap_err().exit_code(), 2);
        assert_eq!(parse(&["exec"]).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn an_answer_is_exactly_one_thing() {
        for line in [
            &["answer", "7c"][..],
            &["answer", "7c", "text", "--dismiss"],
            &["answer", "7c", "--option", "1", "--later"],
            &["answer", "7c", "--option", "0"],
            &["answer", "7c", "--rest", "everything"],
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
        for line in [
            &["answer", "7c", "two", "words"][..],
            &["answer", "7c", "--", "--dash"],
            &["answer", "7c", "--must-fix"],
            &["answer", "7c", "--duplicate-of", "99"],
            &["answer", "7c", "--rest", "recommended"],
        ] {
            assert!(parse(line).is_ok(), "{line:?}");
        }
    }

    #[test]
    fn global_options_may_follow_the_verb() {
        let arguments =
            Arguments::try_parse_from(["synod", "ps", "--json", "--socket", "/s"]).unwrap();
        assert!(arguments.json);
        assert_eq!(arguments.socket, Some(PathBuf::from("/s")));
    }

    #[test]
    fn the_version_names_the_protocol() {
        assert!(VERSION.ends_with(&format!("(protocol {})", synod_proto::PROTOCOL)));
    }
}
