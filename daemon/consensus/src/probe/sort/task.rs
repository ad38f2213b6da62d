//! The only task that covers a requirement goes.
//!
//! A task is an item or a row under a heading, or in a file, that is named after tasks.

use std::collections::{BTreeMap, BTreeSet};

use super::Candidate;
use crate::block::Shape;
use crate::probe::Sort;
use crate::probe::ground::{Ground, Patch};
use crate::text::fold;

pub(super) fn candidates(ground: &Ground<'_>) -> Vec<Candidate> {
    let (tasks, rest): (Vec<_>, Vec<_>) =
        (ground.patches.iter().enumerate()).partition(|(_, patch)| is_task(patch));
    // `FR-1 to FR-4` covers what it does not name.
    if tasks.iter().any(|(_, task)| names_a_range(task)) {
        return Vec::new();
    }
    let defined: BTreeMap<&str, usize> = rest
        .iter()
        .rev()
        .filter_map(|(n, patch)| Some((patch.own_id()?, *n)))
        .collect();
    let mut covered: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (n, task) in &tasks {
        for id in task.ids() {
            covered.entry(id).or_default().insert(*n);
        }
    }
    let mut found = Vec::new();
    for (n, task) in &tasks {
        let mut alone: Vec<&str> = task.ids();
        alone.retain(|id| defined.contains_key(id) && covered[id].len() == 1);
        alone.sort_unstable();
        alone.dedup();
        if alone.is_empty() || task.has_parts() {
            continue;
        }
        let own = task.own_id().filter(|id| !defined.contains_key(id));
        found.push(Candidate {
            needs: alone.iter().map(|id| defined[id]).collect(),
            unique: own.into_iter().map(str::to_owned).collect(),
            shared: alone.into_iter().map(str::to_owned).collect(),
            ..Candidate::new(Sort::TaskDropped, *n, task.lines(), "")
        });
    }
    found
}

fn is_task(patch: &Patch<'_>) -> bool {
    let listed = matches!(patch.shape, Shape::Item | Shape::Row);
    let file = patch.path.rsplit('/').next().unwrap_or(patch.path);
    listed && (fold(file).contains("task") || patch.is_under(&["task"]))
}

fn names_a_range(patch: &Patch<'_>) -> bool {
    let text = patch.text();
    let ids = patch.ids();
    ids.windows(2).any(|pair| {
        let between = text
            .split_once(pair[0])
            .and_then(|(_, rest)| rest.split_once(pair[1]))
            .map(|(between, _)| between.trim());
        matches!(
            between,
            Some("-" | "–" | "—" | ".." | "..." | "…" | "to" | "through" | "bis")
        )
    }) || ids.iter().any(|id| id.contains(".."))
}
