//! One finding in full: the claim, what was decided and by which rule, its question, every voice.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};
use synod_proto::v1::{Anchor, Basis, Finding, Question, Run, Voice};
use synod_shared::sanitize;

use super::{lines::Lines, votes::votes};
use crate::{
    render::{Tone, clean, instant, tone_of},
    tui::{
        keys::Action,
        model::{
            Model,
            run::{Reader, TextRow},
        },
        view::{
            ledger,
            questions::{detail::who, due::due},
        },
    },
};

/// What can be done while a finding is read.
const KEYS: &[(Action, &str)] = &[
    (Action::PaneLeft, "before"),
    (Action::PaneRight, "next"),
    (Action::Back, "close"),
];

/// Which finding of how many, and how much of it is to be seen.
pub fn title(model: &Model, run: &Run, reader: &Reader, area: Rect) -> Line<'static> {
    let theme = &model.settings.theme;
    let list = model.shown().parts(&run.id).map(|parts| &parts.findings);
    let all = list.map_or(0, Vec::len);
    let at = list.and_then(|list| list.iter().position(|id| *id == reader.finding));
    let at = at.map_or_else(|| "?".to_owned(), |at| (at + 1).to_string());
    let mut spans = vec![Span::styled(
        format!("[FINDING {at} of {all}]"),
        theme.strong,
    )];
    let (len, height) = (reader.rows.len(), usize::from(area.height));
    if len > height {
        let end = (reader.top + height).min(len);
        let words = format!("  lines {}–{end} of {len}", reader.top + 1);
        spans.push(Span::styled(words, theme.faint));
    }
    let keys = if area.width < 60 { &[] } else { KEYS };
    for (action, word) in keys {
        if let Some(key) = model.settings.keys.first(*action) {
            spans.push(Span::styled(format!("  {key}"), theme.accent));
            spans.push(Span::styled(format!(" {word}"), theme.faint));
        }
    }
    Line::from(spans)
}

/// The lines for so many columns.
pub fn rows(model: &Model, run: &Run, finding: &Finding, width: u16) -> Vec<TextRow> {
    let known = model.shown();
    let question = known.question(&finding.id);
    let mut lines = Lines::new(width);
    lines.whole(&clean(&finding.text), Tone::Strong);
    lines.whole("", Tone::Plain);
    let severity = clean(&finding.severity);
    lines.add("severity", &severity, tone_of(&severity));
    lines.add("kind", &clean(&finding.kind), Tone::Plain);
    if !finding.matter.is_empty() {
        lines.add("matter", &clean(&finding.matter), Tone::Plain);
    }
    let blind = known.is_blind(&finding.id);
    if !blind {
        decided(model, finding, &mut lines);
    }
    for (number, option) in finding.options.iter().enumerate() {
        let label = if number == 0 { "options" } else { "" };
        let mark = if *option == finding.answer && !blind {
            "  (recommended)"
        } else {
            ""
        };
        lines.add(
            label,
            &format!("{} {}{mark}", number + 1, clean(option)),
            Tone::Plain,
        );
    }
    if !finding.answer.is_empty() && !blind {
        let label = match finding.decision.as_str() {
            "resolve" => "decided",
            _ => "recommended",
        };
        lines.add(label, &clean(&finding.answer), Tone::Strong);
    }
    places(&mut lines, finding, question);
    linked(model, run, finding, &mut lines);
    if let Some(question) = question {
        asked(model, question, &mut lines);
    }
    lines.whole("", Tone::Plain);
    if blind {
        lines.whole(BLIND, Tone::Warn);
        return lines.rows;
    }
    voices(model, finding, &mut lines);
    votes(model, finding, &mut lines);
    lines.rows
}

/// What is said instead of who says what, while somebody is asked blind.
pub const BLIND: &str = "Asked blind, to measure what is decided without you: who says what, and what was decided, is shown once you have answered.";

