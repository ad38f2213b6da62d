//! Git's list of changed files (`--raw`), which stands above the patch.

use std::collections::BTreeMap;

use synod_consensus::diff::unquoted;

use super::{ReviewError, range::is_oid};

/// A file's contents before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blobs {
    /// Absent if there is none, or if it is no file (a link, a submodule).
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    /// The names it goes by, for git: before and after.
    pub(super) paths: Vec<String>,
}

/// By the path after the change; of a deleted file, before. A file that becomes a link is one of each.
pub(super) type Changed = BTreeMap<String, Blobs>;

/// Reads the list and returns what stands below it.
pub(super) fn read(output: &[u8]) -> Result<(Changed, &[u8]), ReviewError> {
    let mut changed = Changed::new();
    let mut rest = output;
    while rest.first() == Some(&b':') {
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let (line, below) = rest.split_at(end);
        rest = below.get(1..).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let garbled = || ReviewError::Garbled {
            what: "diff --raw",
            found: line.chars().take(200).collect(),
        };
        let (words, names) = line.split_once('\t').ok_or_else(garbled)?;
        let words: Vec<&str> = words.split(' ').collect();
        let [old_mode, new_mode, old, new, status] = words[..] else {
            return Err(garbled());
        };
        let paths: Option<Vec<String>> = names.split('\t').map(unquoted).collect();
        let paths = paths.ok_or_else(garbled)?;
        let path = paths.last().ok_or_else(garbled)?.clone();
        if status == "U" {
            return Err(ReviewError::Unmerged { path });
        }
        let blobs = Blobs {
            old: blob(old_mode.trim_start_matches(':'), old),
            new: blob(new_mode, new),
            paths,
        };
        changed.insert(path, blobs);
    }
    Ok((changed, rest.strip_prefix(b"\n").unwrap_or(rest)))
}

/// The blob of an ordinary file.
fn blob(mode: &str, oid: &str) -> Option<String> {
    let there = is_oid(oid) && oid.bytes().any(|byte| byte != b'0');
    (mode.starts_with("100") && there).then(|| oid.to_owned())
}
