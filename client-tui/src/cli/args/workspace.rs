//! The arguments of the verbs about what an agent changed in its worktree or copy.

use clap::{ArgGroup, Args};

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