/// What was decided, by which cell of the table, and who decided where the table did not.
fn decided(model: &Model, finding: &Finding, lines: &mut Lines) {
    lines.add(
        "agreement",
        &clean(&finding.agreement),
        tone_of(&finding.agreement),
    );
    lines.add("decision", &clean(&finding.decision), Tone::Plain);
    if !finding.audited.is_empty() {
        let words = format!("asked blind; without you: {}", clean(&finding.audited));
        lines.add("audited", &words, Tone::Plain);
    }
    if let Some(basis) = &finding.basis {
        based(model, basis, lines);
    }
    if !finding.ledger_id.is_empty() || finding.decision == "settled" {
        let key = model.settings.keys.first(Action::RunForget);
        let key = key.map_or_else(String::new, |key| format!("; {key} lets it be forgotten"));
        let known = match &finding.basis {
            Some(basis) if basis.entry.is_some() => "holds until the text it is about changes",
            Some(_) | None => "an entry is about the same matter",
        };
        lines.add("ledger", &format!("{known}{key}"), Tone::Faint);
    }
    if !finding.rule.is_empty() {
        lines.add("rule", &clean(&finding.rule), Tone::Plain);
    }
    if !finding.resolvability.is_empty() {
        lines.add("to mend", &clean(&finding.resolvability), Tone::Plain);
    }
}

fn based(model: &Model, basis: &Basis, lines: &mut Lines) {
    if let Some(entry) = &basis.entry {
        let words = ledger::sentence(model, entry);
        lines.add("earlier", &words, Tone::Good);
        if !entry.answer.is_empty() {
            lines.add("  answer", &paragraph(&entry.answer), Tone::Strong);
        }
        return;
    }
    let what = match basis.ruling.as_str() {
        "uphold" => "upholds it".to_owned(),
        "overrule" => "overrules it".to_owned(),
        "abstain" => "cannot tell".to_owned(),
        other => clean(other),
    };
    let by = match basis.by.as_str() {
        "arbiter" => "arbiter".to_owned(),
        other => clean(other),
    };
    lines.add(
        &by,
        &format!("{} {what}", clean(&basis.agent)),
        Tone::Strong,
    );
    if !basis.reason.is_empty() {
        lines.add("  because", &paragraph(&basis.reason), Tone::Plain);
    }
}

fn places(lines: &mut Lines, finding: &Finding, question: Option<&Question>) {
    if finding.anchors.is_empty() && finding.located.is_none() {
        lines.add(
            "where",
            "nowhere in the inputs: never settled without you",
            Tone::Warn,
        );
    }
    if let Some(at) = &finding.located {
        lines.add("in the diff", &ledger::located(at), Tone::Strong);
        if at.pre_existing {
            let words = "not of this change: noted, never blocking";
            lines.add("", words, Tone::Faint);
        }
    }
    for (number, anchor) in finding.anchors.iter().enumerate() {
        let section = question.map(|question| question.section.as_str());
        let section = section.filter(|_| number == 0);
        let label = if number == 0 { "where" } else { "" };
        lines.add(label, &place(anchor, section), Tone::Plain);
        if !anchor.quote.is_empty() {
            let quote = format!("“{}”", paragraph(&anchor.quote));
            lines.add(if number == 0 { "quote" } else { "" }, &quote, Tone::Plain);
        }
    }
}

fn place(anchor: &Anchor, section: Option<&str>) -> String {
    let path = match section {
        Some(section) if section.starts_with(&anchor.path) => clean(section),
        Some(_) | None => clean(&anchor.path),
    };
    match (anchor.start, anchor.end) {
        (Some(start), Some(end)) => format!("{path}, bytes {start}–{end}"),
        _ => path,
    }
}

fn linked(model: &Model, run: &Run, finding: &Finding, lines: &mut Lines) {
    let known = model.shown();
    let list = known.parts(&run.id).map(|parts| &parts.findings);
    for (number, id) in finding.possibly_same.iter().enumerate() {
        let at = list.and_then(|list| list.iter().position(|other| other == id));
        let words = match (at, known.finding(id)) {
            (Some(at), Some(other)) => format!("≈ {}: {}", at + 1, clean(&other.text)),
            _ => format!("≈ {}", crate::render::short(id)),
        };
        lines.add(
            if number == 0 { "maybe same" } else { "" },
            &words,
            Tone::Warn,
        );
    }
}

