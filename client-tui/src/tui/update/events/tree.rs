//! Makes the tree of a chain out of the ring. What is not in the ring is not made up: it is said that it is missing.
//!
//! A command is told by its request id, which stands on all it changed at once. What comes later belongs to the
//! last command before that touched the same execution, else to the last of the run.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use synod_proto::v1::{AttemptProgress, Change, change::Entity};

use crate::{
    render::{clean, event, instant, span},
    tui::model::events::{
        chain::{Chain, Is, Line},
        ring::{Entry, Ring},
    },
};

/// A command and what followed.
struct Cause<'a> {
    /// What it changed itself; none: what came before is not here.
    own: Vec<&'a Change>,
    parts: Vec<Part<'a>>,
}

/// What followed, in order of its first change.
enum Part<'a> {
    Execution(String, Vec<&'a Change>),
    Findings(Vec<&'a Change>),
    Run(&'a Change),
}

/// The lines of a chain.
pub fn lines(ring: &Ring, chain: &mut Chain, until: Option<u64>) -> Vec<Line> {
    let until = until.unwrap_or(u64::MAX);
    let Some(run) = chain.run.clone() else {
        return alone(ring, chain.event);
    };
    let causes = causes(ring, &run, until);
    let mut executions = HashSet::new();
    for cause in &causes {
        for part in &cause.parts {
            if let Part::Execution(id, _) = part {
                executions.insert(id.clone());
            }
        }
    }
    if executions.len() == 1 && chain.lines.is_empty() {
        chain.unfolded.extend(executions);
    }
    let mut lines = Vec::new();
    let begun = causes.first().is_some_and(|cause| {
        let first = cause.own.first().and_then(|change| change.entity.as_ref());
        matches!(first, Some(Entity::Run(run)) if run.state == "pending")
    });
    if !begun {
        lines.push(missing());
    }
    for cause in &causes {
        of_cause(cause, chain, &mut lines);
    }
    lines
}

fn missing() -> Line {
    Line {
        depth: 0,
        words: "earlier changes are not loaded".to_owned(),
        state: String::new(),
        revisions: None,
        at: None,
        after: None,
        is: Is::Missing,
    }
}

/// A change that names no run.
fn alone(ring: &Ring, revision: u64) -> Vec<Line> {
    let change = ring.position(revision).and_then(|at| ring.change(at));
    let line = change.map(|change| step(change, 0, None, revision));
    line.into_iter().collect()
}

fn causes<'a>(ring: &'a Ring, run: &str, until: u64) -> Vec<Cause<'a>> {
    let mut causes: Vec<Cause<'a>> = Vec::new();
    // The command that touched an execution last.
    let mut owners: HashMap<&str, usize> = HashMap::new();
    for entry in ring.from(0).take_while(|entry| entry.first() <= until) {
        let Entry::Change(change, _) = entry else {
            continue;
        };
        if event::run_of(change) != Some(run) {
            continue;
        }
        let execution = event::execution_of(change);
        let same = causes
            .last()
            .and_then(|cause| cause.own.first())
            .is_some_and(|first| first.request_id == change.request_id);
        if change.request_id.is_empty() {
            if causes.is_empty() {
                let (own, parts) = (Vec::new(), Vec::new());
                causes.push(Cause { own, parts });
            }
        } else if same {
            if let Some(cause) = causes.last_mut() {
                cause.own.push(change);
            }
        } else {
            let (own, parts) = (vec![&**change], Vec::new());
            causes.push(Cause { own, parts });
        }
        let last = causes.len() - 1;
        let owner = match execution {
            Some(id) if change.request_id.is_empty() => *owners.entry(id).or_insert(last),
            Some(id) => {
                owners.insert(id, last);
                last
            }
            None => last,
        };
        causes[owner].add(change, execution);
    }
    causes
}

impl<'a> Cause<'a> {
    fn add(&mut self, change: &'a Change, execution: Option<&str>) {
        let found = self.parts.iter_mut().rev().find_map(|part| match part {
            Part::Execution(id, changes) if Some(&**id) == execution => Some(changes),
            Part::Execution(..) | Part::Findings(_) | Part::Run(_) => None,
        });
        let finding = matches!(
            change.entity,
            Some(Entity::Finding(_) | Entity::Question(_))
        );
        match (execution, found) {
            (Some(_), Some(changes)) => changes.push(change),
            (Some(id), None) => self
                .parts
                .push(Part::Execution(id.to_owned(), vec![change])),
            (None, _) if finding => match self.parts.last_mut() {
                Some(Part::Findings(changes)) => changes.push(change),
                _ => self.parts.push(Part::Findings(vec![change])),
            },
            // The submission itself is told by the command's line.
            (None, _) if self.own.len() == 1 && is_submission(change) => {}
            (None, _) => self.parts.push(Part::Run(change)),
        }
    }
}

fn is_submission(change: &Change) -> bool {
    matches!(&change.entity, Some(Entity::Run(run)) if run.state == "pending")
}

