//! Where in the inputs a finding stands: its quotes, or what it is about, as byte ranges.
//!
//! A quote is taken as it stands, else with white space squeezed. What is not found is left out:
//! a finding without anchors is kept, shown, and never settled without a human (`decide`).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::answer::{Quote, RawFinding};
use crate::document::{Heading, heading_named, headings, line_of_id};
use crate::marks::looks_like_id;
use crate::text::{Squeezed, squeeze};

/// One document the agents were given, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub path: String,
    pub text: String,
}

/// A byte range of an input, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    pub path: String,
    pub start: usize,
    pub end: usize,
    pub quote: String,
}

impl Anchor {
    pub fn overlaps(&self, other: &Self) -> bool {
        self.path == other.path && self.start < other.end && other.start < self.end
    }

    /// The place of these words within it, if they stand there; else all of it.
    #[must_use]
    pub fn narrowed(self, words: &str) -> Self {
        match self.quote.find(words) {
            Some(at) if !words.is_empty() => Self {
                start: self.start + at,
                end: self.start + at + words.len(),
                quote: words.to_owned(),
                path: self.path,
            },
            Some(_) | None => self,
        }
    }
}

/// Quotes of one finding beyond this many are not looked for: no true finding needs them.
const MAX_QUOTES: usize = 32;
/// Occurrences of one quote that are considered when it appears several times.
const MAX_OCCURRENCES: usize = 256;

/// The inputs of a run, prepared for many look-ups.
#[derive(Debug, Clone)]
pub struct Corpus {
    documents: Vec<Document>,
}

#[derive(Debug, Clone)]
struct Document {
    path: String,
    text: String,
    squeezed: Squeezed,
    headings: Vec<Heading>,
}

/// Resolves one finding; for many, prepare a `Corpus` once.
pub fn resolve(finding: &RawFinding, inputs: &[Input]) -> Vec<Anchor> {
    Corpus::new(inputs).resolve(finding)
}

impl Corpus {
    pub fn new(inputs: &[Input]) -> Self {
        let documents = inputs.iter().map(|input| Document {
            path: input.path.clone(),
            text: input.text.clone(),
            squeezed: Squeezed::new(&input.text),
            headings: headings(&input.text),
        });
        Self {
            documents: documents.collect(),
        }
    }

    /// The finding's anchors in document order, each once; empty when it is unanchored.
    pub fn resolve(&self, finding: &RawFinding) -> Vec<Anchor> {
        let about = finding.about.as_deref().and_then(|about| self.about(about));
        let mut places: Vec<(usize, Range<usize>)> = finding
            .quotes
            .iter()
            .take(MAX_QUOTES)
            .filter_map(|quote| self.quote(quote, about.as_ref()))
            .collect();
        if places.is_empty() {
            places.extend(about.map(|about| (about.document, about.line)));
        }
        places.sort_by_key(|(document, range)| (*document, range.start, range.end));
        places.dedup();
        places
            .into_iter()
            .map(|(document, range)| self.documents[document].anchor(range))
            .collect()
    }

    /// Position of a document among the inputs, for document order.
    pub(crate) fn order(&self, path: &str) -> usize {
        let found = self
            .documents
            .iter()
            .position(|document| document.path == path);
        found.unwrap_or(self.documents.len())
    }

    /// A byte range of a document as an anchor.
    pub(crate) fn anchor(&self, path: &str, range: Range<usize>) -> Option<Anchor> {
        let document = self.documents.iter().find(|d| d.path == path)?;
        document.text.get(range.clone())?;
        Some(document.anchor(range))
    }

    /// The innermost heading above an anchor.
    pub fn heading_of(&self, anchor: &Anchor) -> Option<&Heading> {
        let document = self
            .documents
            .iter()
            .find(|document| document.path == anchor.path)?;
        document
            .headings
            .iter()
            .rfind(|heading| heading.section.contains(&anchor.start))
    }

    fn quote(&self, quote: &Quote, about: Option<&About>) -> Option<(usize, Range<usize>)> {
        if quote.text.trim().is_empty() {
            return None;
        }
        let named = quote
            .path
            .as_deref()
            .and_then(|path| self.document_named(path));
        let searched = match named {
            Some(one) => one..one + 1,
            None => 0..self.documents.len(),
        };
        let mut first = None;
        for document in searched {
            let occurrences = self.documents[document].occurrences(&quote.text);
            if let Some(about) = about.filter(|about| about.document == document) {
                let inside = occurrences.iter().find(|range| about.covers(range));
                if let Some(range) = inside {
                    return Some((document, range.clone()));
                }
            }
            if let Some(range) = occurrences.into_iter().next() {
                first.get_or_insert((document, range));
            }
        }
        first
    }

    /// A path as agents write it: as given, or with a leading `./` or folders of their own.
    fn document_named(&self, path: &str) -> Option<usize> {
        let path = path.trim_start_matches("./");
        let exact = self
            .documents
            .iter()
            .position(|d| d.path.trim_start_matches("./") == path);
        exact.or_else(|| {
            self.documents
                .iter()
                .position(|d| path.ends_with(&format!("/{}", d.path)))
        })
    }

    fn about(&self, about: &str) -> Option<About> {
        for (document, text) in self.documents.iter().enumerate() {
            if let Some(heading) = heading_named(&text.headings, about) {
                let (line, scope) = (heading.line.clone(), heading.section.clone());
                return Some(About {
                    document,
                    line,
                    scope,
                });
            }
        }
        let ids = about.split(|c: char| c.is_whitespace() || ",;:()[]`*\"'".contains(c));
        for id in ids.filter(|word| looks_like_id(word)) {
            for (document, text) in self.documents.iter().enumerate() {
                if let Some(line) = line_of_id(&text.text, id) {
                    let scope = line.start..text.paragraph_end(line.end);
                    return Some(About {
                        document,
                        line,
                        scope,
                    });
                }
            }
        }
        None
    }
}

