//! A gate as text: what is parsed, kept with a run, and hashed. Where it was found is `folder`'s.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use toml::de::DeTable;

use crate::digest::digest;

/// The keys of `[gate]` that name a file beside it.
pub(super) const COMPANION_KEYS: [&str; 4] =
    ["arbiter_prompt", "ballot_prompt", "prompt", "schema"];

/// A gate as text: its TOML and the files that the TOML names.
///
/// Serialisable, so that a run keeps the exact gate it was started with and
/// [`GateDef::parse`](crate::GateDef::parse) reads it again, whatever became of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSource {
    /// The TOML's file as messages name it.
    #[serde(serialize_with = "as_text")]
    pub file: PathBuf,
    /// The TOML.
    pub toml: String,
    /// Templates and schemas beside it, by the name the TOML uses.
    pub companions: BTreeMap<String, String>,
    /// What else is known of the folder, for messages only.
    #[serde(skip)]
    pub beside: Beside,
}

/// What stands beside a gate's TOML and is no part of the gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Names of further files, for suggestions.
    pub names: Vec<String>,
    /// Files that the TOML names and that cannot be used, with the reason.
    pub refused: BTreeMap<String, String>,
}

impl GateSource {
    /// A gate from memory, with nothing beside it.
    pub fn new(
        file: impl Into<PathBuf>,
        toml: impl Into<String>,
        companions: impl IntoIterator<Item = (String, String)>,
    ) -> GateSource {
        GateSource {
            file: file.into(),
            toml: toml.into(),
            companions: companions.into_iter().collect(),
            beside: Beside::default(),
        }
    }

    /// Hex SHA-256 over the TOML and the companions by name. Two gates with the same hash put the
    /// same questions, wherever their files lie.
    pub fn content_hash(&self) -> String {
        let companions = self.companions.iter().flat_map(|(name, text)| [name, text]);
        digest(
            "synod/gate/v1",
            std::iter::once(&self.toml)
                .chain(companions)
                .map(String::as_bytes),
        )
    }

    /// Without the companions that the TOML does not name.
    pub(crate) fn only_named(&self) -> GateSource {
        let named = self.named();
        let mut source = self.clone();
        source.companions.retain(|name, _| named.contains(name));
        source.beside = Beside::default();
        source
    }

    /// The name the TOML gives the gate, else the file's stem: what a gate is listed under even if
    /// nothing else in it can be read.
    pub fn name(&self) -> String {
        let name = self.strings(&["name"]).pop();
        name.unwrap_or_else(|| super::folder::stem(&self.file))
    }

    /// The files the TOML names.
    pub(super) fn named(&self) -> Vec<String> {
        self.strings(&COMPANION_KEYS)
    }

    /// Names to suggest for a companion that is not there.
    pub(crate) fn known_companions(&self) -> impl Iterator<Item = &str> {
        let beside = self.beside.names.iter();
        let further = beside.filter(|name| !self.companions.contains_key(*name));
        self.companions.keys().chain(further).map(String::as_str)
    }

    /// What can be read of its checkpoint when the rest is wrong.
    pub(super) fn checkpoint(&self) -> Claim {
        let (_, errors) = DeTable::parse_recoverable(&self.toml);
        match self.strings(&["checkpoint"]).pop() {
            Some(checkpoint) => Claim::This(checkpoint),
            None if errors.is_empty() => Claim::Nothing,
            None => Claim::Unknown,
        }
    }

    /// Strings under keys of `[gate]`, as far as broken TOML can be read.
    fn strings(&self, keys: &[&str]) -> Vec<String> {
        let (root, _) = DeTable::parse_recoverable(&self.toml);
        let Some(gate) = root.get_ref().get("gate").map(toml::Spanned::get_ref) else {
            return Vec::new();
        };
        keys.iter()
            .filter_map(|key| gate.as_table()?.get(*key)?.get_ref().as_str())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// What a gate that cannot be used says about one of its keys.
pub(super) enum Claim {
    This(String),
    Nothing,
    /// It is no TOML.
    Unknown,
}

/// A path that is not UTF-8 is only named in messages: what cannot be written is replaced.
fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}
