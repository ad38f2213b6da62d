//! term-spelling: one term written in two ways (hyphen, case, a letter or two).
//!
//! Ordinary inflection and verbs beside their nouns ("sign in", "sign-in") are not spellings of
//! a term; in doubt nothing is said.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::answer::{Finding, Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Document, Section};
use crate::rule::Rule;
use crate::rules::about;
use crate::token::{Kind as TokenKind, Token};

const RULE: Rule = Rule::TermSpelling;

/// Where a spelling stands first, and how often it is used.
#[derive(Debug, Clone, Copy)]
struct Use {
    count: usize,
    input: usize,
    block: usize,
    start: usize,
}

/// All uses of lower-case words, by spelling.
type Words<'a> = HashMap<&'a str, Use>;

struct Pair {
    one: (String, Use),
    other: (String, Use),
}

pub(crate) fn check(documents: &[Document<'_>], out: &mut Collector<'_>) {
    let mut words = Words::new();
    let mut camels: HashSet<&str> = HashSet::new();
    each_part(documents, |place, document, tokens| {
        for token in tokens {
            if !is_term(document, *token) {
                continue;
            }
            let lower = document.lower(*token);
            count(&mut words, lower, (place.0, place.1, token.start));
            if is_camel(document.word(*token)) {
                camels.insert(lower);
            }
        }
    });
    // Keyed by the term without hyphen and plural, so that "pass-keys" and "pass-key" are told once.
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    hyphens(&words, &mut pairs);
    spellings(&words, &mut pairs);
    slips(&words, &mut pairs);
    let mut spaced: HashMap<String, Use> = HashMap::new();
    let mut forms: HashMap<&str, HashMap<&str, Use>> = HashMap::new();
    let mut joined = String::new();
    each_part(documents, |place, document, tokens| {
        for (at, token) in tokens.iter().enumerate() {
            let here = (place.0, place.1, token.start);
            if camels.contains(document.lower(*token)) {
                let form = document.word(*token);
                if form.chars().any(char::is_lowercase) {
                    count(forms.entry(document.lower(*token)).or_default(), form, here);
                }
            }
            let Some(next) = tokens.get(at + 1) else {
                continue;
            };
            if may_be_joined(document, *token, *next) {
                joined.clear();
                joined.push_str(document.lower(*token));
                joined.push_str(document.lower(*next));
                // `PassedDegraded` is a name in code, not a spelling of "passed degraded".
                if words.contains_key(joined.as_str()) && !camels.contains(joined.as_str()) {
                    let shown = format!("{} {}", document.lower(*token), document.lower(*next));
                    let known = spaced.entry(shown).or_insert(Use {
                        count: 0,
                        input: here.0,
                        block: here.1,
                        start: here.2,
                    });
                    known.count += 1;
                }
            }
        }
    });
    for (shown, used) in spaced {
        let solid = shown.replace(' ', "");
        if let Some(other) = words.get(solid.as_str()) {
            pair(&mut pairs, (&shown, used), (&solid, *other));
        }
    }
    for (_, forms) in forms {
        let mut forms: Vec<(&str, Use)> = forms.into_iter().collect();
        forms.sort_by_key(|(form, used)| (std::cmp::Reverse(used.count), *form));
        if let [one, other, ..] = forms.as_slice() {
            pair(&mut pairs, *one, *other);
        }
    }
    for pair in pairs.into_values() {
        report(documents, &pair, out);
    }
}

fn each_part<'a>(
    documents: &'a [Document<'a>],
    mut take: impl FnMut((usize, usize), &'a Document<'a>, &[Token]),
) {
    for (input, document) in documents.iter().enumerate() {
        for (at, block) in document.blocks.iter().enumerate() {
            if document.section(block) == Section::Excluded {
                continue;
            }
            for part in &block.parts {
                take((input, at), document, &document.tokens(part.clone()));
            }
        }
    }
}

