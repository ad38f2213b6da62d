//! loophole: words that let an implementation do nothing and still conform.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::rule::Rule;
use crate::rules::context::{after, before, has_alternative, is_explained};
use crate::rules::{Seen, phrase_at};
use crate::token::Token;

const RULE: Rule = Rule::Loophole;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    let all: Vec<Token> = seen.unit.tokens().collect();
    if has_alternative(seen.document, &all) {
        return;
    }
    for sentence in &seen.unit.sentences {
        let Some(words) = find(seen.document, &sentence.tokens) else {
            continue;
        };
        out.offer(Severity::Important, seen.position(sentence, RULE), || {
            let class = (
                Kind::Ambiguity,
                Severity::Important,
                Resolvability::NeedHuman,
            );
            let says = format!("is let off by \"{words}\": nothing says when it applies");
            let reasoning = format!(
                "rule {RULE}: with \"{words}\" doing nothing conforms too, and no test can fail"
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.options = vec![
                format!("it always applies: drop \"{words}\""),
                "it applies under a condition: name the condition".to_owned(),
                "it is a wish: move it out of the requirements".to_owned(),
            ];
            finding
        });
        return;
    }
}

fn find<'a>(document: &'a Document<'_>, tokens: &[Token]) -> Option<&'a str> {
    let span = |at: usize, words: usize| {
        Some(&document.mask[tokens[at].start..tokens[at + words - 1].end])
    };
    // "We will help where possible" promises nothing of the system.
    let we = |token: &Token| document.lower(*token) == "we";
    let end = tokens.iter().position(we).unwrap_or(tokens.len());
    (0..end).find_map(|at| {
        let next = tokens.get(at + 1).map_or("", |next| document.lower(*next));
        match document.lower(tokens[at]) {
            "if" | "where" | "when" | "wherever" | "whenever"
                if matches!(
                    next,
                    "possible"
                        | "feasible"
                        | "practical"
                        | "practicable"
                        | "needed"
                        | "necessary"
                        | "appropriate"
                ) =>
            {
                span(at, 2)
            }
            "as" if next == "appropriate" => span(at, 2),
            "as" if matches!(next, "needed" | "necessary")
                && !permits(document, before(tokens, at)) =>
            {
                span(at, 2)
            }
            "best" if matches!(next, "effort" | "efforts") && !may_fail(document, tokens, at) => {
                span(at, 2)
            }
            "best-effort" if !may_fail(document, tokens, at) => span(at, 1),
            "as" if phrase_at(document, tokens, at, &["as", "far", "as", "possible"])
                || phrase_at(document, tokens, at, &["as", "much", "as", "possible"]) =>
            {
                span(at, 4)
            }
            "extent" if phrase_at(document, tokens, at, &["extent", "possible"]) => span(at, 2),
            _ => None,
        }
    })
}

/// "Operators can raise the level as needed", "tunable as needed": somebody may do something,
/// and nothing is let off. "If it is full, … as needed": the condition is there.
fn permits(document: &Document<'_>, before: &[Token]) -> bool {
    before.iter().any(|token| {
        let word = document.lower(*token);
        word.ends_with("able")
            || matches!(
                word,
                "can" | "may" | "allow" | "allows" | "let" | "lets" | "if" | "when" | "while"
            )
    })
}

/// "Best effort: a failure must not …" is a term of art, and says what is given up.
fn may_fail(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    let given_up = |token: &Token| {
        matches!(
            document.lower(*token),
            "drop"
                | "dropped"
                | "drops"
                | "fail"
                | "fails"
                | "failure"
                | "failures"
                | "lose"
                | "lost"
        )
    };
    is_explained(document, tokens, at) || after(tokens, at).iter().any(given_up)
}
