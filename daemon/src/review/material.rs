//! From two states to the diff between them and the files after it, within limits.

use std::{collections::BTreeMap, path::Path};

use sha2::{Digest as _, Sha256};
use synod_consensus::{
    Input,
    diff::{Content, Diff, FileChange, INPUT, NotShown},
};
use synod_shared::sanitize;

use super::{
    Between, Head, Limits, Material, ReviewError, blobs,
    changed::{self, Blobs, Changed},
};
use crate::{
    submit::hex,
    workspace::{GitError, Reading, Repo},
};

/// Most that git may print before it is stopped: files that are too large each are left out of it afterwards.
const LONGEST_OUTPUT: usize = 64 << 20;
/// Git takes a file for binary if there is a NUL among so many bytes (`buffer_is_binary`).
const LOOKED_AT: usize = 8_000;

/// Said for every diff, so that nobody's configuration changes what is reviewed.
const FLAGS: &[&str] = &[
    "--full-index",
    "--find-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--submodule=short",
    "--unified=5",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "-O/dev/null",
];

/// `None` if no file changes.
pub(super) fn read(
    repo: &Repo<'_>,
    root: &Path,
    between: &Between,
    limits: &Limits,
) -> Result<Option<Material>, ReviewError> {
    let output = diff(repo, between, &["--raw", "--patch"], &[])?;
    let (changed, patch) = changed::read(&output)?;
    let text = String::from_utf8_lossy(patch);
    let whole = Diff::parse(&text)?;
    if whole.files.is_empty() {
        return Ok(None);
    }
    bounded(whole.files.len(), limits)?;
    let disguised = disguised(repo, between, &whole, &changed, limits)?;
    let mut text = String::with_capacity(text.len());
    for file in &whole.files {
        let shown = disguised
            .get(file.path())
            .map_or(file.section, String::as_str);
        if shown.len() <= limits.file {
            text.push_str(shown);
            continue;
        }
        for file in &Diff::parse(shown)?.files {
            text.push_str(&file.without_lines());
        }
    }
    if text.len() > limits.diff {
        return Err(ReviewError::TooLarge {
            bytes: text.len(),
            limit: limits.diff,
        });
    }
    let shown = Diff::parse(&text)?;
    let files = texts(repo, &shown, &changed, limits)?;
    let material = Material {
        change: change(&shown, patch),
        not_shown: not_shown(&shown),
        files,
        title: sanitize::line(&between.title, 200),
        root: root.to_path_buf(),
        base: Some(between.base.clone()),
        head: match &between.head {
            Head::Commit(head) => Some(head.clone()),
            Head::Index => None,
        },
        diff: text.clone(),
    };
    Ok(Some(material))
}

pub(super) fn bounded(files: usize, limits: &Limits) -> Result<(), ReviewError> {
    if files > limits.files {
        return Err(ReviewError::TooMany {
            files,
            limit: limits.files,
        });
    }
    Ok(())
}

/// The hash of a change. Where bytes were replaced, two changes may look alike: then the bytes themselves count.
pub(super) fn change(diff: &Diff<'_>, bytes: &[u8]) -> String {
    if std::str::from_utf8(bytes).is_ok() {
        return diff.hash();
    }
    let both = Sha256::new().chain_update(diff.hash()).chain_update(bytes);
    hex(&both.finalize())
}

pub(super) fn not_shown(diff: &Diff<'_>) -> Vec<String> {
    let files = diff.files.iter().filter_map(|file| {
        let why = match &file.content {
            Content::Text(_) => return None,
            Content::NotShown(NotShown::Binary) => "binary".to_owned(),
            Content::NotShown(NotShown::TooLarge { bytes }) => {
                format!("too large: {bytes} bytes of changed lines")
            }
        };
        Some(format!("{} ({why})", sanitize::line(file.path(), 200)))
    });
    files.collect()
}

