//! Which real CLIs are here. They are named by the caller, never looked for: another version than the pinned one
//! would be another test.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Once,
};

use serde_json::json;

/// Folders with the CLIs, separated by colons.
const FOLDERS: &str = "SYNOD_REAL_AGENTS";
/// Names, separated by commas, of those that must be there.
const REQUIRED: &str = "SYNOD_REAL_AGENTS_REQUIRED";

/// A CLI, which is also the name of its agent and the label of its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cli {
    Claude,
    Codex,
    Gemini,
    Opencode,
}

impl Cli {
    const ALL: [Self; 4] = [Self::Claude, Self::Codex, Self::Gemini, Self::Opencode];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Opencode => "opencode",
        }
    }

    /// `[agents.NAME]` of `config.toml`.
    pub fn section(self) -> String {
        let model = match self {
            Self::Claude => "claude-sonnet-4-5",
            Self::Codex => "gpt-5",
            Self::Gemini => "gemini-2.5-flash",
            Self::Opencode => "standin/stand-in",
        };
        let name = self.name();
        format!("[agents.{name}]\nadapter = \"{name}\"\nmodel = \"{model}\"\n\n")
    }

    /// Variables that point it at its model.
    pub fn environment(self, model: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Claude => vec![
                ("ANTHROPIC_BASE_URL", model.to_owned()),
                ("ANTHROPIC_API_KEY", "x".to_owned()),
                ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1".to_owned()),
                ("DISABLE_TELEMETRY", "1".to_owned()),
                ("DISABLE_ERROR_REPORTING", "1".to_owned()),
            ],
            // The rest stands in a file.
            Self::Codex => vec![("OPENAI_API_KEY", "x".to_owned())],
            Self::Gemini => vec![
                ("GOOGLE_GEMINI_BASE_URL", model.to_owned()),
                ("GEMINI_API_KEY", "x".to_owned()),
            ],
            Self::Opencode => {
                let options = json!({"baseURL": format!("{model}/v1"), "apiKey": "x"});
                let config = json!({
                    "provider": {"standin": {
                        "npm": "@ai-sdk/openai-compatible",
                        "name": "standin",
                        "options": options,
                        "models": {"stand-in": {"name": "stand-in"}},
                    }},
                    "autoupdate": false,
                    "share": "disabled",
                });
                vec![
                    ("OPENCODE_CONFIG_CONTENT", config.to_string()),
                    ("OPENCODE_DISABLE_MODELS_FETCH", "1".to_owned()),
                ]
            }
        }
    }

    /// Writes what it reads from its user's home.
    pub fn settle(self, home: &Path, model: &str) {
        match self {
            Self::Claude | Self::Opencode => {}
            Self::Codex => write(
                &home.join(".codex/config.toml"),
                &format!(
                    "model_provider = \"standin\"\ncheck_for_update_on_startup = false\n\
                     [model_providers.standin]\nname = \"standin\"\nbase_url = \"{model}/v1\"\n\
                     env_key = \"OPENAI_API_KEY\"\nwire_api = \"responses\"\n"
                ),
            ),
            Self::Gemini => write(
                &home.join(".gemini/settings.json"),
                &json!({"security": {"auth": {"selectedType": "gemini-api-key"}}}).to_string(),
            ),
        }
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The CLIs that are here, and the folders they stand in.
pub struct Found {
    pub clis: Vec<Cli>,
    pub folders: Vec<PathBuf>,
}

/// What is here. None: nothing is, which is said once; a required one that is missing fails.
#[track_caller]
pub fn find() -> Option<Found> {
    let folders: Vec<PathBuf> = std::env::var_os(FOLDERS)
        .map(|folders| std::env::split_paths(&folders).collect())
        .unwrap_or_default();
    let is_here = |cli: &Cli| {
        let mut places = folders.iter().map(|folder| folder.join(cli.name()));
        places.any(|program| program.exists())
    };
    let clis: Vec<Cli> = Cli::ALL.into_iter().filter(is_here).collect();
    let here: BTreeSet<&str> = clis.iter().map(|cli| cli.name()).collect();
    let required = std::env::var(REQUIRED).unwrap_or_default();
    for name in required.split(',').filter(|name| !name.is_empty()) {
        assert!(
            here.contains(name),
            "{REQUIRED} names {name}: expected it in a folder of {FOLDERS}, found {here:?} in {folders:?}"
        );
    }
    if clis.is_empty() {
        static SAID: Once = Once::new();
        // Past the harness, which keeps what passing tests print to itself.
        SAID.call_once(|| {
            let said = format!(
                "skipped: {FOLDERS} names no folder with real CLIs; run `just real-agents`\n"
            );
            let _ = std::io::stderr().write_all(said.as_bytes()); // nobody may be reading
        });
        return None;
    }
    Some(Found { clis, folders })
}