/// What `about` names: a line, and the part of the document under it.
struct About {
    document: usize,
    line: Range<usize>,
    scope: Range<usize>,
}

impl About {
    fn covers(&self, range: &Range<usize>) -> bool {
        self.scope.start <= range.start && range.end <= self.scope.end
    }
}

impl Document {
    fn anchor(&self, range: Range<usize>) -> Anchor {
        Anchor {
            path: self.path.clone(),
            start: range.start,
            end: range.end,
            quote: self.text[range].to_owned(),
        }
    }

    fn occurrences(&self, quote: &str) -> Vec<Range<usize>> {
        let exact = quote.trim();
        let found: Vec<_> = self
            .text
            .match_indices(exact)
            .take(MAX_OCCURRENCES)
            .map(|(at, text)| at..at + text.len())
            .collect();
        if !found.is_empty() {
            return found;
        }
        let squeezed = squeeze(quote);
        self.squeezed
            .text
            .match_indices(&squeezed)
            .take(MAX_OCCURRENCES)
            .filter_map(|(at, text)| self.squeezed.source_range(at, at + text.len()))
            .map(|(start, end)| start..end)
            .collect()
    }

    /// The end of the paragraph or list item that goes on after `at`.
    fn paragraph_end(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let blank = rest.find("\n\n").or_else(|| rest.find("\r\n\r\n"));
        blank.map_or(self.text.len(), |n| at + n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Resolvability, Severity};

    const SPEC: &str = "# Shop\r\n\r\n## Login\nThe session must end\n  soon. Limit: fast.\n\n\
        ## Search\nLimit: fast.\nFR-2: Limit: fast. Ünder 5 s.\n";

    fn inputs() -> Vec<Input> {
        let of = |path: &str, text: &str| Input {
            path: path.into(),
            text: text.into(),
        };
        vec![
            of("spec.md", SPEC),
            of("plan.md", "Only in the plan. The session must end\n"),
        ]
    }

    fn finding(quotes: &[(Option<&str>, &str)], about: Option<&str>) -> RawFinding {
        RawFinding {
            kind: "scope".into(),
            claim: "c".into(),
            severity: Severity::Minor,
            resolvability: Resolvability::AutoFix,
            answer: None,
            options: Vec::new(),
            reasoning: None,
            suggested_fix: None,
            quotes: quotes
                .iter()
                .map(|(path, text)| Quote {
                    path: path.map(str::to_owned),
                    text: (*text).into(),
                })
                .collect(),
            about: about.map(str::to_owned),
            matter: None,
            place: None,
        }
    }

    #[track_caller]
    fn check(quotes: &[(Option<&str>, &str)], about: Option<&str>, expected: &[(&str, usize)]) {
        let inputs = inputs();
        let anchors = resolve(&finding(quotes, about), &inputs);
        for anchor in &anchors {
            let input = inputs
                .iter()
                .find(|input| input.path == anchor.path)
                .unwrap();
            assert_eq!(input.text[anchor.start..anchor.end], anchor.quote);
        }
        let places: Vec<_> = anchors.iter().map(|a| (a.path.as_str(), a.start)).collect();
        assert_eq!(places, expected);
    }

    fn at(nth: usize, text: &str) -> usize {
        SPEC.match_indices(text).nth(nth).unwrap().0
    }

    #[test]
    fn a_quote_is_found_as_it_stands_or_with_other_white_space() {
        check(
            &[(Some("spec.md"), "Ünder 5 s")],
            None,
            &[("spec.md", at(0, "Ünder"))],
        );
        check(
            &[(Some("spec.md"), "must end soon.")],
            None,
            &[("spec.md", at(0, "must end"))],
        );
        check(
            &[(Some("/repo/spec.md"), "Ünder")],
            None,
            &[("spec.md", at(0, "Ünder"))],
        );
    }

    #[test]
    fn a_quote_of_no_known_path_is_looked_for_everywhere() {
        check(&[(None, "Only in the plan")], None, &[("plan.md", 0)]);
        check(
            &[(Some("gone.md"), "Only in the plan")],
            None,
            &[("plan.md", 0)],
        );
        check(&[(Some("spec.md"), "Only in the plan")], None, &[]);
    }

    #[test]
    fn of_several_places_the_first_unless_about_says_which() {
        let quote = [(Some("spec.md"), "Limit: fast.")];
        check(&quote, None, &[("spec.md", at(0, "Limit"))]);
        check(&quote, Some("Search"), &[("spec.md", at(1, "Limit"))]);
        check(&quote, Some("FR-2"), &[("spec.md", at(2, "Limit"))]);
        check(&quote, Some("Nowhere"), &[("spec.md", at(0, "Limit"))]);
    }

    #[test]
    fn about_alone_anchors_at_the_heading_or_the_requirement() {
        check(&[], Some("Search"), &[("spec.md", at(0, "## Search"))]);
        check(&[], Some("requirement FR-2"), &[("spec.md", at(0, "FR-2"))]);
        check(
            &[(None, "not there")],
            Some("Search"),
            &[("spec.md", at(0, "## Search"))],
        );
        check(&[(None, "  "), (None, "not there")], Some("FR-9"), &[]);
    }
}
