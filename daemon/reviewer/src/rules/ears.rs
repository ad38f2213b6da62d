//! EARS (Easy Approach to Requirements Syntax, Mavin et al. 2009): a condition needs a system
//! response, and one sentence carries one obligation.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Shape;
use crate::review::ThenFollows;
use crate::rule::Rule;
use crate::rules::{Seen, quoted};
use crate::token::{Kind as TokenKind, Token};
use crate::unit::{Sentence, is_modal};

const NO_RESPONSE: Rule = Rule::NoResponse;

pub(crate) fn check(seen: &Seen<'_>, follows: ThenFollows, out: &mut Collector<'_>) {
    if follows == ThenFollows::No {
        no_response(seen, out);
    }
    two_obligations(seen, out);
}

/// Does this unit begin with *Then* (the response to a *When* in the item above) or with *And*
/// (which leaves it to the next)?
pub(crate) fn opening<'a>(seen: &'a Seen<'_>) -> &'a str {
    seen.unit
        .sentences
        .first()
        .and_then(|sentence| body(seen, sentence).first())
        .map_or("", |token| seen.document.lower(*token))
}

fn no_response(seen: &Seen<'_>, out: &mut Collector<'_>) {
    // In a table the response stands in another cell.
    if seen.block().shape == Shape::Row {
        return;
    }
    for (at, sentence) in seen.unit.sentences.iter().enumerate() {
        let tokens = body(seen, sentence);
        let Some(first) = tokens.first() else {
            continue;
        };
        let condition = seen.document.word(*first);
        let opens = matches!(seen.document.lower(*first), "if" | "when");
        let follows = seen
            .unit
            .sentences
            .get(at + 1)
            .and_then(|next| next.tokens.first())
            .is_some_and(|next| seen.document.lower(*next) == "then");
        if !opens || tokens.len() < 3 || follows || responds(seen, tokens) {
            continue;
        }
        out.offer(
            Severity::Important,
            seen.position(sentence, NO_RESPONSE),
            || {
                let class = (
                    Kind::MissingBehaviour,
                    Severity::Important,
                    Resolvability::NeedHuman,
                );
                let says = format!(
                    "states a condition (\"{condition} …\") but not what the system does then"
                );
                let reasoning = format!(
                    "rule {NO_RESPONSE}: a sentence that opens with \"{condition}\" needs a system response (\"{condition} …, the system shall …\")"
                );
                let mut finding = seen.finding(sentence, class, &says, reasoning);
                finding.suggested_fix =
                    Some("Add the response: who does what, and what the user sees.".to_owned());
                finding
            },
        );
        return;
    }
}

/// The sentence without its id and label (`**FR-3 (Retry)**:`).
fn body<'t>(seen: &Seen<'_>, sentence: &'t Sentence) -> &'t [Token] {
    let tokens = sentence.tokens.as_slice();
    let labelled = tokens
        .iter()
        .take(10)
        .position(|token| matches!(token.kind, TokenKind::Symbol(':' | '—' | '–')));
    let conditional = |token: &Token| {
        matches!(
            seen.document.lower(*token),
            "if" | "when" | "then" | "and" | "given"
        )
    };
    if tokens.first().is_some_and(conditional) {
        return tokens;
    }
    if let Some(colon) = labelled {
        return &tokens[colon + 1..];
    }
    let skip = tokens
        .iter()
        .take_while(|token| token.is_id() || matches!(token.kind, TokenKind::Symbol(_)))
        .count();
    &tokens[skip..]
}

/// Is there anything that could be the response? In doubt, yes.
fn responds(seen: &Seen<'_>, tokens: &[Token]) -> bool {
    let lower = |at: usize| seen.document.lower(tokens[at]);
    let modal = (0..tokens.len()).any(|at| is_modal(lower(at)));
    let mut comma = false;
    for at in 1..tokens.len() {
        match tokens[at].kind {
            // A dash, an arrow or a colon sets the response apart.
            TokenKind::Symbol(':' | ';' | '—' | '–' | '→' | '=') => return true,
            TokenKind::Symbol(',') => {
                comma = true;
                let rest = tokens.len() - at - 1;
                let joins = at + 1 < tokens.len()
                    && matches!(
                        lower(at + 1),
                        "or" | "and"
                            | "nor"
                            | "for"
                            | "even"
                            | "e"
                            | "i"
                            | "including"
                            | "but"
                            | "such"
                            | "which"
                    );
                if rest >= 2 && !joins {
                    return true;
                }
            }
            _ if lower(at) == "then" => return true,
            _ => {}
        }
    }
    // "If the card is declined the system shall say so": no comma, yet a response.
    modal && !comma
}

