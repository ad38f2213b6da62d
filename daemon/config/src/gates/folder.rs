//! Gates on disk: which folders hold some, and what is read of them. Names lead nowhere outside
//! their folder, and what is read is bounded.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use crate::error::ConfigError;
use crate::gate::GateError;
use crate::text_file::{Limit, ReadError, ReadFault, from_io, read_text};

use super::GateOrigin;
use super::source::GateSource;

/// A gate is a page or two.
const TOML_LIMIT: Limit = Limit {
    bytes: 256 << 10,
    advice: "check that this is a gate",
};

/// A template or a schema that stands in every prompt.
const COMPANION_LIMIT: Limit = Limit {
    bytes: 1 << 20,
    advice: "it stands in every prompt; make it shorter",
};

/// A folder with more entries is no folder of gates.
const MOST_ENTRIES: usize = 1000;

/// A folder that may hold gates, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateDir {
    /// Whose gates they are.
    pub origin: GateOrigin,
    /// The folder itself.
    pub path: PathBuf,
}

/// The folder `.synod/gates` nearest to `start` (a folder or a file): there, or in a folder above
/// it, up to the root of its repository (the first folder with a `.git`) or else of the file
/// system. `None` when there is none.
pub fn repository_gates(start: &Path) -> Option<GateDir> {
    let start = start.canonicalize().ok()?;
    for folder in start.ancestors() {
        let path = folder.join(".synod/gates");
        // Whatever is there counts, so that a file in the folder's place is told and not passed by.
        if path.symlink_metadata().is_ok() {
            return Some(GateDir {
                origin: GateOrigin::Repository,
                path,
            });
        }
        if folder.join(".git").symlink_metadata().is_ok() {
            return None;
        }
    }
    None
}

/// What each `*.toml` of a folder holds, in the order of names; nothing if there is no folder.
pub(super) fn sources(dir: &GateDir) -> Result<Vec<Read>, GateError> {
    let Some(names) = names(&dir.path)? else {
        return Ok(Vec::new());
    };
    must_be_ours(dir)?;
    let gates = names.iter().filter(|name| is_gate(name));
    let read = gates.map(|name| {
        let file = dir.path.join(name);
        let source = read_beside(&file, &names);
        Read { file, source }
    });
    Ok(read.collect())
}

/// A gate's file, and what was read of it.
pub(super) struct Read {
    pub file: PathBuf,
    pub source: Result<GateSource, GateError>,
}

/// What a gate is called whose own name cannot be read.
pub(super) fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// One gate by its file.
pub(super) fn read_one(file: &Path) -> Read {
    let names = names(folder_of(file)).map(Option::unwrap_or_default);
    Read {
        file: file.to_owned(),
        source: names.and_then(|names| read_beside(file, &names)),
    }
}

fn read_beside(file: &Path, names: &[String]) -> Result<GateSource, GateError> {
    let folder = folder_of(file);
    let unreadable = |error| GateError::Invalid(ConfigError::Unreadable(error));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let toml = read_within(folder, &name, TOML_LIMIT).map_err(|refusal| match refusal {
        Refusal::Unreadable(error) => unreadable(error),
        Refusal::Outside => unreadable(ReadError {
            path: file.to_owned(),
            fault: ReadFault::Os {
                message: OUTSIDE.to_owned(),
            },
        }),
        Refusal::Missing => unreadable(ReadError {
            path: file.to_owned(),
            fault: ReadFault::Missing,
        }),
    })?;
    let mut source = GateSource::new(file, toml, []);
    for name in source.named() {
        match read_within(folder, &name, COMPANION_LIMIT) {
            Ok(text) => drop(source.companions.insert(name, text)),
            // Said as an unknown name, with the known ones.
            Err(Refusal::Missing) => {}
            Err(Refusal::Outside) => {
                drop(source.beside.refused.insert(name, OUTSIDE.to_owned()));
            }
            Err(Refusal::Unreadable(error)) => {
                drop(source.beside.refused.insert(name, error.to_string()));
            }
        }
    }
    let further = names.iter().filter(|name| !is_gate(name));
    source.beside.names = further.cloned().collect();
    Ok(source)
}

const OUTSIDE: &str = "it lies outside the gate's folder; copy the file there";

enum Refusal {
    Missing,
    Outside,
    Unreadable(ReadError),
}

/// A file of the folder by its bare name. A link is followed as long as it stays in the folder: a
/// gate that comes with a repository must not put other files of its reader into a prompt.
fn read_within(folder: &Path, name: &str, limit: Limit) -> Result<String, Refusal> {
    let mut parts = Path::new(name).components();
    let bare = matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name);
    if !bare || name.contains('\0') {
        return Err(Refusal::Outside);
    }
    let path = folder.join(name);
    let refuse = |error: std::io::Error| match from_io(&error) {
        ReadFault::Missing => Refusal::Missing,
        fault => Refusal::Unreadable(ReadError {
            path: path.clone(),
            fault,
        }),
    };
    let real = path.canonicalize().map_err(refuse)?;
    let home = folder.canonicalize().map_err(refuse)?;
    if !real.starts_with(&home) {
        return Err(Refusal::Outside);
    }
    read_text(&real, limit).map_err(|error| match error.fault {
        ReadFault::Missing => Refusal::Missing,
        _ => Refusal::Unreadable(error),
    })
}

/// The names of a folder's entries, sorted; `None` if there is no folder. Names that are not UTF-8
/// are nobody's gate.
fn names(folder: &Path) -> Result<Option<Vec<String>>, GateError> {
    let refuse = |message: String| GateError::Folder {
        folder: folder.display().to_string(),
        message,
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !folder.is_symlink() => {
            return Ok(None);
        }
        Err(error) => return Err(refuse(format!("{error}; make it a folder you can read"))),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry =
            entry.map_err(|error| refuse(format!("{error}; make it a folder you can read")))?;
        names.extend(entry.file_name().into_string());
        if names.len() > MOST_ENTRIES {
            return Err(refuse(format!(
                "expected at most {MOST_ENTRIES} files, found more; keep only gates there"
            )));
        }
    }
    names.sort();
    Ok(Some(names))
}

/// Above a subject that is in no repository there may be folders of anybody's, such as `/tmp`: what
/// somebody else left there is no gate of ours. Root may be asked to work in anybody's.
fn must_be_ours(dir: &GateDir) -> Result<(), GateError> {
    let me = rustix::process::geteuid();
    if dir.origin != GateOrigin::Repository || me.is_root() {
        return Ok(());
    }
    let refuse = |message: String| GateError::Folder {
        folder: dir.path.display().to_string(),
        message,
    };
    let metadata = fs::metadata(&dir.path).map_err(|error| refuse(error.to_string()))?;
    if metadata.uid() == me.as_raw() {
        return Ok(());
    }
    Err(refuse(format!(
        "it belongs to user {}, not to you; work on a copy of your own",
        metadata.uid()
    )))
}

fn is_gate(name: &str) -> bool {
    !name.starts_with('.') && Path::new(name).extension().is_some_and(|ext| ext == "toml")
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}
