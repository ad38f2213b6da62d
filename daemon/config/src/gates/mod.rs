//! All gates there are, by name: those in the binary, the user's, a repository's. What one gate
//! says is `gate`'s; nothing is remembered between two loads.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::gate::{GateDef, GateError};
use crate::near::nearest;

mod builtin;
mod check;
mod folder;
mod source;
mod starter;

pub use check::{Checked, check_file, check_folder};
pub use folder::{GateDir, repository_gates};
pub use source::{Beside, GateSource};
pub use starter::starter_gate;

use source::Claim;

/// Where a gate comes from. Later ones take the place of earlier ones of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateOrigin {
    /// In the binary.
    Builtin,
    /// The user's own, for all work.
    User,
    /// In the repository the work is about.
    Repository,
}

impl GateOrigin {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            GateOrigin::Builtin => "builtin",
            GateOrigin::User => "user",
            GateOrigin::Repository => "repository",
        }
    }
}

impl fmt::Display for GateOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One gate as it was found, usable or not.
#[derive(Debug, Clone)]
pub struct Found {
    /// What a submission calls it.
    pub name: String,
    /// Where it comes from.
    pub origin: GateOrigin,
    /// Its TOML; a bare name for one in the binary.
    pub file: PathBuf,
    /// The gate, or why it cannot be used.
    pub gate: Result<GateDef, GateError>,
    /// What was read; nothing when the file itself could not be.
    pub source: Option<GateSource>,
    /// Where gates of the same name stand whose place this one takes, the nearest first.
    pub hides: Vec<(GateOrigin, PathBuf)>,
}

impl Found {
    /// Whether a gate that cannot be used is one of this checkpoint, for all that can be read.
    fn may_belong_to(&self, checkpoint: &str) -> bool {
        match self.source.as_ref().map(GateSource::checkpoint) {
            None | Some(Claim::Unknown) => true,
            Some(Claim::Nothing) => false,
            Some(Claim::This(own)) => own == checkpoint,
        }
    }
}

/// Gates by name.
#[derive(Debug, Clone)]
pub struct Gates {
    by_name: BTreeMap<String, Found>,
    /// Folders that are there and could not be used.
    unusable: Vec<GateError>,
}

impl Gates {
    /// The gates that ship with the program.
    pub fn builtin() -> Result<Gates, GateError> {
        let mut gates = Gates {
            by_name: BTreeMap::new(),
            unusable: Vec::new(),
        };
        for source in builtin::sources()? {
            let gate = GateDef::parse(&source)?;
            gates.put(Found {
                name: gate.name.clone(),
                origin: GateOrigin::Builtin,
                file: source.file.clone(),
                gate: Ok(gate),
                source: Some(source),
                hides: Vec::new(),
            });
        }
        Ok(gates)
    }

    /// The gates in the binary, then those of each folder, in order. A folder that is not there
    /// has none. A broken gate takes no other away but the one whose name it has: meaning another
    /// gate than the one that was written would be worse than none.
    pub fn load(dirs: &[GateDir]) -> Result<Gates, GateError> {
        let mut gates = Gates::builtin()?;
        for dir in dirs {
            match folder::sources(dir) {
                Ok(sources) => gates.add(dir.origin, sources),
                Err(error) => gates.unusable.push(error),
            }
        }
        Ok(gates)
    }

    /// Takes in the gates of one folder, in the order of their files.
    fn add(&mut self, origin: GateOrigin, read: Vec<folder::Read>) {
        let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
        for folder::Read { file, source } in read {
            let found = match source {
                Ok(source) => Found {
                    name: source.name(),
                    origin,
                    file,
                    gate: GateDef::parse(&source),
                    source: Some(source),
                    hides: Vec::new(),
                },
                Err(error) => Found {
                    name: folder::stem(&file),
                    origin,
                    file,
                    gate: Err(error),
                    source: None,
                    hides: Vec::new(),
                },
            };
            match files.get(&found.name) {
                None => {
                    files.insert(found.name.clone(), found.file.clone());
                    self.put(found);
                }
                Some(first) => {
                    let twice = GateError::Twice {
                        name: found.name.clone(),
                        first: first.display().to_string(),
                        second: found.file.display().to_string(),
                    };
                    if let Some(earlier) = self.by_name.get_mut(&found.name) {
                        earlier.gate = Err(twice);
                    }
                }
            }
        }
    }

    fn put(&mut self, mut found: Found) {
        if let Some(earlier) = self.by_name.remove(&found.name) {
            found.hides.push((earlier.origin, earlier.file));
            found.hides.extend(earlier.hides);
        }
        self.by_name.insert(found.name.clone(), found);
    }

    /// The gate of this name, if it can be used.
    pub fn get(&self, name: &str) -> Result<&GateDef, GateError> {
        // Which gate a name means is not known while a folder cannot be read.
        if let Some(error) = self.unusable.first() {
            return Err(error.clone());
        }
        self.found(name)?.gate.as_ref().map_err(Clone::clone)
    }

    /// Where the gate of this name was read from: `builtin`, or its file.
    pub fn origin_of(&self, name: &str) -> String {
        match self.by_name.get(name) {
            Some(found) if found.origin != GateOrigin::Builtin => found.file.display().to_string(),
            Some(_) | None => GateOrigin::Builtin.as_str().to_owned(),
        }
    }

    /// The gate of this name as it was found, usable or not.
    pub fn found(&self, name: &str) -> Result<&Found, GateError> {
        self.by_name.get(name).ok_or_else(|| GateError::Unknown {
            found: name.to_owned(),
            suggestion: nearest(name, self.by_name.keys().map(String::as_str)),
            known: self.by_name.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    /// Every gate of a checkpoint, by name. One that cannot be used refuses all of them: running
    /// the rest would look like a checkpoint that was passed.
    pub fn of_checkpoint(&self, checkpoint: &str) -> Result<Vec<&GateDef>, GateError> {
        if let Some(error) = self.unusable.first() {
            return Err(error.clone());
        }
        let mut gates = Vec::new();
        let mut known: Vec<&str> = Vec::new();
        for found in self.by_name.values() {
            match &found.gate {
                Ok(gate) if gate.checkpoint.as_deref() == Some(checkpoint) => gates.push(gate),
                Ok(gate) => known.extend(gate.checkpoint.as_deref()),
                Err(error) if found.may_belong_to(checkpoint) => return Err(error.clone()),
                Err(_) => {}
            }
        }
        if gates.is_empty() {
            known.sort_unstable();
            known.dedup();
            return Err(GateError::NoCheckpoint {
                found: checkpoint.to_owned(),
                suggestion: nearest(checkpoint, known.iter().copied()),
                known: known.join(", "),
            });
        }
        Ok(gates)
    }

    /// All gates, by name, usable or not.
    pub fn all(&self) -> impl Iterator<Item = &Found> {
        self.by_name.values()
    }

    /// The gates that can be used, by name.
    pub fn iter(&self) -> impl Iterator<Item = &GateDef> {
        self.by_name
            .values()
            .filter_map(|found| found.gate.as_ref().ok())
    }

    /// Folders of gates that are there and could not be used, with the reason.
    pub fn unusable(&self) -> &[GateError] {
        &self.unusable
    }
}

/// The user's own folder of gates, beside `config.toml`.
pub fn user_gates(config_folder: &Path) -> GateDir {
    GateDir {
        origin: GateOrigin::User,
        path: config_folder.join("gates"),
    }
}
