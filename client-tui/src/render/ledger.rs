//! `ledger`: what was decided in earlier runs, grouped by what it is about.

use synod_proto::v1::LedgerEntry;

use super::{Look, Tone, ago, clean, short, wrap};

/// Entries, grouped by gate and subject in the order of their newest.
pub fn ledger(entries: &[LedgerEntry], look: &Look) -> String {
    if entries.is_empty() {
        return "nothing was decided yet about that; answers to questions end up here".to_owned();
    }
    let mut about: Vec<(&str, &str)> = Vec::new();
    for entry in entries {
        let key = (entry.gate.as_str(), entry.subject.as_str());
        if !about.contains(&key) {
            about.push(key);
        }
    }
    let mut lines = Vec::new();
    for (gate, subject) in about {
        let title = format!("{}  {}", clean(gate), clean(subject));
        lines.push(look.colour.paint(Tone::Strong, &title));
        for entry in entries
            .iter()
            .filter(|e| (e.gate.as_str(), e.subject.as_str()) == (gate, subject))
        {
            lines.push(String::new());
            lines.extend(one(entry, look));
        }
        lines.push(String::new());
    }
    lines.push("asked anew after: synod ledger forget ID, or a change of its text".to_owned());
    lines.join("\n")
}

fn one(entry: &LedgerEntry, look: &Look) -> Vec<String> {
    let id = short(&entry.id);
    let claim = format!(
        "[{}] {}: {}",
        clean(&entry.severity),
        clean(&entry.kind),
        clean(&entry.claim)
    );
    let mut lines = wrap::wrap(&claim, look.width, &format!("{id}  "), "          ");
    let mut add =
        |text: String| lines.extend(wrap::wrap(&text, look.width, "          ", "            "));
    add(standing(entry, look));
    let place: Vec<String> = match &entry.located {
        Some(located) => vec![format!("{}:{}", clean(&located.path), located.first)],
        None => entry.paths.iter().map(|path| clean(path)).collect(),
    };
    if !place.is_empty() {
        let quote = match clean(&entry.quote) {
            quote if quote.is_empty() => String::new(),
            quote => format!(", “{quote}”"),
        };
        add(format!("where: {}{quote}", place.join(", ")));
    }
    lines
}

/// How an entry stands: `settled: answer "14 days" by ada, …`.
pub fn standing(entry: &LedgerEntry, look: &Look) -> String {
    let mut said = vec![match entry.standing.as_str() {
        "settled" => said_by(entry),
        "resolved" => match clean(&entry.answer) {
            answer if answer.is_empty() => "resolved without a human".to_owned(),
            answer => format!("resolved without a human: {answer}"),
        },
        "watched" => "watched: asked when another run or family sees it too".to_owned(),
        other => clean(other),
    }];
    if let Some(at) = &entry.at {
        said.push(ago(at, look));
    }
    if !entry.from.is_empty() {
        said.push(format!("from {}", clean(&entry.from)));
    }
    if entry.bulk {
        said.push("together with others".to_owned());
    }
    if !entry.run_id.is_empty() {
        said.push(format!("in run {}", short(&entry.run_id)));
    }
    said.join(", ")
}

fn said_by(entry: &LedgerEntry) -> String {
    let by = match clean(&entry.by) {
        by if by.is_empty() => String::new(),
        by => format!(" by {by}"),
    };
    match (entry.disposition.as_str(), clean(&entry.answer)) {
        ("answer", answer) => format!("answered{by}: “{answer}”"),
        ("must-fix", _) => format!("must be fixed, said{by}"),
        ("dismiss", _) => format!("not an issue, said{by}"),
        (other, _) => format!("{}{by}", clean(other)),
    }
}

/// The entry that was forgotten.
pub fn forgotten(entry: Option<&LedgerEntry>, look: &Look) -> String {
    match entry {
        Some(entry) => {
            let said = format!(
                "forgotten, and asked when raised again: {}",
                clean(&entry.claim)
            );
            wrap::wrap(&said, look.width, "", "  ").join("\n")
        }
        None => "it was forgotten before".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn decisions_stand_by_what_they_are_about() {
        let entry = |id: &str, gate: &str, standing: &str| LedgerEntry {
            id: format!("{id:0<64}"),
            gate: gate.into(),
            subject: "/home/ada/shop/examples/checkout".into(),
            kind: "ambiguity".into(),
            claim: "“The checkout shall be fast” names no number: what is fast, measured where?"
                .into(),
            severity: "critical".into(),
            standing: standing.into(),
            at: Some(samples::at(0)),
            run_id: "3f9a02bc00000000".into(),
            paths: vec!["spec.md".into()],
            quote: "The checkout shall be fast".into(),
            ..LedgerEntry::default()
        };
        let settled = LedgerEntry {
            disposition: "answer".into(),
            answer: "p95 under 300 ms".into(),
            by: "ada".into(),
            from: "tui on build-7".into(),
            bulk: true,
            ..entry("5e77", "clarify", "settled")
        };
        let fix = LedgerEntry {
            disposition: "must-fix".into(),
            by: "bob".into(),
            ..entry("f1f1", "analyze", "settled")
        };
        let entries = [
            settled,
            fix,
            entry("0a7c", "clarify", "watched"),
            entry("4e50", "clarify", "resolved"),
        ];
        let look = samples::look();
        insta::assert_snapshot!(format!(
            "{}\n\n{}\n{}",
            ledger(&entries, &look),
            forgotten(entries.first(), &look),
            forgotten(None, &look)
        ));
    }
}
