//! The report as Markdown, for pull requests: how far it can be trusted first, then what is asked, then what was
//! decided and by whom.
//!
//! Lists and texts are cut to lengths that keep a report below what sites take as one comment (65,536 characters),
//! and what was cut is counted.

mod escape;
mod matter;

use synod_proto::v1::{Execution, Run};

use super::item::{Item, Source, Standing};
use super::{NAME, REASON, Report, words};
use crate::exit::{Degraded, Exit};
use crate::render::{rounds, short};
use escape::{code, inline};

/// Questions shown one by one.
const QUESTIONS: usize = 7;
/// Matters of a group that asks nothing of the reader.
const OF_A_GROUP: usize = 12;
/// Agents in the table.
const AGENTS: usize = 24;
/// Notes of the verdict.
const NOTES: usize = 12;
/// Characters of a cell.
const CELL: usize = 60;
/// Characters of a whole report: below what sites take, with room for somebody's own words.
const LONGEST: usize = 60_000;

/// The report.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let run = &report.run;
    let mut parts = vec![head(run), who(run)];
    let over =
        Exit::of_run(&run.state, Degraded::Accepted).is_some_and(|exit| exit != Exit::NeedsAnswer);
    let open = if over {
        "Not settled when the run ended"
    } else {
        "For you to decide"
    };
    parts.extend(asked(report, open, over));
    parts.push(group(report, "To be fixed", Fold::Shown, |item| {
        item.standing == Standing::MustFix
    }));
    parts.push(group(report, "Answered", Fold::Shown, |item| {
        is_new(item) && is_said(item)
    }));
    parts.push(group(
        report,
        "Resolved without a human",
        Fold::Shown,
        |item| is_new(item) && item.standing == Standing::Resolved,
    ));
    parts.push(group(report, "Settled earlier", Fold::Folded, |item| {
        !is_new(item) && (is_said(item) || item.standing == Standing::Resolved)
    }));
    parts.push(group(
        report,
        "Still asked by an earlier run",
        Fold::Folded,
        |item| !is_of_run(item) && item.standing == Standing::Open,
    ));
    parts.push(group(
        report,
        "Watched: asked when another run or family sees it too",
        Fold::Folded,
        |item| item.standing == Standing::Watched,
    ));
    parts.push(group(report, "Noted", Fold::Folded, |item| {
        item.standing == Standing::Noted
    }));
    parts.push(notes(run));
    parts.retain(|part| !part.is_empty());
    let foot = foot(run);
    let body = fitting(parts, LONGEST - foot.chars().count()).join("\n\n");
    format!("{body}\n\n{foot}\n")
}

/// The parts that have room; the end says that others had none. Nothing is lost: the foot names the command that
/// shows all.
fn fitting(parts: Vec<String>, mut room: usize) -> Vec<String> {
    let all = parts.len();
    let mut fit: Vec<String> = Vec::new();
    for part in parts {
        let length = part.chars().count() + 2;
        if length <= room {
            room -= length;
            fit.push(part);
        }
    }
    if fit.len() < all {
        fit.push("Parts of this report are left out: a comment has no room for them.".to_owned());
    }
    fit
}

fn is_said(item: &Item<'_>) -> bool {
    matches!(
        item.standing,
        Standing::Answered | Standing::Dismissed | Standing::Duplicate
    )
}

/// Whether this run found it.
fn is_of_run(item: &Item<'_>) -> bool {
    matches!(item.source, Source::Found { .. })
}

/// Whether it was decided in this run.
fn is_new(item: &Item<'_>) -> bool {
    !matter::is_earlier(item)
}

fn head(run: &Run) -> String {
    let state = words(&run.state, NAME);
    let mut lines = vec![format!(
        "## {}: {}",
        code(&words(&run.name, NAME)),
        inline(&state)
    )];
    if let Some(verdict) = &run.verdict
        && !verdict.trust.is_empty()
    {
        lines.push(format!("**{}**", inline(&words(&verdict.trust, REASON))));
    }
    let says_more =
        run.reason != run.state && run.reason != "completed" && run.reason != "questions-open";
    if !run.reason.is_empty() && says_more {
        lines.push(format!("Reason: {}", inline(&words(&run.reason, NAME))));
    }
    if let Some(said) = rounds::ballot(run) {
        lines.push(inline(&sentence(&said)));
    }
    lines.join("\n\n")
}

