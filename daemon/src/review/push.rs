//! A push, as git tells a pre-push hook: for each ref, what the remote does not have yet.
//!
//! | the line says | reviewed |
//! |---|---|
//! | the ref is deleted | nothing |
//! | it moves forward | from what the remote has to what is pushed |
//! | it moves elsewhere (forced) | from the last commit the remote has on the way to what is pushed |
//! | it is new | the same; nothing if the remote has all its commits |
//! | the remote has a commit we do not know | as if it were new |
//! | it is new, and nothing is known of the remote | everything |
//!
//! What the remote has is what its remote-tracking refs say: nothing is fetched.

use std::collections::BTreeSet;

use super::{
    Between, Head, ReviewError,
    range::{commit, empty_tree, is_oid},
};
use crate::workspace::{Reading, Repo};

pub(super) enum Pushed {
    /// And why, in a sentence.
    Nothing(String),
    Change(Between),
}

/// Commits on the remote's edge that are looked at: fewer only make the base older.
const MAX_EDGE: usize = 200;

/// In the order of the lines; blank ones say nothing.
pub(super) fn between(
    repo: &Repo<'_>,
    remote: &str,
    lines: &[String],
) -> Result<Vec<Pushed>, ReviewError> {
    let lines = lines.iter().map(|line| line.trim());
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| Line::read(line)?.between(repo, remote))
        .collect()
}

struct Line<'l> {
    local_ref: &'l str,
    local: Option<&'l str>,
    remote_ref: &'l str,
    remote: Option<&'l str>,
}

impl<'l> Line<'l> {
    fn read(line: &'l str) -> Result<Self, ReviewError> {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            [local_ref, local, remote_ref, remote] if is_oid(local) && is_oid(remote) => Ok(Self {
                local_ref,
                local: there(local),
                remote_ref,
                remote: there(remote),
            }),
            _ => Err(ReviewError::RefLine {
                found: line.chars().take(200).collect(),
            }),
        }
    }

    fn between(&self, repo: &Repo<'_>, remote: &str) -> Result<Pushed, ReviewError> {
        let name = short(self.remote_ref);
        let Some(local) = self.local else {
            return Ok(Pushed::Nothing(format!("{name} is deleted on {remote}")));
        };
        let no_commit = || ReviewError::NoCommit {
            reference: self.local_ref.to_owned(),
            oid: local.to_owned(),
        };
        let head = commit(repo, local)?.ok_or_else(no_commit)?;
        // Not known here if nobody has fetched it.
        let has = match self.remote {
            Some(oid) => commit(repo, oid)?,
            None => None,
        };
        let base = match &has {
            Some(has) if *has == head => {
                return Ok(Pushed::Nothing(format!("{name} is on {remote} already")));
            }
            Some(has) if is_ancestor(repo, has, &head)? => has.clone(),
            Some(_) | None => match fork(repo, remote, &head, has.as_deref())? {
                Some(base) => base,
                None => {
                    return Ok(Pushed::Nothing(format!(
                        "all commits of {name} are on {remote} already"
                    )));
                }
            },
        };
        Ok(Pushed::Change(Between {
            base,
            head: Head::Commit(head),
            title: format!("{} to {remote}", short(self.local_ref)),
        }))
    }
}

/// Where what is pushed leaves what the remote has; `None` if it does not.
fn fork(
    repo: &Repo<'_>,
    remote: &str,
    head: &str,
    also: Option<&str>,
) -> Result<Option<String>, ReviewError> {
    let mut known = tracked(repo, remote)?;
    known.extend(also.map(str::to_owned));
    let edge = edge(repo, head, &known)?;
    if !edge.is_new {
        return Ok(None);
    }
    if edge.commits.is_empty() {
        // Nothing of it is there.
        return empty_tree(repo).map(Some);
    }
    // The nearest commits that both have, were all those of the edge merged.
    let mut args = vec!["merge-base", "--all", head];
    args.extend(edge.commits.iter().map(String::as_str));
    let nearest = repo.maybe(&args)?.unwrap_or_default();
    let nearest: Vec<&str> = nearest.lines().collect();
    let base = match nearest[..] {
        [] => return empty_tree(repo).map(Some),
        [one] => one.to_owned(),
        [first, ..] => {
            // Of several, the default branch's: that is what people compare with.
            let usual = commit(repo, &format!("refs/remotes/{remote}/HEAD"))?;
            let usual = match usual {
                Some(usual) => repo.maybe(&["merge-base", head, &usual])?,
                None => None,
            };
            usual
                .filter(|usual| nearest.contains(&usual.as_str()))
                .unwrap_or(first.to_owned())
        }
    };
    Ok(Some(base))
}

/// What the remote's refs were when they were last fetched or pushed.
fn tracked(repo: &Repo<'_>, remote: &str) -> Result<BTreeSet<String>, ReviewError> {
    // A remote without a name is given by its address: nothing is kept about it.
    if remote.is_empty() || remote.contains([':', '*', '?', '[', '\\', '\0']) {
        return Ok(BTreeSet::new());
    }
    let pattern = format!("refs/remotes/{remote}/");
    let listed = repo.run(&["for-each-ref", "--format=%(objectname)", &pattern])?;
    let listed = String::from_utf8_lossy(&listed);
    Ok(listed.lines().map(str::to_owned).collect())
}

struct Edge {
    /// Whether anything lies beyond it.
    is_new: bool,
    /// Known commits right below the new ones.
    commits: Vec<String>,
}

fn edge(repo: &Repo<'_>, head: &str, known: &BTreeSet<String>) -> Result<Edge, ReviewError> {
    // Refs can be many: they go in by standard input.
    let mut words = format!("{head}\n");
    for oid in known {
        words.push('^');
        words.push_str(oid);
        words.push('\n');
    }
    let repo = repo.clone().with_words(words.into_bytes());
    let mut edge = Edge {
        is_new: false,
        commits: Vec::new(),
    };
    let mut rest = Vec::new();
    let args = ["rev-list", "--boundary", "--ignore-missing", "--stdin"];
    let answer = repo.stream(&args, |piece| {
        rest.extend_from_slice(piece);
        let whole = rest
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        for line in rest[..whole].split(|byte| *byte == b'\n') {
            match line {
                [b'-', oid @ ..] if edge.commits.len() < MAX_EDGE => {
                    edge.commits.push(String::from_utf8_lossy(oid).into_owned());
                }
                [] | [b'-', ..] => {}
                _ => edge.is_new = true,
            }
        }
        rest.drain(..whole);
        Reading::GoOn
    })?;
    match answer.code {
        Some(0) => Ok(edge),
        _ => Err(ReviewError::Refused(answer.said)),
    }
}

fn is_ancestor(repo: &Repo<'_>, one: &str, other: &str) -> Result<bool, ReviewError> {
    let answer = repo.ask(&["merge-base", "--is-ancestor", one, other])?;
    match answer.code {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(ReviewError::Refused(answer.said)),
    }
}

/// An object name; none if it is all zeros, which is how git says that there is none.
fn there(oid: &str) -> Option<&str> {
    (!oid.bytes().all(|byte| byte == b'0')).then_some(oid)
}

fn short(reference: &str) -> &str {
    let known = ["refs/heads/", "refs/tags/", "refs/"];
    known
        .iter()
        .find_map(|start| reference.strip_prefix(start))
        .unwrap_or(reference)
}
