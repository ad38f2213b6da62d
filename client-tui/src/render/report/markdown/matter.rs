//! One matter in Markdown: as a question in full, or as an item of a list.

use synod_proto::v1::{Finding, Question, Voice};

use super::super::{
    NAME, REASON, Report,
    item::{Item, Source, Standing, earlier},
    when, words,
};
use super::escape::{code, inline};
use crate::render::{instant, rounds, short};

/// Characters of a claim here: a comment is read, not searched.
const CLAIM: usize = 500;
/// Characters of a quote.
const QUOTE: usize = 300;
/// Characters of what a voice says.
const VOICE: usize = 250;
/// Voices of a matter.
const VOICES: usize = 5;
/// Options of a question.
const OPTIONS: usize = 9;
/// Characters of a word from a table, or of an agent's name.
const WORD: usize = 60;

/// Whether an earlier run decided it.
pub(super) fn is_earlier(item: &Item<'_>) -> bool {
    match item.source {
        Source::Found {
            finding, question, ..
        } => question.is_none() && earlier(finding).is_some(),
        Source::Left { .. } => true,
    }
}

/// A question with its options, who said what, and the command that answers it.
pub(super) fn question(report: &Report<'_>, item: &Item<'_>, number: usize, over: bool) -> String {
    let mut parts = vec![format!(
        "**{number}. {}** {}",
        inline(&tag(item)),
        inline(&words(&item.claim(), CLAIM))
    )];
    parts.extend(quoted(report, item));
    let Source::Found {
        finding, question, ..
    } = item.source
    else {
        return parts.join("\n\n");
    };
    let mut list = said(finding);
    if !item.why().is_empty() {
        list.push(format!("- why it is asked: {}", inline(&item.why())));
    }
    if !list.is_empty() {
        parts.push(list.join("\n"));
    }
    let Some(question) = question else {
        return parts.join("\n\n");
    };
    parts.extend(options(question));
    if !over {
        parts.push(how(report, question));
    }
    parts.join("\n\n")
}

