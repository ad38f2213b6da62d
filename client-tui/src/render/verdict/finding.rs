//! One finding in a verdict: where it is, who said what, how the others voted, and why it was decided so.

use synod_proto::v1::{Anchor, Finding, Located, Run, Voice};
use synod_shared::sanitize;

use crate::render::{Look, clean, ledger, rounds, short, wrap};

/// Characters of what an agent would write instead; `synod gate apply` and the terminal UI show all of it.
const SUGGESTION: usize = 300;
/// Characters of the claim of a finding that may be the same.
const OTHER_CLAIM: usize = 120;

/// A finding with its place, its voices and the rule that fired. `section` is the first anchor's, if known.
pub(super) fn in_full(
    run: &Run,
    finding: &Finding,
    section: Option<&str>,
    mark: &str,
    look: &Look,
) -> Vec<String> {
    let margin = " ".repeat(mark.chars().count());
    let kinds: Vec<String> = [&finding.kind, &finding.agreement, &finding.matter]
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(|word| clean(word))
        .collect();
    let claim = format!(
        "[{}] {}: {}",
        clean(&finding.severity),
        kinds.join(", "),
        clean(&finding.text),
    );
    let mut lines = wrap::wrap(&claim, look.width, mark, &margin);
    let mut add = |text: String| {
        let first = format!("{margin}  ");
        let rest = format!("{margin}    ");
        lines.extend(wrap::wrap(&text, look.width, &first, &rest));
    };
    if finding.anchors.is_empty() {
        add(match finding.decision.as_str() {
            "ask" => "where: unanchored, so never settled without you".to_owned(),
            _ => "where: unanchored: none of its quotes stands in an input".to_owned(),
        });
    }
    for (number, anchor) in finding.anchors.iter().enumerate() {
        let section = section.filter(|_| number == 0);
        let place = match &finding.located {
            Some(located) if number == 0 => in_diff(located, anchor),
            Some(_) | None => place(anchor, section),
        };
        add(format!("where: {place}"));
    }
    for voice in &finding.voices {
        add(said(voice));
        let fix = sanitize::line(voice.suggested_fix.trim(), SUGGESTION);
        if !fix.is_empty() {
            add(format!("{} suggests: {fix}", clean(&voice.agent)));
        }
    }
    if let Some(votes) = rounds::votes(finding) {
        add(votes);
    }
    if let Some(ruling) = rounds::ruling(finding) {
        add(ruling);
    }
    let earlier = finding
        .basis
        .as_ref()
        .and_then(|basis| basis.entry.as_ref());
    if let Some(entry) = earlier {
        add(ledger::standing(entry, look));
    }
    // What was decided earlier stands above, with who said so.
    let word = match (finding.decision.as_str(), earlier) {
        ("settled", Some(_)) => None,
        (_, Some(entry)) if entry.answer == finding.answer => None,
        ("resolve" | "settled", _) => Some("decided"),
        (_, _) => Some("recommended"),
    };
    if let Some(word) = word.filter(|_| !finding.answer.is_empty()) {
        add(format!("{word}: {}", clean(&finding.answer)));
    }
    if !finding.rule.is_empty() {
        add(format!("why: {}", clean(&finding.rule)));
    }
    for id in &finding.possibly_same {
        // Ids of what asks nothing are written nowhere.
        let other = run.findings.iter().find(|other| other.id == *id);
        add(match other {
            Some(other) => {
                let claim = sanitize::line(&other.text, OTHER_CLAIM);
                format!("may be the same as: {claim}")
            }
            None => format!("may be the same as {}", short(id)),
        });
    }
    lines
}

/// A place in a diff: its lines on the side they are counted on.
fn in_diff(located: &Located, anchor: &Anchor) -> String {
    let lines = if located.last > located.first {
        format!("{}–{}", located.first, located.last)
    } else {
        located.first.to_string()
    };
    let side = match located.side.as_str() {
        "old" => " (removed)",
        _ => "",
    };
    let before = if located.pre_existing {
        ", there before the change"
    } else {
        ""
    };
    let quote = match clean(&anchor.quote) {
        quote if quote.is_empty() => String::new(),
        quote => format!(", “{quote}”"),
    };
    format!("{}:{lines}{side}{before}{quote}", clean(&located.path))
}

fn place(anchor: &Anchor, section: Option<&str>) -> String {
    let path = match section {
        Some(section) if section.starts_with(&anchor.path) => clean(section),
        Some(_) | None => clean(&anchor.path),
    };
    match clean(&anchor.quote) {
        quote if quote.is_empty() => path,
        quote => format!("{path}, “{quote}”"),
    }
}

fn said(voice: &Voice) -> String {
    let family = match clean(&voice.family) {
        family if family.is_empty() => String::new(),
        family => format!(" [{family}]"),
    };
    let words: Vec<String> = [clean(&voice.answer), clean(&voice.reasoning)]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    let words = match words.as_slice() {
        [] => clean(&voice.severity),
        words => words.join(" — "),
    };
    format!("{}{family}: {words}", clean(&voice.agent))
}