fn asked(model: &Model, question: &Question, lines: &mut Lines) {
    let key = model.settings.keys.first(Action::RunQuestions);
    let key = key.map_or_else(String::new, |key| format!("; {key} answers"));
    if question.disposition.is_empty() {
        let due = due(model, question).map_or_else(String::new, |due| format!(", {}", due.whole));
        let words = format!("{}{due}{key}", clean(&question.state));
        return lines.add("question", &words, Tone::Warn);
    }
    let by = if question.answered_by.is_empty() {
        String::new()
    } else {
        format!(" by {}", who(question))
    };
    let at = question.answered_at.as_ref().and_then(instant);
    let at = at.map_or_else(String::new, |at| {
        let at = at.to_zoned(model.zone.clone());
        format!(", {}", at.strftime("%Y-%m-%d %H:%M:%S"))
    });
    let bulk = if question.bulk {
        ", together with others"
    } else {
        ""
    };
    let state = clean(&question.state);
    let tone = if state == "settled" {
        Tone::Good
    } else {
        Tone::Warn
    };
    let what = clean(&question.disposition);
    lines.add("question", &format!("{state}: {what}{by}{at}{bulk}"), tone);
    if !question.answer.is_empty() {
        lines.add("said", &paragraph(&question.answer), Tone::Strong);
    }
}

/// Every voice in full, then who has none.
fn voices(model: &Model, finding: &Finding, lines: &mut Lines) {
    let mut families: Vec<&str> = finding.voices.iter().map(|voice| &*voice.family).collect();
    families.sort_unstable();
    families.dedup();
    let count = |n: usize, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let heading = format!(
        "VOICES: {} of {}",
        count(finding.voices.len(), "agent", "agents"),
        count(families.len(), "family", "families")
    );
    lines.whole(&heading, Tone::Strong);
    for voice in &finding.voices {
        one(voice, lines);
    }
    let matrix = &model.run.matrix;
    let spoke: std::collections::HashSet<usize> = finding
        .voices
        .iter()
        .filter_map(|voice| matrix.column(voice))
        .collect();
    let (mut silent, mut without) = (Vec::new(), Vec::new());
    for (column, seat) in matrix.seats.iter().enumerate() {
        let execution = seat.execution.as_deref();
        let execution = execution.and_then(|id| model.shown().execution(id));
        let Some(execution) = execution.filter(|_| !spoke.contains(&column)) else {
            continue;
        };
        if execution.state == "completed" || execution.ended_at.is_none() {
            silent.push(seat.name.clone());
        } else {
            without.push(format!("{} ({})", seat.name, clean(&execution.reason)));
        }
    }
    let shown = |names: Vec<String>| {
        let more = names.len().saturating_sub(20);
        let words = names.into_iter().take(20).collect::<Vec<_>>().join(", ");
        if more > 0 {
            format!("{words} and {more} more")
        } else {
            words
        }
    };
    if !silent.is_empty() || !without.is_empty() {
        lines.whole("", Tone::Plain);
    }
    if !silent.is_empty() {
        lines.add("not said by", &shown(silent), Tone::Faint);
    }
    if !without.is_empty() {
        lines.add("no answer", &shown(without), Tone::Bad);
    }
}

fn one(voice: &Voice, lines: &mut Lines) {
    let severity = clean(&voice.severity);
    let family = match clean(&voice.family) {
        family if family.is_empty() => String::new(),
        family => format!(" [{family}]"),
    };
    lines.whole(
        &format!("● {}{family}: {severity}", clean(&voice.agent)),
        tone_of(&severity),
    );
    if !voice.claim.is_empty() {
        lines.add("  claim", &paragraph(&voice.claim), Tone::Plain);
    }
    if !voice.answer.is_empty() {
        lines.add("  answer", &paragraph(&voice.answer), Tone::Plain);
    }
    if !voice.reasoning.is_empty() {
        lines.add("  because", &paragraph(&voice.reasoning), Tone::Plain);
    }
    if !voice.suggested_fix.is_empty() {
        lines.add("  write", &paragraph(&voice.suggested_fix), Tone::Plain);
    }
}

/// Foreign text with its lines, safe to show.
pub fn paragraph(words: &str) -> String {
    sanitize::text(words).trim().replace('\t', "    ")
}
