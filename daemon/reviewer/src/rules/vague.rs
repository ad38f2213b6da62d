//! vague-quality: a quality that cannot be measured because no number with a unit is beside it.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::measure::measures;
use crate::rule::Rule;
use crate::rules::context::{after, before, is_acronym, is_explained};
use crate::rules::{Seen, is_name, quoted};
use crate::sentence;
use crate::token::{Kind as TokenKind, Token};
use crate::unit::Sentence;

const RULE: Rule = Rule::VagueQuality;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    let hit = seen.unit.sentences.iter().find_map(|sentence| {
        let words = find(seen, &sentence.tokens);
        (!words.is_empty()).then_some((sentence, words))
    });
    let Some((sentence, words)) = hit else { return };
    let measured = seen.unit.sentences.iter().any(|sentence| {
        !measures(seen.document, &sentence.tokens).is_empty() || defers(seen, &sentence.tokens)
    });
    if measured || seen.is_measured_by_acceptance() || is_measured_next(seen, sentence) {
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

fn find<'a>(seen: &Seen<'a>, tokens: &[Token]) -> Vec<&'a str> {
    let document = seen.document;
    (0..tokens.len())
        .filter(|at| {
            is_vague(document, tokens, *at)
                && !is_name(document, tokens, *at)
                && !seen.names.hold(document, tokens, *at)
                && !is_explained(document, tokens, *at)
        })
        .map(|at| document.word(tokens[at]))
        .collect()
}

/// The words of the rule, without the terms of art that contain them.
fn is_vague(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    let word = document.lower(tokens[at]);
    let next = tokens.get(at + 1).map_or("", |next| document.lower(*next));
    let last = at
        .checked_sub(1)
        .map_or("", |last| document.lower(tokens[last]));
    // "as easy as", "the fast path", "cannot easily": compared, one of its kind, or denied.
    let harmless = matches!(last, "as" | "the" | "cannot" | "not");
    if harmless || matches!(next, "mode" | "modes") {
        return false;
    }
    match word {
        "fast" => {
            !matches!(last, "fail" | "fails" | "failing" | "failed")
                && (!is_attribute(document, tokens, at)
                    || matches!(
                        next,
                        "access"
                            | "feedback"
                            | "load"
                            | "loading"
                            | "loads"
                            | "navigation"
                            | "page"
                            | "pages"
                            | "performance"
                            | "queries"
                            | "rendering"
                            | "response"
                            | "responses"
                            | "results"
                            | "search"
                            | "startup"
                    ))
        }
        "easy" => {
            !is_attribute(document, tokens, at)
                || matches!(
                    next,
                    "access"
                        | "configuration"
                        | "installation"
                        | "integration"
                        | "interface"
                        | "maintenance"
                        | "navigation"
                        | "process"
                        | "set-up"
                        | "setup"
                        | "use"
                        | "way"
                )
        }
        "faster" => next != "than",
        "responsive" => {
            let around = [before(tokens, at), after(tokens, at)];
            around.iter().any(|side| speaks_of_time(document, side))
                && !around.iter().any(|side| speaks_of_layout(document, side))
        }
        "robust" => !matches!(
            next,
            "regression" | "median" | "mean" | "estimate" | "estimator" | "statistics" | "scaling"
        ),
        "secure" | "securely" => {
            last != "cryptographically"
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
                        | "flags"
                        | "hash"
                        | "random"
                )
                && !names_its_means(document, after(tokens, at))
        }
        "friendly" => last == "user",
        "easier" | "easily" | "easy-to-use" | "user-friendly" | "intuitive" | "intuitively"
        | "quick" | "quickly" | "robustly" | "efficient" | "efficiently" | "seamless"
        | "seamlessly" | "smoothly" | "gracefully" | "flexible" | "flexibly" | "scalable"
        | "performant" => true,
        _ => false,
    }
}

