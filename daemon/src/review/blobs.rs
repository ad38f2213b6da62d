//! Contents of files, by their names as objects: two calls of git, however many they are.

use std::collections::BTreeMap;

use super::ReviewError;
use crate::workspace::{Reading, Repo};

/// Sizes in bytes; what is missing or no blob is left out.
pub(super) fn sizes(
    repo: &Repo<'_>,
    oids: &[&str],
) -> Result<BTreeMap<String, usize>, ReviewError> {
    if oids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let repo = repo.clone().with_words(words(oids));
    let listed = repo.run(&["cat-file", "--batch-check"])?;
    let listed = String::from_utf8_lossy(&listed);
    Ok(listed.lines().filter_map(header).collect())
}

/// Contents; ask only for what is not too much to be held.
pub(super) fn contents(
    repo: &Repo<'_>,
    oids: &[&str],
) -> Result<BTreeMap<String, Vec<u8>>, ReviewError> {
    if oids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let repo = repo.clone().with_words(words(oids));
    let mut output = Vec::new();
    let args = ["cat-file", "--batch"];
    let answer = repo.stream(&args, |piece| {
        output.extend_from_slice(piece);
        Reading::GoOn
    })?;
    if answer.code != Some(0) {
        return Err(ReviewError::Refused(answer.said));
    }
    let mut found = BTreeMap::new();
    let mut rest = output.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, below) = (String::from_utf8_lossy(&rest[..end]), &rest[end + 1..]);
        let Some((oid, size)) = header(&line) else {
            rest = below;
            continue;
        };
        let garbled = || ReviewError::Garbled {
            what: "cat-file --batch",
            found: line.chars().take(200).collect(),
        };
        let (content, below) = below.split_at_checked(size).ok_or_else(garbled)?;
        rest = below.strip_prefix(b"\n").ok_or_else(garbled)?;
        found.insert(oid, content.to_vec());
    }
    Ok(found)
}

fn words(oids: &[&str]) -> Vec<u8> {
    let mut words = oids.join("\n").into_bytes();
    words.push(b'\n');
    words
}

/// `<oid> blob <size>`
fn header(line: &str) -> Option<(String, usize)> {
    let mut words = line.split(' ');
    let (oid, kind, size) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob").then_some((oid.to_owned(), size.parse().ok()?))
}
