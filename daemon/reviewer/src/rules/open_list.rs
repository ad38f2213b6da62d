//! open-list: a list whose end is left to the reader.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::rule::Rule;
use crate::rules::{Seen, phrase_at};
use crate::token::Token;

const RULE: Rule = Rule::OpenList;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    for sentence in &seen.unit.sentences {
        let Some(words) = find(seen.document, &sentence.tokens) else {
            continue;
        };
        out.offer(Severity::Minor, seen.position(sentence, RULE), || {
            let class = (Kind::Ambiguity, Severity::Minor, Resolvability::NeedHuman);
            let either = words.eq_ignore_ascii_case("and/or");
            let says = if either {
                format!("says \"{words}\": one of them, or both")
            } else {
                format!("has a list left open by \"{words}\"")
            };
            let reasoning = if either {
                format!(
                    "rule {RULE}: \"{words}\" can be read as either and as both; a test needs one"
                )
            } else {
                format!("rule {RULE}: after \"{words}\" nobody can say when everything is built")
            };
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.options = if either {
                vec![
                    "both are required".to_owned(),
                    "either is enough".to_owned(),
                ]
            } else {
                vec![
                    "the list is complete as it stands".to_owned(),
                    "name the missing members".to_owned(),
                    "name the rule that decides what belongs to it".to_owned(),
                ]
            };
            finding
        });
        return;
    }
}

fn find<'a>(document: &'a Document<'_>, tokens: &[Token]) -> Option<&'a str> {
    const PHRASES: &[&[&str]] = &[
        &["etc"],
        &["et", "cetera"],
        &["and", "so", "on"],
        &["and", "so", "forth"],
        &["and", "/", "or"],
        &["including", "but", "not", "limited", "to"],
        &["including", ",", "but", "not", "limited", "to"],
    ];
    (0..tokens.len()).find_map(|at| {
        let phrase = PHRASES
            .iter()
            .find(|phrase| phrase_at(document, tokens, at, phrase))?;
        let mut end = tokens[at + phrase.len() - 1].end;
        if *phrase == ["etc"] && document.mask[end..].starts_with('.') {
            end += 1;
        }
        Some(&document.mask[tokens[at].start..end])
    })
}