/// Does a noun follow? "An easy puzzle", "fast charging" and "fast parcels" are kinds of puzzles,
/// charging and parcels; "shall be fast" and "loads fast on phones" are demands.
fn is_attribute(document: &Document<'_>, tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|next| {
        next.kind == TokenKind::Word
            && !matches!(
                document.lower(*next),
                "and"
                    | "as"
                    | "at"
                    | "but"
                    | "by"
                    | "enough"
                    | "even"
                    | "for"
                    | "from"
                    | "if"
                    | "in"
                    | "on"
                    | "or"
                    | "over"
                    | "so"
                    | "that"
                    | "to"
                    | "under"
                    | "when"
                    | "while"
                    | "with"
                    | "without"
            )
    })
}

/// "The page must be responsive" asks for a layout; "responsive under load" asks for a time.
fn speaks_of_time(document: &Document<'_>, tokens: &[Token]) -> bool {
    tokens.iter().any(|token| {
        matches!(
            document.lower(*token),
            "data"
                | "during"
                | "load"
                | "loads"
                | "performance"
                | "remain"
                | "remains"
                | "requests"
                | "stay"
                | "stays"
                | "system"
                | "users"
                | "while"
        )
    })
}

/// "responsive on phones" speaks of the layout, which adapts to a width, and not of a time.
fn speaks_of_layout(document: &Document<'_>, tokens: &[Token]) -> bool {
    tokens.iter().any(|token| {
        matches!(
            document.lower(*token),
            "breakpoint"
                | "breakpoints"
                | "design"
                | "desktop"
                | "device"
                | "devices"
                | "grid"
                | "image"
                | "images"
                | "layout"
                | "layouts"
                | "mobile"
                | "phone"
                | "phones"
                | "resolution"
                | "resolutions"
                | "screen"
                | "screens"
                | "tablet"
                | "tablets"
                | "viewport"
                | "viewports"
                | "web"
                | "width"
                | "widths"
        )
    })
}

/// "stored securely using bcrypt", "in the platform's key store", "handled securely in compliance with PCI DSS".
fn names_its_means(document: &Document<'_>, after: &[Token]) -> bool {
    after.iter().any(|token| {
        token.is_id()
            || token.kind == TokenKind::Code
            || matches!(
                document.lower(*token),
                "using"
                    | "via"
                    | "according"
                    | "compliance"
                    | "encrypted"
                    | "encryption"
                    | "hash"
                    | "hashed"
                    | "keychain"
                    | "keystore"
                    | "store"
                    | "vault"
            )
            || (token.kind == TokenKind::Word && is_acronym(document.word(*token)))
    })
}

/// "It should start fast. Time to first frame must stay below 1.5 s."
fn is_measured_next(seen: &Seen<'_>, sentence: &Sentence) -> bool {
    let part = seen
        .block()
        .parts
        .iter()
        .find(|part| part.contains(&sentence.range.start));
    let Some(part) = part else { return false };
    // One sentence is enough to look at, so that a file of one paragraph stays cheap.
    let mut end = part
        .end
        .min(sentence.range.end + 400)
        .max(sentence.range.end);
    while !seen.document.mask.is_char_boundary(end) {
        end -= 1;
    }
    let following = sentence::split(&seen.document.mask, sentence.range.end..end);
    following.first().is_some_and(|next| {
        let tokens = seen.document.tokens(next.clone());
        !measures(seen.document, &tokens).is_empty()
    })
}

/// "fast, as measured in NFR-2": the number stands at another requirement.
fn defers(seen: &Seen<'_>, tokens: &[Token]) -> bool {
    let own = seen.block().id.map(|id| id.start);
    tokens.iter().enumerate().any(|(at, token)| {
        token.is_id()
            && Some(token.start) != own
            && tokens[..at].iter().rev().take(2).any(|word| {
                matches!(
                    seen.document.lower(*word),
                    "see" | "in" | "per" | "by" | "with" | "to" | "of"
                )
            })
    })
}