fn of_cause(cause: &Cause<'_>, chain: &Chain, lines: &mut Vec<Line>) {
    let start = cause.own.first().and_then(|change| time(change));
    if let (Some(first), Some(last)) = (cause.own.first(), cause.own.last()) {
        let asked = first.revision == chain.event && is_submission(first);
        lines.push(Line {
            depth: 0,
            words: event::command(&cause.own),
            state: String::new(),
            revisions: Some((first.revision, last.revision)),
            at: start,
            after: None,
            is: if asked { Is::Event } else { Is::Step },
        });
        let changes = match cause.own.len() {
            1 => "1 change".to_owned(),
            n => format!("{n} changes"),
        };
        lines.push(Line {
            depth: 1,
            words: format!("committed: {changes}"),
            state: String::new(),
            revisions: Some((first.revision, last.revision)),
            at: start,
            after: start,
            is: Is::Step,
        });
    }
    for part in &cause.parts {
        match part {
            Part::Execution(id, changes) => of_execution(id, changes, chain, start, lines),
            Part::Findings(changes) => of_findings(changes, chain, start, lines),
            Part::Run(change) => lines.push(step(change, 1, start, chain.event)),
        }
    }
}

fn of_execution(
    id: &str,
    changes: &[&Change],
    chain: &Chain,
    start: Option<Timestamp>,
    lines: &mut Vec<Line>,
) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return;
    };
    let agent = changes.iter().find_map(|change| event::agent_of(change));
    let agent = agent.map_or_else(|| "an agent".to_owned(), clean);
    let unfolded = chain.unfolded.contains(id);
    let told = event::what(last);
    let words = if unfolded {
        agent
    } else {
        format!("{agent}: {told}, {} changes", changes.len())
    };
    lines.push(Line {
        depth: 1,
        words,
        state: if unfolded {
            String::new()
        } else {
            event::state_of(last).to_owned()
        },
        revisions: Some((first.revision, last.revision)),
        at: time(if unfolded { first } else { last }),
        after: start,
        is: if unfolded {
            Is::Unfolded(id.to_owned())
        } else {
            Is::Folded(id.to_owned())
        },
    });
    if !unfolded {
        return;
    }
    let is_progress = |change: &&Change| progress(change).is_some();
    for some in changes.chunk_by(|a, b| is_progress(a) && is_progress(b)) {
        match some {
            [only] if !is_progress(only) => lines.push(step(only, 2, start, chain.event)),
            _ => lines.push(printed(some, chain.event, start)),
        }
    }
}

fn progress(change: &Change) -> Option<&AttemptProgress> {
    match &change.entity {
        Some(Entity::Progress(progress)) => Some(progress),
        _ => None,
    }
}

/// Progress, folded: how much there was in the end, over how long, and the last line.
fn printed(changes: &[&Change], event: u64, start: Option<Timestamp>) -> Line {
    let (first, last) = (changes.first(), changes.last());
    let progress = last.and_then(|change| progress(change));
    let mut words = vec!["printed".to_owned()];
    if let Some(lines) = progress.map(|p| p.lines).filter(|lines| *lines > 0) {
        words.push(format!("{lines} lines"));
    }
    if let Some(progress) = progress {
        let bytes = progress.output_bytes + progress.error_bytes;
        words.push(format!("{bytes} bytes so far"));
    }
    let times = (first.and_then(|c| time(c)), last.and_then(|c| time(c)));
    if let (2.., (Some(from), Some(to))) = (changes.len(), times) {
        let millis = to.duration_since(from).as_millis();
        let over = span(i64::try_from(millis).unwrap_or(i64::MAX));
        words.push(format!("in {} changes over {over}", changes.len()));
    }
    let words = words.join(", ");
    // What it did says more than a line of its protocol.
    let said = progress.map(|progress| match &*progress.activity {
        "" => &*progress.last_line,
        activity => activity,
    });
    let words = match said {
        None | Some("") => words,
        Some(line) => format!("{words}: {}", clean(line)),
    };
    Line {
        depth: 2,
        words,
        state: String::new(),
        revisions: first.zip(last).map(|(a, b)| (a.revision, b.revision)),
        at: first.and_then(|change| time(change)),
        after: start,
        is: is(changes, event),
    }
}

/// Findings and questions, counted; a single one, or the one asked about, in its words.
fn of_findings(
    changes: &[&Change],
    chain: &Chain,
    start: Option<Timestamp>,
    lines: &mut Vec<Line>,
) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return;
    };
    if changes.len() > 1 {
        let questions = changes
            .iter()
            .filter(|change| matches!(change.entity, Some(Entity::Question(_))))
            .count();
        let words = match (changes.len() - questions, questions) {
            (0, questions) => format!("{questions} questions"),
            (findings, 0) => format!("{findings} findings"),
            (findings, questions) => format!("{findings} findings, {questions} questions"),
        };
        lines.push(Line {
            depth: 1,
            words,
            state: String::new(),
            revisions: Some((first.revision, last.revision)),
            at: time(first),
            after: start,
            is: Is::Step,
        });
    }
    let asked = |change: &&&Change| changes.len() == 1 || change.revision == chain.event;
    let depth = if changes.len() == 1 { 1 } else { 2 };
    for change in changes.iter().filter(asked) {
        lines.push(step(change, depth, start, chain.event));
    }
}

fn step(change: &Change, depth: u16, start: Option<Timestamp>, event: u64) -> Line {
    Line {
        depth,
        words: event::what(change),
        state: event::state_of(change).to_owned(),
        revisions: Some((change.revision, change.revision)),
        at: time(change),
        after: start,
        is: is(&[change], event),
    }
}

fn is(changes: &[&Change], event: u64) -> Is {
    if changes.iter().any(|change| change.revision == event) {
        Is::Event
    } else {
        Is::Step
    }
}

fn time(change: &Change) -> Option<Timestamp> {
    change.at.as_ref().and_then(instant)
}