fn is_term(document: &Document<'_>, token: Token) -> bool {
    let word = document.word(token);
    token.kind == TokenKind::Word
        && word.len() >= 4
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

fn count<'a>(uses: &mut HashMap<&'a str, Use>, word: &'a str, at: (usize, usize, usize)) {
    let (input, block, start) = at;
    uses.entry(word)
        .or_insert(Use {
            count: 0,
            input,
            block,
            start,
        })
        .count += 1;
}

fn pair(pairs: &mut BTreeMap<String, Pair>, one: (&str, Use), other: (&str, Use)) {
    let key = one.0.replace(['-', ' '], "").to_lowercase();
    let key = key.strip_suffix('s').unwrap_or(&key).to_owned();
    let before = (one.1.input, one.1.start) <= (other.1.input, other.1.start);
    let (one, other) = if before { (one, other) } else { (other, one) };
    pairs.entry(key).or_insert(Pair {
        one: (one.0.to_owned(), one.1),
        other: (other.0.to_owned(), other.1),
    });
}

fn in_order<'w>(words: &'w Words<'_>) -> Vec<(&'w str, Use)> {
    let mut all: Vec<(&str, Use)> = words.iter().map(|(word, used)| (*word, *used)).collect();
    all.sort_unstable_by_key(|(word, _)| *word);
    all
}

/// `e-mail` and `email`. Not `re-sign` and `resign`, which are two words.
fn hyphens(words: &Words<'_>, pairs: &mut BTreeMap<String, Pair>) {
    for (word, used) in in_order(words) {
        let Some((first, _)) = word.split_once('-') else {
            continue;
        };
        let solid = word.replace('-', "");
        if first == "re" {
            continue;
        }
        if let Some(other) = words.get(solid.as_str()) {
            pair(pairs, (word, used), (&solid, *other));
        }
    }
}

/// -ise and -ize, -our and -or, one consonant or two (cancelled, canceled).
fn spellings(words: &Words<'_>, pairs: &mut BTreeMap<String, Pair>) {
    let mut seen: HashMap<String, (&str, Use)> = HashMap::new();
    for (word, used) in in_order(words) {
        let Some((key, style)) = variant(word) else {
            continue;
        };
        let known = seen.entry(key).or_insert((word, used));
        let differs = known.0 != word && variant(known.0).is_some_and(|(_, other)| other != style);
        if differs {
            pair(pairs, *known, (word, used));
        }
    }
    let mut collapsed: HashMap<String, (&str, Use)> = HashMap::new();
    for (word, used) in in_order(words) {
        if word.len() < 8 || word.contains('-') {
            continue;
        }
        let mut key = word.to_owned();
        let mut last = '\0';
        key.retain(|letter| {
            let repeated = letter == last;
            last = letter;
            !repeated
        });
        let known = collapsed.entry(key).or_insert((word, used));
        if known.0 != word {
            pair(pairs, *known, (word, used));
        }
    }
}

/// The root of a word that is spelt in two styles, and the style.
fn variant(word: &str) -> Option<(String, &'static str)> {
    for root in ["behavi", "col", "fav", "flav", "neighb"] {
        if let Some(rest) = word.strip_prefix(root) {
            if rest.starts_with("our") {
                return Some((root.to_owned(), "our"));
            }
            if rest.starts_with("or") && !rest.starts_with("ora") {
                return Some((root.to_owned(), "or"));
            }
        }
    }
    for suffix in [
        "ations", "ation", "able", "ers", "er", "ed", "es", "ing", "e",
    ] {
        let Some(stem) = word.strip_suffix(suffix) else {
            continue;
        };
        let style = match stem.as_bytes() {
            [.., b'i' | b'y', b's'] => "s",
            [.., b'i' | b'y', b'z'] => "z",
            _ => continue,
        };
        let root = &stem[..stem.len() - 1];
        return (root.len() >= 5).then(|| (root.to_owned(), style));
    }
    None
}

