//! The arguments of `synod ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