/// As a paragraph of its own it begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Who answered, and who did not.
fn who(run: &Run) -> String {
    let answers: Vec<&Execution> = run
        .executions
        .iter()
        .filter(|it| it.part.is_empty())
        .collect();
    if answers.is_empty() {
        return String::new();
    }
    let voted = run.executions.iter().any(|it| it.part == rounds::BALLOT);
    let mut lines = if voted {
        vec![
            "| agent | family | answer | ballot |".to_owned(),
            "|---|---|---|---|".to_owned(),
        ]
    } else {
        vec![
            "| agent | family | answer |".to_owned(),
            "|---|---|---|".to_owned(),
        ]
    };
    let cell = |text: &str| inline(&words(text, CELL));
    for execution in answers.iter().take(AGENTS) {
        let mut row = vec![
            cell(&execution.agent),
            cell(&execution.family),
            cell(&end(execution)),
        ];
        if voted {
            let ballot = run
                .executions
                .iter()
                .rfind(|it| it.part == rounds::BALLOT && it.agent == execution.agent);
            row.push(ballot.map_or_else(|| "not asked".to_owned(), |it| cell(&end(it))));
        }
        lines.push(format!("| {} |", row.join(" | ")));
    }
    let mut parts = vec![lines.join("\n")];
    if answers.len() > AGENTS {
        parts.push(format!("and {} more", answers.len() - AGENTS));
    }
    let arbiter = run.executions.iter().rfind(|it| it.part == rounds::ARBITER);
    parts.extend(arbiter.map(|it| format!("Arbiter: {}, {}", cell(&it.agent), cell(&end(it)))));
    parts.join("\n\n")
}

/// How an execution ended, in a word.
fn end(execution: &Execution) -> String {
    match (execution.state.as_str(), execution.reason.as_str()) {
        ("completed", _) => "valid".to_owned(),
        (state, "") => state.to_owned(),
        (_, reason) => format!("none: {reason}"),
    }
}

fn asked(report: &Report<'_>, title: &str, over: bool) -> Vec<String> {
    let items: Vec<Item<'_>> = report
        .items()
        .filter(|item| is_of_run(item) && item.standing == Standing::Open)
        .collect();
    if items.is_empty() {
        return Vec::new();
    }
    let mut parts = vec![format!("### {title} ({})", items.len())];
    for (number, item) in (1..).zip(items.iter().take(QUESTIONS)) {
        parts.push(matter::question(report, item, number, over));
    }
    if items.len() > QUESTIONS {
        let name = words(&report.run.name, NAME);
        parts.push(format!(
            "and {} more: {}",
            items.len() - QUESTIONS,
            code(&format!("synod questions {name}"))
        ));
    }
    parts
}

/// Whether a group is read at once, or opened by whoever wants it.
#[derive(Debug, Clone, Copy)]
enum Fold {
    Shown,
    Folded,
}

fn group(
    report: &Report<'_>,
    title: &str,
    fold: Fold,
    belongs: impl Fn(&Item<'_>) -> bool,
) -> String {
    let items: Vec<Item<'_>> = report.items().filter(|item| belongs(item)).collect();
    if items.is_empty() {
        return String::new();
    }
    let mut list: Vec<String> = items
        .iter()
        .take(OF_A_GROUP)
        .map(|item| matter::line(report, item))
        .collect();
    if items.len() > OF_A_GROUP {
        list.push(format!("- and {} more", items.len() - OF_A_GROUP));
    }
    let list = list.join("\n");
    let count = items.len();
    match fold {
        Fold::Shown => format!("### {title} ({count})\n\n{list}"),
        Fold::Folded => {
            format!("<details><summary>{title} ({count})</summary>\n\n{list}\n\n</details>")
        }
    }
}

fn notes(run: &Run) -> String {
    let notes = run.verdict.iter().flat_map(|verdict| &verdict.notes);
    let mut lines: Vec<String> = notes
        .clone()
        .take(NOTES)
        .map(|note| format!("- {}", inline(&words(note, REASON))))
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let more = notes.count().saturating_sub(NOTES);
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    format!("### To know\n\n{}", lines.join("\n"))
}

fn foot(run: &Run) -> String {
    let about = [
        ("run", short(&run.id)),
        (
            "gate",
            format!("{} version {}", words(&run.gate, NAME), run.gate_version),
        ),
        ("subject", words(&run.subject, NAME)),
        ("diff", words(&run.diff, NAME)),
    ];
    let about: Vec<String> = about
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} {}", code(&value)))
        .collect();
    let again = code(&format!("synod show {}", words(&run.name, NAME)));
    format!("{}. Everything: {again}", sentence(&about.join(", ")))
}
