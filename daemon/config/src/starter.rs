//! The `config.toml` a newcomer starts with: the agents that were found, each with what one may want
//! to change beside it, as comments. Text only: who looks for the CLIs, and who writes the file, is
//! elsewhere.

use std::fmt::Write as _;

use synod_adapters::{Adapter, Profile};

/// A CLI that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cli {
    /// The adapter that speaks with it; also the agent's name.
    pub adapter: Adapter,
    /// Whether it is there.
    pub found: Found,
}

/// Whether a CLI is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// With this version, as far as it told one.
    Version(String),
    /// Nowhere.
    Nowhere,
}

const HEAD: &str = "\
# Configuration of Synod. Every key is explained in docs/agents.md.
# An edit holds from the next submission on. `synod doctor` tells what is wrong with it.
# Keys and tokens do not belong here: agents get them from the environment of whoever submits.
";

const LIMITS: &str = "\
# timeout    = \"30m\"   # an attempt may take so long
# cost       = 2.50    # US dollars: an attempt that costs more is ended
# tokens     = 2000000 # the same for tokens, in and out together
# steps      = 200     # the same for requests to the model and calls of tools
";

const TAIL: &str = "
# An agent that asks before it does something (Agent Client Protocol); `synod questions` lists what it asks.
# [agents.careful]
# adapter = \"acp\"
# argv    = [\"gemini\", \"--acp\"]
# env     = [\"GEMINI_API_KEY\"]   # it gets no key that is not named here
# [agents.careful.permissions]
# default = \"ask\"      # or \"allow\", \"deny\"
# rules   = [
#   { kinds = [\"read\", \"search\"], ruling = \"allow\" },
#   { kinds = [\"edit\"], paths = [\"src/**\"], ruling = \"allow\" },
# ]

# What a model's tokens cost, for CLIs that tell tokens and no money: US dollars for a million. Look yours up.
# [prices.\"MODEL\"]       # a name, or a pattern with *
# input  = 1.00
# cached = 0.10
# output = 4.00
";

/// The text of the file.
pub fn starter<'p>(clis: &[Cli], profile: impl Fn(Adapter) -> &'p Profile) -> String {
    let mut text = HEAD.to_owned();
    for cli in clis {
        text.push('\n');
        match &cli.found {
            Found::Version(version) => agent(&mut text, cli.adapter, version, profile(cli.adapter)),
            Found::Nowhere => absent(&mut text, cli.adapter, profile(cli.adapter)),
        }
    }
    rosters(&mut text, clis);
    text.push_str(TAIL);
    text
}

// Writing to a String cannot fail.
fn agent(text: &mut String, adapter: Adapter, version: &str, profile: &Profile) {
    let _ = writeln!(text, "[agents.{adapter}]");
    let _ = match version {
        "" => writeln!(text, "adapter = \"{adapter}\""),
        version => writeln!(
            text,
            "adapter = \"{adapter}\" # version {version} was found"
        ),
    };
    let _ = writeln!(
        text,
        "# model      = \"NAME\"  # without it the CLI's own choice"
    );
    if profile.family.is_none() {
        let _ = writeln!(
            text,
            "# family     = \"NAME\"  # whose model it is: two agents of one family are one voice"
        );
    }
    text.push_str(LIMITS);
}

fn absent(text: &mut String, adapter: Adapter, profile: &Profile) {
    let _ = writeln!(text, "# {} was not found in PATH.", profile.program);
    if let Some(hint) = &profile.install_hint {
        let _ = writeln!(text, "# To install it: {}", hint.replace('\n', " "));
    }
    let _ = writeln!(text, "# [agents.{adapter}]\n# adapter = \"{adapter}\"");
}

fn rosters(text: &mut String, clis: &[Cli]) {
    let names: Vec<String> = clis
        .iter()
        .filter(|cli| matches!(cli.found, Found::Version(_)))
        .map(|cli| format!("\"{}\"", cli.adapter))
        .collect();
    text.push_str(
        "\n# Names for lists of agents: `synod gate run clarify --spec PATH --roster all`.\n",
    );
    if names.is_empty() {
        text.push_str("# [rosters]\n# all = [\"claude\", \"codex\"]\n");
    } else {
        let _ = writeln!(text, "[rosters]\nall = [{}]", names.join(", "));
    }
}
