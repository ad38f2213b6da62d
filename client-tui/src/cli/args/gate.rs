//! The arguments of `synod gate`. Not here: what is to be reviewed (`gate_diff`), and what blocks (`blocking`).

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use crate::{
    cli::{blocking::BlockingArgs, gate_diff::ChangeArgs},
    intent,
};

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
