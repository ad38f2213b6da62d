//! coverage: requirements that no task names, and tasks that name no requirement.
//!
//! Silent where tasks name no requirements at all: such a team traces in some other way.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Block, Document, Shape};
use crate::ids::{Key, Mention, Place, Register};
use crate::rule::Rule;
use crate::rules::about;
use crate::rules::traceability::{at, trace};

/// A task as written: an item with a box or an id, and all that hangs below it.
struct Task {
    place: Place,
    covers: bool,
}

pub(crate) fn check(documents: &[Document<'_>], register: &Register, out: &mut Collector<'_>) {
    let mut covered: BTreeSet<Key> = BTreeSet::new();
    let mut by_block: BTreeMap<Place, Vec<&Mention>> = BTreeMap::new();
    for mention in &register.mentions {
        let (document, block) = at(documents, mention.place);
        if document.holds_tasks(block) && register.is_requirement(&mention.key) {
            covered.insert(mention.key.clone());
            by_block.entry(mention.place).or_default().push(mention);
        }
    }
    let tasks = tasks(documents, register, &by_block);
    if tasks.is_empty() || covered.is_empty() {
        return;
    }
    uncovered(documents, register, &covered, out);
    let purposeful = tasks.iter().filter(|task| task.covers).count();
    if purposeful * 2 < tasks.len() {
        return;
    }
    for task in tasks.iter().filter(|task| !task.covers) {
        idle_task(documents, task, out);
    }
}

fn tasks(
    documents: &[Document<'_>],
    register: &Register,
    by_block: &BTreeMap<Place, Vec<&Mention>>,
) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (input, document) in documents.iter().enumerate() {
        // What a block names counts for the task it hangs on, and for the points below it.
        let mut covers = vec![false; document.blocks.len()];
        for at in 0..document.blocks.len() {
            let block = &document.blocks[at];
            let own = by_block.contains_key(&Place { input, block: at });
            let above = block.parent.is_some_and(|parent| covers[parent]);
            let heading = block.heading.is_some_and(|heading| {
                let id = document.headings[heading].id.as_deref();
                id.and_then(Key::read)
                    .is_some_and(|key| register.is_requirement(&key) && register.knows(&key))
            });
            covers[at] = own || above || heading;
        }
        for at in (0..document.blocks.len()).rev() {
            if let (true, Some(parent)) = (covers[at], document.blocks[at].parent) {
                covers[parent] = true;
            }
        }
        for (at, block) in document.blocks.iter().enumerate() {
            let named = block.id.is_some_and(|id| {
                Key::read(document.word(id))
                    .is_some_and(|key| register.task_families.contains(&key.family))
            });
            let is_task = match block.shape {
                Shape::TaskItem => true,
                Shape::Item | Shape::Row | Shape::Heading => named,
                Shape::Paragraph | Shape::HeaderRow => false,
            };
            if is_task
                && document.holds_tasks(block)
                && block.shape != Shape::Heading
                && !serves_the_work(document, block)
            {
                tasks.push(Task {
                    place: Place { input, block: at },
                    covers: covers[at],
                });
            }
        }
    }
    tasks
}

fn idle_task(documents: &[Document<'_>], task: &Task, out: &mut Collector<'_>) {
    const RULE: Rule = Rule::IdleTask;
    let (document, block) = at(documents, task.place);
    let position = (task.place.input, block.range.start, RULE);
    out.offer(Severity::Minor, position, || {
        let name = block
            .id
            .map_or("a task", |id| document.word(id))
            .to_owned();
        let mut finding = trace(
            format!("{name} in {} covers no requirement", document.path),
            Severity::Minor,
            Resolvability::SuggestFix,
            format!(
                "rule {RULE}: the other tasks name the requirements they serve, this one names none; either a requirement is missing or the work is not asked for"
            ),
            vec![document.quote(block.range.clone())],
            about(document, block),
        );
        finding.suggested_fix =
            Some("Name the requirement it serves, or drop the task.".to_owned());
        finding
    });
}

/// The requirements of one family that no task names, and how many there are in all.
#[derive(Default)]
struct Family<'a> {
    open: Vec<(&'a Key, Place)>,
    all: usize,
}

fn uncovered(
    documents: &[Document<'_>],
    register: &Register,
    covered: &BTreeSet<Key>,
    out: &mut Collector<'_>,
) {
    const RULE: Rule = Rule::UncoveredRequirement;
    let mut families: BTreeMap<&str, Family<'_>> = BTreeMap::new();
    for (key, places) in &register.defined {
        let Some(place) = places.first() else {
            continue;
        };
        let (document, block) = at(documents, *place);
        if !register.is_requirement(key) || is_withdrawn(document, block) {
            continue;
        }
        let family = families.entry(key.family.as_str()).or_default();
        family.all += 1;
        if !is_covered(key, covered) {
            family.open.push((key, *place));
        }
    }
    for (family, Family { open, all }) in families {
        // Requirements need tasks; stories and success criteria only where most have them.
        if !is_requirement_family(family) && open.len() * 2 > all {
            continue;
        }
        if open.len() > 5 && open.len() * 2 > all {
            whole_family(documents, family, &open, all, out);
            continue;
        }
        for (_, place) in open {
            let (document, block) = at(documents, place);
            let position = (place.input, block.range.start, RULE);
            out.offer(Severity::Important, position, || {
                let id = block.id.map_or(family, |id| document.word(id));
                let mut finding = trace(
                    format!("{id} is covered by no task"),
                    Severity::Important,
                    Resolvability::SuggestFix,
                    format!(
                        "rule {RULE}: the tasks name the requirements they serve, and none names {id}; it will not be built, or not be checked"
                    ),
                    vec![document.quote(block.range.clone())],
                    Some(id.to_owned()),
                );
                finding.suggested_fix =
                    Some(format!("Add a task for {id}, or name {id} at the task that does it."));
                finding
            });
        }
    }
}

fn whole_family(
    documents: &[Document<'_>],
    family: &str,
    open: &[(&Key, Place)],
    all: usize,
    out: &mut Collector<'_>,
) {
    let (_, first) = open[0];
    let (document, block) = at(documents, first);
    let position = (first.input, block.range.start, Rule::UncoveredRequirement);
    out.offer(Severity::Important, position, || {
        let ids: Vec<&str> = open
            .iter()
            .take(20)
            .filter_map(|(_, place)| {
                let (document, block) = at(documents, *place);
                block.id.map(|id| document.word(id))
            })
            .collect();
        trace(
            format!(
                "{} of {all} {} requirements are covered by no task: {}",
                open.len(),
                family.trim_end_matches('-'),
                ids.join(", ")
            ),
            Severity::Important,
            Resolvability::SuggestFix,
            format!(
                "rule {}: the tasks name the requirements they serve, and none names these",
                Rule::UncoveredRequirement
            ),
            vec![document.quote(block.range.clone())],
            None,
        )
    });
}

fn is_requirement_family(family: &str) -> bool {
    let last = family
        .trim_end_matches('-')
        .rsplit('-')
        .next()
        .unwrap_or("");
    let first = family.split('-').next().unwrap_or("");
    [first, last]
        .iter()
        .any(|part| matches!(*part, "FR" | "NFR" | "REQ" | "R" | "SR" | "UR"))
}

/// Named itself, with its whole (`FR-3` for `FR-3.1`) or in part (`FR-3.1` for `FR-3`).
fn is_covered(key: &Key, covered: &BTreeSet<Key>) -> bool {
    let whole = Key {
        family: key.family.clone(),
        number: key.number[..1].to_vec(),
        letter: String::new(),
    };
    covered.contains(key)
        || covered.contains(&whole)
        || (*key == whole
            && covered
                .range(whole.clone()..)
                .take_while(|next| next.family == whole.family)
                .take(50)
                .any(|next| next.number.starts_with(&whole.number)))
}

fn is_withdrawn(document: &Document<'_>, block: &Block) -> bool {
    block.parts.iter().any(|part| {
        document.tokens(part.clone()).iter().any(|token| {
            matches!(
                document.lower(*token),
                "removed" | "withdrawn" | "deferred" | "deprecated" | "obsolete"
            )
        })
    })
}

/// Tasks under "Setup", "Foundation", "Polish" and the like serve the work, not a requirement.
fn serves_the_work(document: &Document<'_>, block: &Block) -> bool {
    block.heading.is_some_and(|heading| {
        let title = document.headings[heading].title.to_lowercase();
        let mut words = title.split(|symbol: char| !symbol.is_alphanumeric() && symbol != '-');
        words.any(|word| {
            matches!(
                word,
                "chores"
                    | "cross-cutting"
                    | "documentation"
                    | "foundation"
                    | "foundational"
                    | "foundations"
                    | "housekeeping"
                    | "infrastructure"
                    | "polish"
                    | "prerequisites"
                    | "preparation"
                    | "set-up"
                    | "setup"
            )
        })
    })
}
