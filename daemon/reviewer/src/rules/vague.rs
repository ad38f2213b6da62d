//! vague-quality: a quality that cannot be measured because no number with a unit is beside it.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::measure::measures;
use crate::rule::Rule;
use crate::rules::{Seen, is_name, quoted};
use crate::token::Token;

const RULE: Rule = Rule::VagueQuality;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    let hit = seen.unit.sentences.iter().find_map(|sentence| {
        let words = find(seen.document, &sentence.tokens);
        (!words.is_empty()).then_some((sentence, words))
    });
    let Some((sentence, words)) = hit else { return };
    let measured = seen.unit.sentences.iter().any(|sentence| {
        !measures(seen.document, &sentence.tokens).is_empty() || defers(seen, &sentence.tokens)
    });
    if measured {
        return;
    }
    out.offer(Severity::Important, seen.position(sentence, RULE), || {
        let words = quoted(&words);
        let class = (
            Kind::Ambiguity,
            Severity::Important,
            Resolvability::NeedHuman,
        );
        let says = format!("says {words} but gives no number with a unit");
        let reasoning = format!(
            "rule {RULE}: {words} names a quality without a measure, so two people can both be right about whether it is met"
        );
        let mut finding = seen.finding(sentence, class, &says, reasoning);
        finding.suggested_fix = Some(format!(
            "Replace {words} with a measure and its condition (for example a time at p95, a number of steps, a load, or the named standard to be met)."
        ));
        finding
    });
}

fn find<'a>(document: &'a Document<'_>, tokens: &[Token]) -> Vec<&'a str> {
    (0..tokens.len())
        .filter(|at| {
            let next = tokens.get(at + 1).map_or("", |next| document.lower(*next));
            let before = at
                .checked_sub(1)
                .map_or("", |before| document.lower(tokens[before]));
            is_vague(document.lower(tokens[*at]), before, next) && !is_name(document, tokens, *at)
        })
        .map(|at| document.word(tokens[at]))
        .collect()
}

/// The words of the rule, without the terms of art that contain them.
fn is_vague(word: &str, before: &str, next: &str) -> bool {
    match word {
        "fast" | "faster" => !matches!(next, "path" | "lane" | "track" | "forward"),
        "responsive" => !matches!(
            next,
            "design"
                | "layout"
                | "layouts"
                | "web"
                | "image"
                | "images"
                | "breakpoint"
                | "breakpoints"
                | "grid"
        ),
        "secure" | "securely" => {
            before != "cryptographically"
                && !matches!(
                    next,
                    "attribute"
                        | "boot"
                        | "context"
                        | "contexts"
                        | "cookie"
                        | "cookies"
                        | "element"
                        | "enclave"
                        | "flag"
                        | "hash"
                        | "random"
                )
        }
        "friendly" => before == "user",
        "easy" | "easier" | "easily" | "easy-to-use" | "user-friendly" | "intuitive"
        | "intuitively" | "robust" | "robustly" | "efficient" | "efficiently" | "seamless"
        | "seamlessly" | "flexible" | "flexibly" | "scalable" | "performant" => true,
        _ => false,
    }
}

/// "fast, as measured in NFR-2": the number stands at another requirement.
fn defers(seen: &Seen<'_>, tokens: &[Token]) -> bool {
    let own = seen.block().id.map(|id| id.start);
    tokens.iter().enumerate().any(|(at, token)| {
        token.is_id()
            && Some(token.start) != own
            && tokens[..at].iter().rev().take(2).any(|before| {
                matches!(
                    seen.document.lower(*before),
                    "see" | "in" | "per" | "by" | "with" | "to" | "of"
                )
            })
    })
}
