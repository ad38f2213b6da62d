//! What a gate looks at: the files of one folder, or one file, read once and whole.
//! Everything after this works on these bytes, not on the disk. It does not judge the text, and
//! does not remember subjects.

use std::fs;
use std::path::{Path, PathBuf};

use synod_consensus::Shape;

use crate::digest::{digest, sha256};
use crate::gate::{Fallback, GateDef, Presence};
use crate::limits::Limits;
use crate::text_file::{ReadError, ReadFault, from_io, read_text};

mod error;

pub use error::SubjectError;

/// A folder with more Markdown files than this is a whole documentation, not a spec.
const MAX_FILES: usize = 100;

/// The files a gate run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A short name for people, as in `clarify/auth-spec#3`: the folder's name or the file's
    /// stem, in characters that need no quoting in a shell.
    pub name: String,
    /// The canonical path of what was submitted; with the gate it says which subject this is.
    pub path: PathBuf,
    /// The canonical folder that the inputs' paths are relative to.
    pub root: PathBuf,
    /// The inputs, in the gate's order; never empty, and at least one has text in it.
    pub inputs: Vec<Input>,
    /// Hex SHA-256 over the inputs' paths and texts, in order.
    pub content_hash: String,
}

/// One file of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its path below the subject's root, as prompts and people see it.
    pub path: String,
    /// Its whole text, byte for byte.
    pub text: String,
    /// Hex SHA-256 of the text.
    pub sha256: String,
}

impl Subject {
    /// Reads what `spec` names for this gate.
    ///
    /// A file is taken alone. Of a folder, the inputs the gate declares are taken, those that
    /// are there; when none is and the gate falls back to Markdown, every `*.md` file directly in
    /// it that has text, by name. The
    /// first declared input must have text; a later one may be empty and is shown as empty.
    pub fn read(spec: &Path, gate: &GateDef, limits: &Limits) -> Result<Subject, SubjectError> {
        if gate.answers == Shape::Remarks {
            return Err(SubjectError::NotAChange {
                path: spec.to_owned(),
                gate: gate.name.clone(),
            });
        }
        let path = canonical(spec)?;
        let files = if path.is_dir() {
            Files::of_folder(&path, gate)?
        } else {
            Files::of_file(spec, &path)?
        };
        let texts = files.read(&path, limits)?;
        Ok(Subject::of_texts(
            short_name(&path, spec),
            path,
            files.root,
            texts,
        ))
    }

    /// A subject of texts that were read elsewhere, such as a change: pairs of path and text, in the
    /// gate's order. For whoever reads them: limits and emptiness are not looked at here.
    pub fn of_texts(
        name: String,
        path: PathBuf,
        root: PathBuf,
        texts: Vec<(String, String)>,
    ) -> Subject {
        let inputs = texts.into_iter().map(|(path, text)| Input {
            path,
            sha256: sha256(&text),
            text,
        });
        let inputs: Vec<Input> = inputs.collect();
        Subject {
            name,
            path,
            root,
            content_hash: content_hash(&inputs),
            inputs,
        }
    }
}

/// Which files are to be read, before any is.
struct Files {
    root: PathBuf,
    names: Vec<String>,
    chosen: Chosen,
}

/// Who chose the files, which decides what an empty one means.
enum Chosen {
    /// The user or the gate named them: the first must have text.
    ByName,
    /// They were all there was: the empty ones are left out.
    AsFound,
}

impl Files {
    fn of_file(given: &Path, path: &Path) -> Result<Files, SubjectError> {
        // The name as given: `spec.md` may be a link to something called otherwise.
        let name = given.file_name().or_else(|| path.file_name());
        Ok(Files {
            root: path.parent().unwrap_or(path).to_owned(),
            names: vec![utf8_name(given, name.unwrap_or_default())?],
            chosen: Chosen::ByName,
        })
    }

    fn of_folder(folder: &Path, gate: &GateDef) -> Result<Files, SubjectError> {
        let mut names = Vec::new();
        let mut missing = None;
        for input in &gate.inputs {
            // Not `exists`: a dangling link is a mistake to be named, not an absent file.
            if folder.join(&input.path).symlink_metadata().is_ok() {
                names.push(input.path.clone());
            } else if input.presence == Presence::Required && missing.is_none() {
                missing = Some(input.path.clone());
            }
        }
        let root = folder.to_owned();
        if names.is_empty() && gate.fallback == Fallback::Markdown {
            return Files::of_markdown(root, gate);
        }
        match missing {
            Some(input) => Err(SubjectError::RequiredMissing {
                path: root,
                input,
                gate: gate.name.clone(),
            }),
            None if names.is_empty() => Err(SubjectError::NoneOfThem {
                path: root,
                expected: gate.inputs_in_words(),
                gate: gate.name.clone(),
            }),
            None => Ok(Files {
                root,
                names,
                chosen: Chosen::ByName,
            }),
        }
    }

