//! placeholder: a decision that nobody has taken yet, left in a requirement.

use crate::answer::{Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::Document;
use crate::rule::Rule;
use crate::rules::{Seen, phrase_at};
use crate::token::{Kind as TokenKind, Token};

const RULE: Rule = Rule::Placeholder;

pub(crate) fn check(seen: &Seen<'_>, out: &mut Collector<'_>) {
    for sentence in &seen.unit.sentences {
        let Some(words) = find(seen.document, &sentence.tokens) else {
            continue;
        };
        out.offer(Severity::Critical, seen.position(sentence, RULE), || {
            let class = (
                Kind::Placeholder,
                Severity::Critical,
                Resolvability::NeedHuman,
            );
            let says = format!("still holds the placeholder \"{words}\"");
            let reasoning = format!(
                "rule {RULE}: \"{words}\" marks a decision that is still to be taken; whoever builds this would have to guess it"
            );
            let mut finding = seen.finding(sentence, class, &says, reasoning);
            finding.suggested_fix = Some(format!("Replace \"{words}\" with the decision."));
            finding
        });
        return;
    }
}

/// The first placeholder of a sentence.
fn find(document: &Document<'_>, tokens: &[Token]) -> Option<String> {
    (0..tokens.len()).find_map(|at| {
        let word = document.word(tokens[at]);
        let lower = document.lower(tokens[at]);
        let single = matches!(lower, "tbd" | "tbc") || matches!(word, "TBR" | "TODO");
        if single {
            return Some(word.to_owned());
        }
        if phrase_at(document, tokens, at, &["?", "?", "?"]) {
            return Some("???".to_owned());
        }
        if phrase_at(document, tokens, at, &["needs", "clarification"]) && word == "NEEDS" {
            return Some("NEEDS CLARIFICATION".to_owned());
        }
        let open = [
            "defined",
            "decided",
            "determined",
            "specified",
            "confirmed",
            "agreed",
        ]
        .iter()
        .any(|last| phrase_at(document, tokens, at, &["to", "be", last]));
        // "fields to be defined by the owner" is a behaviour, "to be defined." is a gap.
        let stops = match tokens.get(at + 3) {
            None => true,
            Some(next) => {
                matches!(next.kind, TokenKind::Symbol(_)) || document.lower(*next) == "later"
            }
        };
        // "orders that have to be confirmed." speaks of the orders.
        let duty = at > 0
            && matches!(
                document.lower(tokens[at - 1]),
                "have" | "has" | "had" | "need" | "needs" | "waiting" | "waits" | "able"
            );
        (open && stops && !duty)
            .then(|| document.mask[tokens[at].start..tokens[at + 2].end].to_owned())
    })
}
