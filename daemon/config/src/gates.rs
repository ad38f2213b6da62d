//! All gates there are, by name. Now those in the binary; user-wide ones and a repository's come
//! as further sources on the same path. What one gate says is `gate`'s.

use std::collections::BTreeMap;
use std::path::PathBuf;

use synod_consensus::Schema;

use crate::gate::{GateDef, GateError};
use crate::near::nearest;

/// A gate as text: its TOML and the files that the TOML names.
#[derive(Debug, Clone)]
pub struct GateSource {
    /// The TOML's file as messages name it.
    pub file: PathBuf,
    /// The TOML.
    pub toml: String,
    /// Templates and schemas beside it, by the name the TOML uses.
    pub companions: BTreeMap<String, String>,
}

/// The gates in the binary.
fn builtin_sources() -> Result<Vec<GateSource>, GateError> {
    // The schema's owner is the crate that checks answers against it.
    let schema = Schema::clarify()?;
    let companions = [
        ("clarify.md.j2", include_str!("builtin/clarify.md.j2")),
        (schema.name(), schema.text()),
    ];
    Ok(vec![GateSource {
        file: PathBuf::from("clarify.toml"),
        toml: include_str!("builtin/clarify.toml").to_owned(),
        companions: companions
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect(),
    }])
}

/// Gates by name.
#[derive(Debug, Clone)]
pub struct Gates {
    by_name: BTreeMap<String, GateDef>,
}

impl Gates {
    /// The gates that ship with the program.
    pub fn builtin() -> Result<Gates, GateError> {
        Gates::from_sources(builtin_sources()?)
    }

    /// Reads sources in order; a later gate of the same name takes the place of an earlier one.
    pub fn from_sources(sources: impl IntoIterator<Item = GateSource>) -> Result<Gates, GateError> {
        let mut by_name = BTreeMap::new();
        for source in sources {
            let gate = GateDef::parse(&source)?;
            by_name.insert(gate.name.clone(), gate);
        }
        Ok(Gates { by_name })
    }

    /// The gate of this name.
    pub fn get(&self, name: &str) -> Result<&GateDef, GateError> {
        self.by_name.get(name).ok_or_else(|| GateError::Unknown {
            found: name.to_owned(),
            suggestion: nearest(name, self.by_name.keys().map(String::as_str)),
            known: self.by_name.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    /// All gates, by name.
    pub fn iter(&self) -> impl Iterator<Item = &GateDef> {
        self.by_name.values()
    }
}
