//! What is to be reviewed, read with git: two states of a repository, and what lies between them.
//!
//! Everything comes from git's own objects (commits, or the index), never from files as they lie about in the work
//! tree: what is reviewed is what will be pushed or committed. Nothing is changed, nothing is fetched, and nothing
//! of the repository's own is run (see [`crate::workspace`]'s git).
//!
//! Nothing passes unseen either: files whose lines are not shown (binary ones, too large ones) are named, text that
//! an attribute calls binary is shown as the text it is, and what is too large as a whole is refused.
//!
//! It does not read the diff's meaning (`synod_consensus::diff`), and starts no agent.

mod blobs;
mod changed;
mod error;
mod material;
mod push;
mod range;
#[cfg(test)]
mod tests;

pub use error::ReviewError;

use std::path::{Path, PathBuf};

use synod_consensus::{Input, diff::Diff};

use crate::workspace::{Git, LONG, Repo};

/// What a caller wants to have reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// `A..B`: from A to B. `A...B`: from where B left A to B. `A`: the same as `A...HEAD`, what has been done
    /// since HEAD left A.
    Range(String),
    /// From HEAD to the index; to another index if git is about to commit that one.
    Staged { index: Option<PathBuf> },
    /// The text of a patch.
    Patch(Vec<u8>),
    /// What git tells a pre-push hook: the remote's name, and a line for each ref.
    Push { remote: String, lines: Vec<String> },
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing, and why, in a sentence.
    Nothing(String),
    /// Never empty; several only of a push of several refs.
    Changes(Vec<Material>),
}

/// One change to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// A unified diff that `Diff::parse` reads. Bytes that are no UTF-8 are replaced.
    pub diff: String,
    /// Hex SHA-256: equal for the same change only. What a verdict is kept by.
    pub change: String,
    /// Text files as they are after the change, by their paths in the diff, as far as the limits allow.
    pub files: Vec<Input>,
    /// What a person calls it: `main...feature`, `feature to origin`.
    pub title: String,
    /// The repository's top folder; of a patch, the folder it was given in.
    pub root: PathBuf,
    /// Object names; absent if there is none to name.
    pub base: Option<String>,
    pub head: Option<String>,
    /// Files whose lines the diff does not show, with the reason.
    pub not_shown: Vec<String>,
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Changed files; beyond, the change is refused.
    pub files: usize,
    /// Bytes of the whole diff; beyond, the change is refused: prompts hold it whole.
    pub diff: usize,
    /// Bytes of one file's part of it; beyond, its lines are left out and it is named.
    pub file: usize,
    /// Bytes of a file after the change that quotes are looked for in; beyond, they are looked for in the diff.
    pub text: usize,
    /// The same of all files together.
    pub texts: usize,
}

impl Default for Limits {
    /// A diff of 512 KiB is about 150,000 tokens, which the models of 2025 just hold.
    fn default() -> Self {
        Self {
            files: 1_000,
            diff: 512 << 10,
            file: 128 << 10,
            text: 1 << 20,
            texts: 16 << 20,
        }
    }
}

/// Reads it. Blocks.
pub fn read(
    git: &Git,
    folder: &Path,
    wanted: &Wanted,
    limits: &Limits,
) -> Result<Found, ReviewError> {
    if let Wanted::Patch(bytes) = wanted {
        return patch(folder, bytes, limits);
    }
    if !folder.is_dir() {
        return Err(ReviewError::Folder(folder.to_path_buf()));
    }
    let (repo, root) = repository(git, folder)?;
    match wanted {
        Wanted::Patch(bytes) => patch(folder, bytes, limits),
        Wanted::Range(words) => {
            let between = range::between(&repo, words)?;
            one(&repo, &root, between, limits)
        }
        Wanted::Staged { index } => {
            let repo = match index {
                Some(index) => repo.with_index(&root.join(index)),
                None => repo,
            };
            let between = range::staged(&repo)?;
            one(&repo, &root, between, limits)
        }
        Wanted::Push { remote, lines } => {
            let mut why = Vec::new();
            let mut changes: Vec<Material> = Vec::new();
            for pushed in push::between(&repo, remote, lines)? {
                match pushed {
                    push::Pushed::Nothing(reason) => why.push(reason),
                    push::Pushed::Change(between) => {
                        match material::read(&repo, &root, &between, limits)? {
                            Some(change) => changes.push(change),
                            None => why.push(nothing_between(&between)),
                        }
                    }
                }
            }
            // A tag or a second branch at the same commit is the same change.
            let mut seen = std::collections::BTreeSet::new();
            changes.retain(|change| seen.insert(change.change.clone()));
            if why.is_empty() && changes.is_empty() {
                why.push("the push updates nothing".to_owned());
            }
            Ok(found(changes, &why.join("; ")))
        }
    }
}

/// Two states, and what a person calls the way from one to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Between {
    /// A commit, or the empty tree.
    base: String,
    head: Head,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Head {
    Commit(String),
    Index,
}

fn one(
    repo: &Repo<'_>,
    root: &Path,
    between: Between,
    limits: &Limits,
) -> Result<Found, ReviewError> {
    let change = material::read(repo, root, &between, limits)?;
    Ok(found(
        change.into_iter().collect(),
        &nothing_between(&between),
    ))
}

fn found(changes: Vec<Material>, why: &str) -> Found {
    if changes.is_empty() {
        Found::Nothing(format!("{why}: there is nothing to review"))
    } else {
        Found::Changes(changes)
    }
}

fn nothing_between(between: &Between) -> String {
    match between.head {
        Head::Index => "nothing is staged".to_owned(),
        Head::Commit(_) => format!("{} changes no file", between.title),
    }
}

fn patch(folder: &Path, bytes: &[u8], limits: &Limits) -> Result<Found, ReviewError> {
    if bytes.len() > limits.diff {
        return Err(ReviewError::TooLarge {
            bytes: bytes.len(),
            limit: limits.diff,
        });
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    let diff = Diff::parse(&text)?;
    if diff.files.is_empty() {
        return Ok(found(Vec::new(), "the patch is empty"));
    }
    material::bounded(diff.files.len(), limits)?;
    let material = Material {
        change: material::change(&diff, bytes),
        not_shown: material::not_shown(&diff),
        diff: text.clone(),
        files: Vec::new(),
        title: "patch".to_owned(),
        root: folder.to_path_buf(),
        base: None,
        head: None,
    };
    Ok(Found::Changes(vec![material]))
}

/// Git in the repository, and the repository's top folder.
fn repository<'g>(git: &'g Git, folder: &Path) -> Result<(Repo<'g>, PathBuf), ReviewError> {
    let repo = git
        .at(folder)
        .reading()
        .with_stored_objects()
        .with_limit(LONG);
    let answer = repo.ask(&["rev-parse", "--absolute-git-dir"])?;
    if answer.code != Some(0) {
        // Another user's repository, for example: git says best what to do about it.
        let said = answer.said;
        return Err(if said.contains("not a git repository") {
            ReviewError::NoRepository(folder.to_path_buf())
        } else {
            ReviewError::Refused(said)
        });
    }
    let top = repo.ask(&["rev-parse", "--show-toplevel"])?;
    // A bare repository has no top folder: it is the folder.
    let bytes = if top.code == Some(0) {
        top.stdout
    } else {
        answer.stdout
    };
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let root = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(line));
    Ok((repo, root))
}
