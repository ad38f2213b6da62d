//! Revisions as people write them.

use super::{Between, Head, ReviewError};
use crate::workspace::Repo;

/// `A..B`, `A...B` or `A`; what is left out is HEAD.
pub(super) fn between(repo: &Repo<'_>, words: &str) -> Result<Between, ReviewError> {
    let named = |word: &str| if word.is_empty() { "HEAD" } else { word }.to_owned();
    let unknown = || ReviewError::Revision {
        found: words.chars().take(200).collect(),
    };
    let (one, other, fork) = if let Some((one, other)) = words.split_once("...") {
        (named(one), named(other), Fork::FromWhereTheyParted)
    } else if let Some((one, other)) = words.split_once("..") {
        (named(one), named(other), Fork::FromTheFirst)
    } else if words.is_empty() {
        return Err(unknown());
    } else {
        (named(words), "HEAD".to_owned(), Fork::FromWhereTheyParted)
    };
    let from = commit(repo, &one)?.ok_or_else(unknown)?;
    let to = commit(repo, &other)?.ok_or_else(unknown)?;
    let (base, dots) = match fork {
        Fork::FromTheFirst => (from, ".."),
        Fork::FromWhereTheyParted => match repo.maybe(&["merge-base", &from, &to])? {
            Some(base) => (base, "..."),
            None => return Err(ReviewError::NoMergeBase { one, other }),
        },
    };
    Ok(Between {
        base,
        head: Head::Commit(to),
        title: format!("{one}{dots}{other}"),
    })
}

enum Fork {
    FromTheFirst,
    FromWhereTheyParted,
}

/// From HEAD to the index; before the first commit, from nothing.
pub(super) fn staged(repo: &Repo<'_>) -> Result<Between, ReviewError> {
    let base = match commit(repo, "HEAD")? {
        Some(head) => head,
        None => empty_tree(repo)?,
    };
    Ok(Between {
        base,
        head: Head::Index,
        title: "staged".to_owned(),
    })
}

/// The commit a revision names, if it names one.
pub(super) fn commit(repo: &Repo<'_>, revision: &str) -> Result<Option<String>, ReviewError> {
    // What begins with a dash is an option to git, whatever is meant by it.
    if revision.starts_with('-') || revision.contains(['\0', '\n']) {
        return Ok(None);
    }
    let peeled = format!("{revision}^{{commit}}");
    let answer = repo.ask(&["rev-parse", "--verify", "--quiet", &peeled])?;
    let oid = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    Ok((answer.code == Some(0) && is_oid(&oid)).then_some(oid))
}

/// The tree without files, by its name in this repository's kind of hashes.
pub(super) fn empty_tree(repo: &Repo<'_>) -> Result<String, ReviewError> {
    Ok(repo.line(&["hash-object", "-t", "tree", "/dev/null"])?)
}

pub(super) fn is_oid(word: &str) -> bool {
    matches!(word.len(), 40 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
