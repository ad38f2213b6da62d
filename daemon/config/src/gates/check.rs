//! Gates looked at by whoever writes them: everything that is wrong with each, with its line. What
//! is checked is what a submission checks, and that the agents a gate names exist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::gate::{Agents, GateDef, GateError};

use super::folder::{self, Read};
use super::{GateDir, GateOrigin, GateSource};

/// One gate that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its TOML.
    pub file: PathBuf,
    /// Its name, as far as it can be read.
    pub name: String,
    /// The gate, or what is wrong with it. Its words name files and lines.
    pub gate: Result<GateDef, GateError>,
}

/// Checks one gate, by its TOML.
pub fn check_file(file: &Path, agents: Agents<'_>) -> Checked {
    checked(folder::read_one(file), agents)
}

/// Checks every gate of a folder, in the order of their files.
pub fn check_folder(path: &Path, agents: Agents<'_>) -> Result<Vec<Checked>, GateError> {
    if path.symlink_metadata().is_err() {
        return Err(GateError::Folder {
            folder: path.display().to_string(),
            message: "nothing is there; `synod gate new` makes a first gate".to_owned(),
        });
    }
    let dir = GateDir {
        origin: GateOrigin::User,
        path: path.to_owned(),
    };
    let mut first: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut all = Vec::new();
    for read in folder::sources(&dir)? {
        let mut one = checked(read, agents);
        if let Some(earlier) = first.get(&one.name) {
            one.gate = Err(GateError::Twice {
                name: one.name.clone(),
                first: earlier.display().to_string(),
                second: one.file.display().to_string(),
            });
        } else {
            first.insert(one.name.clone(), one.file.clone());
        }
        all.push(one);
    }
    Ok(all)
}

fn checked(read: Read, agents: Agents<'_>) -> Checked {
    let Read { file, source } = read;
    Checked {
        name: source
            .as_ref()
            .map_or_else(|_| folder::stem(&file), GateSource::name),
        gate: source.and_then(|source| GateDef::parse_knowing(&source, agents)),
        file,
    }
}
