//! range-without-bounds: a range or a limit that is announced and not given.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::measure::value;
use crate::rule::Rule;
use crate::rules::context::before;
use crate::rules::{Seen, phrase_at};
use crate::token::{Kind as TokenKind, Token};

const RULE: Rule = Rule::RangeWithoutBounds;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    // A number, code or another id anywhere in the unit may well be the bound.
    let own = seen.block().id.map(|id| id.start);
    let bounded = seen.unit.tokens().any(|token| {
        value(seen.document, token).is_some()
            || token.kind == TokenKind::Code
            || (token.is_id() && Some(token.start) != own)
    });
    for sentence in &seen.unit.sentences {
        let Some(words) = find(seen.document, &sentence.tokens, bounded) else {
            continue;
        };
        out.offer(Severity::Important, seen.position(sentence, RULE), || {
            let class = (
                Kind::Untestable,
                Severity::Important,
                Resolvability::NeedHuman,
            );
            let says = format!("says \"{words}\" but does not give the bounds");
            let reasoning = format!(
                "rule {RULE}: \"{words}\" announces a limit; without its numbers no value can be shown to be outside"
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.options = vec![
                "give both bounds, with their unit".to_owned(),
                "give the upper bound only".to_owned(),
                "there is no limit: say so".to_owned(),
            ];
            finding
        });
        return;
    }
}

fn find<'a>(document: &'a Document<'_>, tokens: &[Token], bounded: bool) -> Option<&'a str> {
    let span = |from: usize, to: usize| Some(&document.mask[tokens[from].start..tokens[to].end]);
    (0..tokens.len()).find_map(|at| {
        let here = document.lower(tokens[at]);
        // "between 5 and the usual": the second bound is missing.
        if here == "between" {
            let rest = &tokens[at + 1..];
            let opens = rest
                .first()
                .is_some_and(|next| next.kind == TokenKind::Number);
            let closes = rest
                .iter()
                .skip(1)
                .take(6)
                .any(|next| value(document, *next).is_some());
            return if opens && !closes {
                span(at, at + 1)
            } else {
                None
            };
        }
        if bounded {
            return None;
        }
        if matches!(here, "limited" | "maximum" | "minimum" | "certain") {
            let number = phrase_at(document, tokens, at + 1, &["number", "of"])
                || phrase_at(document, tokens, at + 1, &["amount", "of"]);
            let article = at > 0 && matches!(document.lower(tokens[at - 1]), "a" | "the");
            return if number && article && !is_chosen(document, before(tokens, at)) {
                span(at - 1, at + 2)
            } else {
                None
            };
        }
        // "within the normal limits", "in a given range"; but "a date range" is a thing.
        if matches!(here, "within" | "in") {
            let article = tokens
                .get(at + 1)
                .is_some_and(|next| matches!(document.lower(*next), "a" | "an" | "the" | "its"));
            let last = (at + 2..(at + 5).min(tokens.len())).find(|last| {
                matches!(
                    document.lower(tokens[*last]),
                    "range" | "ranges" | "limit" | "limits" | "bounds"
                )
            })?;
            let named = last > at + 2
                && (at + 2..last).all(|word| {
                    matches!(
                        document.lower(tokens[word]),
                        "allowed"
                            | "agreed"
                            | "usual"
                            | "normal"
                            | "valid"
                            | "given"
                            | "permitted"
                            | "defined"
                            | "specified"
                            | "supported"
                            | "expected"
                            | "certain"
                            | "acceptable"
                            | "reasonable"
                    )
                });
            let bare = last == at + 2;
            let goes_on = tokens
                .get(last + 1)
                .is_some_and(|next| matches!(document.lower(*next), "of" | "set" | "from" | "in"));
            return if article && (bare || named) && !goes_on {
                span(at, last)
            } else {
                None
            };
        }
        None
    })
}

/// "Doctors can set a maximum number of patients": the bound is what they set.
fn is_chosen(document: &Document<'_>, before: &[Token]) -> bool {
    before.iter().any(|token| {
        matches!(
            document.lower(*token),
            "choose" | "configure" | "define" | "enter" | "give" | "limit" | "select" | "set"
        )
    })
}
