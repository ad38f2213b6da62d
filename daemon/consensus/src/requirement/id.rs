//! Which words at the beginning of a block are the id of a requirement.
//!
//! `FR-1`, `NFR-2`, `REQ-10`, `US1-AC2`, `FR-AUTH-2`, `FR-3a` are; `SHA-256 hashes` and `P95 latency` at the
//! beginning of a sentence are not.

use std::collections::BTreeMap;

use super::Document;
use super::section::Section;
use crate::block::Shape;

/// Prefixes that name nothing but requirements, so that one of them needs no company.
const KNOWN: &[&str] = &[
    "FR", "NFR", "REQ", "US", "AC", "SC", "UC", "BR", "SR", "PR", "IR", "QR", "CR",
];
/// Longer words are no ids.
const LONGEST: usize = 32;

/// Every id that opens a block of the inputs, counted by family.
pub(super) struct Leads(BTreeMap<String, usize>);

impl Leads {
    pub(super) fn over(documents: &[Document<'_>]) -> Self {
        let mut counts = BTreeMap::new();
        for document in documents {
            for (_, block) in document.candidates() {
                if let Some(lead) = lead(document.words(block)) {
                    *counts.entry(family(lead.id).to_owned()).or_default() += 1;
                }
            }
        }
        Self(counts)
    }

    /// The id that a block with these words defines, in the section it stands in.
    pub(super) fn definition<'a>(
        &self,
        shape: Shape,
        section: Section,
        words: &'a str,
    ) -> Option<&'a str> {
        let lead = lead(words)?;
        let family = family(lead.id);
        let known = || {
            let prefix = family.trim_end_matches('-');
            let prefix = prefix.split(|c: char| !c.is_ascii_uppercase()).next();
            prefix.is_some_and(|prefix| KNOWN.contains(&prefix))
        };
        let familiar = || self.0.get(family).is_some_and(|times| *times > 1);
        let defines = match shape {
            Shape::Code => false,
            // `1.2` numbers requirements only where there are to be some, and headings anywhere.
            Shape::Heading if family.is_empty() => false,
            Shape::Item | Shape::Paragraph | Shape::Row if family.is_empty() => {
                familiar() && section == Section::Requirements
            }
            Shape::Heading | Shape::Row => known() || familiar() || lead.closed,
            // A sentence may begin with what looks like an id: there it must be set off, or be one of several.
            Shape::Item => known() || familiar() || (lead.closed && family.ends_with('-')),
            Shape::Paragraph => {
                let dashed = family.ends_with('-');
                known() || (lead.closed && (familiar() || dashed)) || (familiar() && dashed)
            }
        };
        (defines && family != "P").then_some(lead.id)
    }
}

struct Lead<'a> {
    id: &'a str,
    /// Set off from what follows, by a colon, a dash, or the end of bold type.
    closed: bool,
}

fn lead(words: &str) -> Option<Lead<'_>> {
    let words = words.trim_start_matches(|c: char| c.is_whitespace() || "*_`[(|".contains(c));
    let end = words
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)))
        .unwrap_or(words.len());
    let id = words[..end].trim_end_matches(['-', '.']);
    if !is_id(id) && !is_number(id) {
        return None;
    }
    let after = words[id.len()..].trim_start_matches([' ', '\t']);
    let closed = after.is_empty()
        || after.starts_with([':', '*', '_', '`', ']', ')', '|', '.', '-', '–', '—']);
    Some(Lead { id, closed })
}

/// Capital letters, then a number; parts of that kind joined by hyphens, letters alone in between.
fn is_id(word: &str) -> bool {
    let part = |part: &str| {
        let letters = part.bytes().take_while(u8::is_ascii_uppercase).count();
        let number = part[letters..].trim_end_matches(|c: char| c.is_ascii_lowercase());
        let plain = number
            .split('.')
            .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        (letters > 0 && number.is_empty() && part.len() == letters)
            || (plain && part.len() - letters - number.len() < 2)
    };
    word.len() <= LONGEST
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.split('-').all(part)
}

/// `1.2`, `3.1.4`: several numbers, and nothing else.
fn is_number(word: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    word.len() <= LONGEST && word.contains('.') && word.split('.').all(part)
}

/// The letters before an id's first number: `FR-`, `US`.
fn family(id: &str) -> &str {
    let digit = id.find(|c: char| c.is_ascii_digit());
    &id[..digit.unwrap_or(id.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_other_words() {
        for id in [
            "FR-1",
            "NFR-2",
            "REQ-10",
            "US1-AC2",
            "FR-AUTH-2",
            "FR-3a",
            "FR-1.2",
            "A1",
        ] {
            assert!(is_id(id), "{id}");
        }
        for word in [
            "FR-", "FR", "fr-1", "Utf8", "2FA", "FR-1-x", "FR--1", "FR-1ab", "",
        ] {
            assert!(!is_id(word), "{word}");
        }
    }
}
