//! adequacy: "enough" without saying how much is enough.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::measure::measures;
use crate::rule::Rule;
use crate::rules::context::{self, is_explained};
use crate::rules::{Seen, is_name, quoted};
use crate::token::Token;

const RULE: Rule = Rule::Adequacy;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    for sentence in &seen.unit.sentences {
        let words = find(seen.document, &sentence.tokens);
        if words.is_empty() {
            continue;
        }
        out.offer(Severity::Important, seen.position(sentence, RULE), || {
            let words = quoted(&words);
            let class = (
                Kind::Ambiguity,
                Severity::Important,
                Resolvability::NeedHuman,
            );
            let says = format!("says {words} without saying who judges it, or by what");
            let reasoning = format!(
                "rule {RULE}: {words} leaves the measure to the reader; a test needs the limit or the list of cases"
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.suggested_fix = Some(format!(
                "Replace {words} with the limit, the list, or the rule that decides."
            ));
            finding
        });
        return;
    }
}

fn find<'a>(document: &'a Document<'_>, tokens: &[Token]) -> Vec<&'a str> {
    (0..tokens.len())
        .filter(|at| {
            let next = tokens.get(at + 1).map_or("", |next| document.lower(*next));
            let before = at
                .checked_sub(1)
                .map_or("", |before| document.lower(tokens[before]));
            if !is_adequacy(document.lower(tokens[*at]), before, next)
                || is_name(document, tokens, *at)
            {
                return false;
            }
            // "a reasonable time (30 s)" says how much.
            let after = &tokens[at + 1..tokens.len().min(at + 8)];
            measures(document, after).is_empty()
                && !is_explained(document, tokens, *at)
                && !refers(document, context::after(tokens, *at))
        })
        .map(|at| document.word(tokens[at]))
        .collect()
}

fn is_adequacy(word: &str, before: &str, next: &str) -> bool {
    match word {
        // "as appropriate", "where appropriate": the loophole rule's.
        "appropriate" => !matches!(before, "as" | "where" | "when" | "if"),
        // Enough of a countable thing is a comparison, not an opinion.
        "sufficient" => {
            !matches!(
                before,
                "if" | "no" | "not" | "unless" | "when" | "where" | "without"
            ) && !matches!(
                next,
                "balance"
                | "credit"
                | "funds"
                | "permission"
                | "permissions"
                | "privileges"
                | "rights"
                | "scope"
                | "stock"
                // "sufficient to find the file" says what for, and that can be tried.
                | "to"
            )
        }
        // "Duplicates are acceptable" permits something; "acceptable use" is a policy's name.
        "acceptable" => next != "use" && !matches!(before, "is" | "are"),
        // A term of law (of the rights of people with disabilities).
        "reasonable" => !matches!(next, "accommodation" | "accommodations"),
        "proper" => !matches!(next, "noun" | "name" | "names" | "subset"),
        // "properly escape names": the verb says it all, the word is a filler.
        "properly" => {
            !begins_verb(next)
                || matches!(
                    next,
                    "clean"
                        | "deal"
                        | "function"
                        | "handle"
                        | "maintain"
                        | "manage"
                        | "protect"
                        | "secure"
                        | "support"
                        | "treat"
                        | "work"
                )
        }
        "adequate" | "adequately" | "sufficiently" | "appropriately" | "acceptably"
        | "reasonably" | "suitable" | "suitably" | "timely" => true,
        _ => false,
    }
}

/// "adequate measures (see annex B)": the measure stands somewhere else.
fn refers(document: &Document<'_>, after: &[Token]) -> bool {
    after.iter().any(|token| document.lower(*token) == "see")
}

/// Is the word after an adverb a verb that it belongs to ("properly escape"), and neither a
/// participle ("be properly handled") nor the next part of the sentence ("properly and")?
fn begins_verb(next: &str) -> bool {
    let letters = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters
        && !next.ends_with("ed")
        && !matches!(
            next,
            "after"
                | "and"
                | "at"
                | "before"
                | "by"
                | "for"
                | "if"
                | "in"
                | "on"
                | "or"
                | "to"
                | "when"
                | "while"
                | "with"
        )
}