fn two_obligations(seen: &Seen<'_>, out: &mut Collector<'_>) {
    for sentence in &seen.unit.sentences {
        let modals = main_modals(seen, sentence);
        if modals.len() < 2 {
            continue;
        }
        let words: Vec<&str> = modals
            .iter()
            .map(|at| seen.document.word(sentence.tokens[*at]))
            .collect();
        // Shall, must and will bind alike; should does not (ISO/IEC/IEEE 29148).
        let wishes = words
            .iter()
            .filter(|word| word.eq_ignore_ascii_case("should"))
            .count();
        let mixed = wishes > 0 && wishes < words.len();
        let (rule, severity) = if mixed {
            (Rule::MixedObligations, Severity::Important)
        } else {
            (Rule::OneObligation, Severity::Minor)
        };
        out.offer(severity, seen.position(sentence, rule), || {
            let class = (Kind::Untestable, severity, Resolvability::SuggestFix);
            let says = if mixed {
                format!(
                    "mixes {} in one sentence: it is unclear which part is binding",
                    quoted(&words)
                )
            } else {
                format!(
                    "puts {} obligations ({}) into one sentence",
                    words.len(),
                    quoted(&words)
                )
            };
            let reasoning = format!(
                "rule {rule}: one sentence with several modal verbs can be half met; each obligation needs its own sentence to be tested and traced"
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.suggested_fix = Some("Split it, one obligation in each sentence.".to_owned());
            finding
        });
        return;
    }
}

/// Modal verbs of main clauses: not those after *that*, *which*, *when*, *if* and the like.
fn main_modals(seen: &Seen<'_>, sentence: &Sentence) -> Vec<usize> {
    let label = sentence.tokens.len() - body(seen, sentence).len();
    let mut subordinate = false;
    let mut depth = 0_usize;
    let mut out = Vec::new();
    for (at, token) in sentence.tokens.iter().enumerate().skip(label) {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            // After a colon the same obligation is explained.
            TokenKind::Symbol(':') => return out,
            TokenKind::Symbol(',' | ';' | '—' | '–') => subordinate = false,
            TokenKind::Word => match seen.document.lower(*token) {
                "that" | "which" | "who" | "whose" | "when" | "if" | "until" | "whether"
                | "how" | "what" | "because" | "since" | "while" | "before" | "after" | "where"
                | "than" | "unless" | "once" | "so" | "as" => subordinate = true,
                "then" => subordinate = false,
                word if is_modal(word) => {
                    if !subordinate && depth == 0 && !is_mentioned(seen, sentence, at) {
                        out.push(at);
                    }
                    // After the verb of a subordinate clause the main clause may go on.
                    subordinate = false;
                }
                _ => {}
            },
            TokenKind::Symbol(_)
            | TokenKind::Number
            | TokenKind::Id
            | TokenKind::ShortId
            | TokenKind::Code => {}
        }
    }
    out
}

/// "The words MUST, SHOULD and MAY", "*shall* binds": spoken of, not used.
fn is_mentioned(seen: &Seen<'_>, sentence: &Sentence, at: usize) -> bool {
    let lower = |at: usize| {
        let token = sentence.tokens.get(at);
        token.map_or("", |token| seen.document.lower(*token))
    };
    let next = if lower(at + 1) == "not" {
        lower(at + 2)
    } else {
        lower(at + 1)
    };
    matches!(
        next,
        "," | "and" | "or" | "is" | "are" | "binds" | "means" | "denotes" | "marks" | "expresses"
    )
}