/// A rare word that is a frequent long one with two letters swapped or one left out.
fn slips(words: &Words<'_>, pairs: &mut BTreeMap<String, Pair>) {
    let mut found = Vec::new();
    let mut tried = String::new();
    for (word, used) in words {
        if used.count < 3 || word.len() < 8 || word.contains('-') {
            continue;
        }
        for at in 1..word.len() - 2 {
            tried.clear();
            tried.push_str(&word[..at]);
            tried.push_str(&word[at + 1..=at + 1]);
            tried.push_str(&word[at..=at]);
            tried.push_str(&word[at + 2..]);
            let swapped = words.get_key_value(tried.as_str());
            tried.clear();
            tried.push_str(&word[..at]);
            tried.push_str(&word[at + 1..]);
            let dropped = words
                .get_key_value(tried.as_str())
                .filter(|_| word.len() >= 10);
            for (other, rare) in [swapped, dropped].into_iter().flatten() {
                // "complaint" and "compliant" are both words.
                if rare.count <= 2
                    && other != word
                    && *other != "complaint"
                    && *other != "compliant"
                {
                    found.push(((*word, *used), (*other, *rare)));
                }
            }
        }
    }
    found.sort_unstable_by_key(|((word, _), (other, _))| (*word, *other));
    for (one, other) in found {
        pair(pairs, one, other);
    }
}

/// `WebAuthn`, `PayPal`, `iDEAL`; not `URLs`.
fn is_camel(word: &str) -> bool {
    let stem = word.strip_suffix('s').unwrap_or(word);
    let inner = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    let lower = stem.bytes().any(|byte| byte.is_ascii_lowercase());
    inner && lower && !word.contains('-')
}

/// Two words that may be one written apart ("pass key"), and not a verb with its particle
/// ("check out") or a chance meeting ("may be").
fn may_be_joined(document: &Document<'_>, first: Token, second: Token) -> bool {
    let both = is_short_word(document, first) && is_short_word(document, second);
    if !both || second.start != first.end + 1 {
        return false;
    }
    let chance = matches!(
        document.lower(first),
        "all"
            | "also"
            | "any"
            | "can"
            | "each"
            | "every"
            | "for"
            | "here"
            | "how"
            | "may"
            | "not"
            | "one"
            | "other"
            | "out"
            | "over"
            | "some"
            | "than"
            | "the"
            | "there"
            | "under"
            | "what"
            | "when"
            | "where"
            | "with"
    );
    let particle = matches!(
        document.lower(second),
        "away" | "back" | "down" | "for" | "off" | "out" | "over" | "through" | "with" | "one"
    );
    !chance && !particle
}

fn is_short_word(document: &Document<'_>, token: Token) -> bool {
    let word = document.word(token);
    token.kind == TokenKind::Word
        && (3..=12).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn report(documents: &[Document<'_>], pair: &Pair, out: &mut Collector<'_>) {
    let (one, other) = (&pair.one, &pair.other);
    // The rarer one is the slip; the finding stands where that is first used.
    let rare = if one.1.count < other.1.count {
        one
    } else {
        other
    };
    out.offer(Severity::Minor, (rare.1.input, rare.1.start, RULE), || {
        let quote = |used: Use| {
            let document = &documents[used.input];
            document.quote(document.sentence_at(&document.blocks[used.block], used.start))
        };
        let often = |used: Use| {
            let times = if used.count == 1 {
                "once".to_owned()
            } else {
                format!("{} times", used.count)
            };
            format!("{times}, first in {}", documents[used.input].path)
        };
        let common = if rare.0 == one.0 { other } else { one };
        let document = &documents[rare.1.input];
        let mut quotes = vec![quote(rare.1), quote(common.1)];
        quotes.dedup();
        Finding {
            kind: Kind::UndefinedTerm,
            claim: format!(
                "one term is written in two ways: \"{}\" ({}) and \"{}\" ({})",
                common.0,
                often(common.1),
                rare.0,
                often(rare.1)
            ),
            severity: Severity::Minor,
            resolvability: Resolvability::AutoFix,
            answer: Some(common.0.clone()),
            options: vec![common.0.clone(), rare.0.clone()],
            reasoning: format!(
                "rule {RULE}: two spellings make readers and searches believe in two things"
            ),
            suggested_fix: Some(format!("Write \"{}\" everywhere.", common.0)),
            quotes,
            about: about(document, &document.blocks[rare.1.block]),
        }
    });
}