/// One item of a list: the claim, and below it what became of it.
pub(super) fn line(report: &Report<'_>, item: &Item<'_>) -> String {
    let mut lines = vec![format!(
        "- **{}** {}",
        inline(&tag(item)),
        inline(&words(&item.claim(), CLAIM))
    )];
    let mut add = |text: String| lines.push(format!("  - {text}"));
    if let Some(place) = place(report, item) {
        add(place);
    }
    let answer = words(&item.answer(), CLAIM);
    if !answer.is_empty() {
        add(format!("answer: {}", inline(&answer)));
    }
    let by = item.decided_by();
    let word = match item.standing {
        Standing::Dismissed => "called no issue",
        Standing::Duplicate => "called a duplicate",
        Standing::MustFix => "to be fixed",
        Standing::Answered => "answered",
        Standing::Resolved => "resolved",
        Standing::Watched | Standing::Noted | Standing::Open => "",
    };
    match (word, by.as_str()) {
        ("", _) => {}
        (word, "") => add(word.to_owned()),
        (word, by) => add(format!("{word} {}", inline(by))),
    }
    if let Source::Found { finding, .. } = item.source {
        if let Some(votes) = rounds::votes(finding) {
            add(inline(&words(&votes, REASON)));
        }
        let raised: Vec<String> = finding
            .voices
            .iter()
            .take(VOICES)
            .map(|voice| words(&voice.agent, WORD))
            .collect();
        if item.standing == Standing::MustFix {
            for voice in finding.voices.iter().take(VOICES) {
                if let Some(suggestion) = suggestion(voice) {
                    let who = inline(&words(&voice.agent, WORD));
                    add(format!("{who} suggests: {suggestion}"));
                }
            }
        }
        if !raised.is_empty() {
            let more = match finding.voices.len().saturating_sub(VOICES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            add(format!("raised by {}{more}", inline(&raised.join(", "))));
        }
    }
    let why = item.why();
    if !why.is_empty() {
        add(format!("why: {}", inline(&why)));
    }
    lines.join("\n")
}

fn tag(item: &Item<'_>) -> String {
    let mut tag = vec![words(item.severity(), WORD), words(&item.kind(), WORD)];
    if let Source::Found { finding, .. } = item.source {
        tag.push(words(&finding.agreement, WORD));
    }
    tag.retain(|word| !word.is_empty());
    tag.join(", ")
}

/// Where it is: the path, and the line if it is known.
fn place(report: &Report<'_>, item: &Item<'_>) -> Option<String> {
    let path = words(item.path(), NAME);
    if path.is_empty() {
        return None;
    }
    let line = match item.source {
        Source::Found { finding, .. } => {
            let place = report.places(&finding.id).first();
            item.located()
                .map(|it| it.first)
                .or(place.map(|it| it.first_line))
        }
        Source::Left { place, .. } => place.map(|it| it.first_line),
    };
    let line = match line {
        Some(line) if line > 0 => format!(":{line}"),
        Some(_) | None => String::new(),
    };
    Some(code(&format!("{}{path}{line}", report.base)))
}

fn quoted(report: &Report<'_>, item: &Item<'_>) -> Vec<String> {
    let quote = words(item.quote(), QUOTE);
    match (place(report, item), quote.as_str()) {
        (None, _) => vec!["No place in the inputs, so never settled without you.".to_owned()],
        (Some(place), "") => vec![place],
        (Some(place), quote) => vec![place, format!("> {}", inline(quote))],
    }
}

/// Who raised it, and how the others voted: dissent stands beside consent.
fn said(finding: &Finding) -> Vec<String> {
    let mut list: Vec<String> = finding
        .voices
        .iter()
        .take(VOICES)
        .map(|voice| {
            let said = [&voice.answer, &voice.reasoning].map(|said| words(said, VOICE));
            let said: Vec<String> = said
                .iter()
                .filter(|said| !said.is_empty())
                .map(|said| inline(said))
                .collect();
            let who = inline(&format!(
                "{} ({})",
                words(&voice.agent, WORD),
                words(&voice.family, WORD)
            ));
            let said = if said.is_empty() {
                format!("- {who} raised it")
            } else {
                format!("- {who}: {}", said.join(" — "))
            };
            match suggestion(voice) {
                Some(suggestion) => format!("{said}\n  - suggests: {suggestion}"),
                None => said,
            }
        })
        .collect();
    if finding.voices.len() > VOICES {
        list.push(format!("- and {} more", finding.voices.len() - VOICES));
    }
    if let Some(votes) = rounds::votes(finding) {
        list.push(format!("- {}", inline(&words(&votes, REASON))));
    }
    list
}

/// What a voice would write instead.
fn suggestion(voice: &Voice) -> Option<String> {
    let fix = words(voice.suggested_fix.trim(), CLAIM);
    (!fix.is_empty()).then(|| inline(&fix))
}

fn options(question: &Question) -> Option<String> {
    if question.options.is_empty() {
        let recommended = words(&question.recommended, CLAIM);
        return (!recommended.is_empty()).then(|| format!("Recommended: {}", inline(&recommended)));
    }
    let mut lines: Vec<String> = (1..)
        .zip(question.options.iter().take(OPTIONS))
        .map(|(n, option)| {
            let mark = if *option == question.recommended && !option.is_empty() {
                " **(recommended)**"
            } else {
                ""
            };
            format!("{n}. {}{mark}", inline(&words(option, VOICE)))
        })
        .collect();
    if question.options.len() > OPTIONS {
        lines.push(format!("\nand {} more", question.options.len() - OPTIONS));
    }
    Some(lines.join("\n"))
}

fn how(report: &Report<'_>, question: &Question) -> String {
    let id = short(&question.id);
    let recommended = (1..)
        .zip(&question.options)
        .find(|(_, option)| **option == question.recommended && !option.is_empty());
    let answer = match recommended {
        Some((n, _)) => format!("synod answer {id} --option {n}"),
        None if !question.options.is_empty() => format!("synod answer {id} --option N"),
        None => format!("synod answer {id} TEXT"),
    };
    let text = format!("{}, or `--must-fix`, `--dismiss`, `--later`", code(&answer));
    match &question.due_at {
        None => text,
        Some(due) => {
            let overdue = instant(due).is_some_and(|due| due < report.now);
            let word = if overdue { "**overdue** since" } else { "due" };
            format!("{text} ({word} {})", when(due))
        }
    }
}