    fn of_markdown(root: PathBuf, gate: &GateDef) -> Result<Files, SubjectError> {
        let names = markdown_files(&root)?;
        if names.is_empty() {
            return Err(SubjectError::NoMarkdown {
                path: root,
                expected: gate.inputs_in_words(),
            });
        }
        Ok(Files {
            root,
            names,
            chosen: Chosen::AsFound,
        })
    }

    fn read(
        &self,
        submitted: &Path,
        limits: &Limits,
    ) -> Result<Vec<(String, String)>, SubjectError> {
        let mut inputs = Vec::with_capacity(self.names.len());
        let mut total: u64 = 0;
        for name in &self.names {
            let file = if submitted == self.root {
                self.root.join(name)
            } else {
                submitted.to_owned()
            };
            let text = read_text(&file, limits.one_file()).map_err(SubjectError::Unreadable)?;
            total = total.saturating_add(text.len() as u64);
            if total > limits.subject_bytes {
                return Err(SubjectError::TooLargeTogether {
                    path: self.root.clone(),
                    limit: limits.subject_bytes,
                });
            }
            if is_blank(&text) {
                match self.chosen {
                    Chosen::ByName if inputs.is_empty() => {
                        return Err(SubjectError::Empty { path: file });
                    }
                    Chosen::ByName => {}
                    Chosen::AsFound => continue,
                }
            }
            inputs.push((name.clone(), text));
        }
        if inputs.is_empty() {
            return Err(SubjectError::Empty {
                path: submitted.to_owned(),
            });
        }
        Ok(inputs)
    }
}

fn canonical(spec: &Path) -> Result<PathBuf, SubjectError> {
    if spec.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(SubjectError::BadName {
            path: spec.to_owned(),
            why: "it has a NUL character in it",
        });
    }
    fs::canonicalize(spec).map_err(|error| match from_io(&error) {
        ReadFault::Missing => SubjectError::Missing {
            path: spec.to_owned(),
        },
        fault => SubjectError::Unreadable(ReadError {
            path: spec.to_owned(),
            fault,
        }),
    })
}

/// The Markdown files directly in a folder, by name; no hidden ones, no folders.
fn markdown_files(folder: &Path) -> Result<Vec<String>, SubjectError> {
    let unreadable = |error: std::io::Error| {
        SubjectError::Unreadable(ReadError {
            path: folder.to_owned(),
            fault: from_io(&error),
        })
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let markdown = path.extension().is_some_and(|extension| {
            extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
        });
        let name = path.file_name().unwrap_or_default();
        if markdown && !name.as_encoded_bytes().starts_with(b".") && !path.is_dir() {
            names.push(utf8_name(&path, name)?);
        }
    }
    if names.len() > MAX_FILES {
        return Err(SubjectError::TooManyFiles {
            path: folder.to_owned(),
            found: names.len(),
        });
    }
    names.sort();
    Ok(names)
}

fn utf8_name(path: &Path, name: &std::ffi::OsStr) -> Result<String, SubjectError> {
    let refuse = |why| SubjectError::BadName {
        path: path.to_owned(),
        why,
    };
    let name = name.to_str().ok_or_else(|| refuse("it is not UTF-8"))?;
    // Prompts and terminals show this name; a line break in it could pass for an instruction.
    if name.contains(char::is_control) {
        return Err(refuse("it has a control character in it"));
    }
    Ok(name.to_owned())
}

/// White space, or a byte order mark and white space.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

fn short_name(path: &Path, given: &Path) -> String {
    let name = if path.is_dir() {
        path.file_name()
    } else {
        given.file_stem().or_else(|| path.file_stem())
    };
    let name = name.unwrap_or_default().to_string_lossy();
    let plain: String = name
        .chars()
        .map(|c| match c {
            '.' | '_' | '-' => c,
            c if c.is_alphanumeric() => c,
            _ => '-',
        })
        .take(64)
        .collect();
    match plain.trim_matches(['-', '.']) {
        "" => "spec".to_owned(),
        name => name.to_owned(),
    }
}

/// Lengths stand before the parts, so that no two lists of inputs give the same bytes.
fn content_hash(inputs: &[Input]) -> String {
    let parts = inputs
        .iter()
        .flat_map(|input| [input.path.as_bytes(), input.text.as_bytes()]);
    digest("synod/subject/v1", parts)
}
