//! The arguments of `synod questions` and `synod answer`.

use clap::{ArgGroup, Args, ValueEnum};

use crate::intent;

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