fn diff(
    repo: &Repo<'_>,
    between: &Between,
    wanted: &[&str],
    paths: &[String],
) -> Result<Vec<u8>, ReviewError> {
    // Names in quotes are exact, whatever bytes they are made of.
    let mut args = vec!["-c", "core.quotePath=true"];
    match &between.head {
        Head::Commit(head) => {
            args.extend(["diff-tree", "-r"]);
            args.extend(wanted.iter().chain(FLAGS));
            args.extend([between.base.as_str(), head]);
        }
        Head::Index => {
            args.extend(["diff-index", "--cached"]);
            args.extend(wanted.iter().chain(FLAGS));
            args.push(&between.base);
        }
    }
    args.push("--");
    args.extend(paths.iter().map(String::as_str));
    let mut output = Vec::new();
    let answer = repo.stream(&args, |piece| {
        output.extend_from_slice(piece);
        if output.len() > LONGEST_OUTPUT {
            Reading::Enough
        } else {
            Reading::GoOn
        }
    });
    match answer {
        Ok(answer) if answer.code == Some(0) => Ok(output),
        Ok(answer) => Err(ReviewError::Refused(answer.said)),
        Err(GitError::NobodyReads) => Err(ReviewError::TooLarge {
            bytes: output.len(),
            limit: LONGEST_OUTPUT,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Sections with the lines of files that an attribute calls binary, though they are text: an attribute in the
/// repository must not hide a change from its reviewers.
fn disguised(
    repo: &Repo<'_>,
    between: &Between,
    diff: &Diff<'_>,
    changed: &Changed,
    limits: &Limits,
) -> Result<BTreeMap<String, String>, ReviewError> {
    let called_binary = |file: &&FileChange<'_>| match file.content {
        Content::NotShown(NotShown::Binary) => true,
        Content::NotShown(NotShown::TooLarge { .. }) | Content::Text(_) => false,
    };
    let files = diff.files.iter().filter(called_binary);
    let files: Vec<&Blobs> = files.filter_map(|file| changed.get(file.path())).collect();
    let both = |blobs: &&Blobs| [blobs.old.clone(), blobs.new.clone()].into_iter().flatten();
    let oids: Vec<String> = files.iter().flat_map(both).collect();
    let read = fitting(repo, oids.iter().map(String::as_str), limits)?;
    let is_text = |oid: &String| {
        let content = read.get(oid);
        content.is_some_and(|bytes| !bytes[..bytes.len().min(LOOKED_AT)].contains(&0))
    };
    let paths = files
        .iter()
        .filter(|blobs| both(blobs).all(|oid| is_text(&oid)));
    let paths: Vec<String> = paths
        .flat_map(|blobs| &blobs.paths)
        .map(|path| format!(":(top,literal){path}"))
        .collect();
    if paths.is_empty() {
        return Ok(BTreeMap::new());
    }
    let output = self::diff(repo, between, &["--patch", "--text"], &paths)?;
    let text = String::from_utf8_lossy(&output);
    let shown = Diff::parse(&text)?;
    let sections = shown.files.iter();
    Ok(sections
        .map(|file| (file.path().to_owned(), file.section.to_owned()))
        .collect())
}

/// The files after the change that are text.
fn texts(
    repo: &Repo<'_>,
    diff: &Diff<'_>,
    changed: &Changed,
    limits: &Limits,
) -> Result<Vec<Input>, ReviewError> {
    let files = diff.files.iter().filter_map(|file| {
        let path = file.new_path().filter(|path| *path != INPUT)?;
        if file.hunks().is_empty() {
            return None;
        }
        Some((path, changed.get(path)?.new.as_deref()?))
    });
    let files: Vec<(&str, &str)> = files.collect();
    let read = fitting(repo, files.iter().map(|(_, oid)| *oid), limits)?;
    let inputs = files.into_iter().filter_map(|(path, oid)| {
        Some(Input {
            path: path.to_owned(),
            text: String::from_utf8_lossy(read.get(oid)?).into_owned(),
        })
    });
    Ok(inputs.collect())
}

/// The contents that are within the limits, each by itself and all together, the first ones first.
fn fitting<'o>(
    repo: &Repo<'_>,
    oids: impl Iterator<Item = &'o str>,
    limits: &Limits,
) -> Result<BTreeMap<String, Vec<u8>>, ReviewError> {
    let oids: Vec<&str> = oids.collect();
    let sizes = blobs::sizes(repo, &oids)?;
    let mut left = limits.texts;
    let fitting = oids.into_iter().filter(|oid| {
        let size = sizes.get(*oid).copied().filter(|size| *size <= limits.text);
        match size.and_then(|size| left.checked_sub(size)) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        }
    });
    let fitting: Vec<&str> = fitting.collect();
    blobs::contents(repo, &fitting)
}
