//! dead-reference: links to files and sections that are not among the inputs.
//!
//! A reviewer sees the inputs only, not the disk; so it looks at links to files that would be
//! inputs if they were there, at anchors, and at numbered sections, and says what it compared with.

use std::collections::{HashMap, HashSet};

use crate::answer::{Finding, Kind, Resolvability, Severity};
use crate::collect::Collector;
use crate::document::{Block, Document, Section};
use crate::rule::Rule;
use crate::rules::about;
use crate::token::{Kind as TokenKind, Token};

const RULE: Rule = Rule::DeadReference;

/// The files a gate takes from beside a specification, where they are there.
const INPUTS: &[&str] = &["spec.md", "prd.md", "plan.md", "tasks.md"];

/// What can be pointed at in one document.
struct Targets {
    anchors: HashSet<String>,
    /// `4.2` of `## 4.2 Refunds`, and of a paragraph or item that begins with it; empty when
    /// headings are not numbered.
    numbers: HashSet<String>,
}

pub(crate) fn check(documents: &[Document<'_>], out: &mut Collector<'_>) {
    let targets: Vec<Targets> = documents.iter().map(targets).collect();
    for (input, document) in documents.iter().enumerate() {
        links(documents, &targets, input, out);
        for block in &document.blocks {
            if document.section(block) != Section::Excluded {
                sections(document, &targets[input], (input, block), out);
            }
        }
    }
}

fn targets(document: &Document<'_>) -> Targets {
    let mut anchors = HashSet::new();
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut numbers = HashSet::new();
    for heading in &document.headings {
        let plain = &document.mask[heading.range.clone()];
        // Code in a heading is part of its anchor, so the source is taken, without its marks.
        let source = document.text[heading.range.clone()].replace(['`', '*'], "");
        let slug = slug(&source);
        let count = used.entry(slug.clone()).or_default();
        anchors.insert(if *count == 0 {
            slug.clone()
        } else {
            format!("{slug}-{count}")
        });
        *count += 1;
        numbers.extend(leading_number(plain));
    }
    if !numbers.is_empty() {
        let starts = document
            .blocks
            .iter()
            .filter_map(|block| block.parts.first());
        numbers.extend(starts.filter_map(|part| leading_number(&document.mask[part.clone()])));
    }
    Targets { anchors, numbers }
}

/// `4.2` of `4.2 Refunds`, `§ 4.2) Refunds`.
fn leading_number(text: &str) -> Option<String> {
    let number = text.split_whitespace().next()?;
    let number = number.trim_start_matches('§').trim_end_matches(['.', ')']);
    let numbered = number.starts_with(|symbol: char| symbol.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    numbered.then(|| number.to_owned())
}

/// The anchor GitHub gives to a heading.
fn slug(title: &str) -> String {
    title
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|symbol| match symbol {
            ' ' => Some('-'),
            '-' | '_' => Some(symbol),
            _ if symbol.is_alphanumeric() => Some(symbol),
            _ => None,
        })
        .collect()
}

fn links(documents: &[Document<'_>], targets: &[Targets], input: usize, out: &mut Collector<'_>) {
    let document = &documents[input];
    let known: HashMap<&str, usize> = documents
        .iter()
        .enumerate()
        .map(|(at, document)| (document.path.as_str(), at))
        .collect();
    for link in &document.links {
        let (file, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let file = file.trim_start_matches("./");
        let is_markdown = std::path::Path::new(file)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
        // A reviewer has no disk to look at: it knows only of the files that a gate looks for.
        let beside = is_markdown && INPUTS.iter().any(|name| file.eq_ignore_ascii_case(name));
        let place = if file.is_empty() {
            Some(input)
        } else {
            known.get(file).copied()
        };
        let says = match place {
            None if beside => {
                let names: Vec<&str> = documents
                    .iter()
                    .take(10)
                    .map(|document| document.path.as_str())
                    .collect();
                format!(
                    "links to {file}, which is not among the files under review ({})",
                    names.join(", ")
                )
            }
            Some(at) if !anchor.is_empty() && !targets[at].anchors.contains(anchor) => {
                format!(
                    "links to #{anchor}, but no heading of {} has that anchor",
                    documents[at].path
                )
            }
            None | Some(_) => continue,
        };
        let position = (input, link.range.start, RULE);
        out.offer(Severity::Minor, position, || {
            // Blocks are in document order.
            let next = document
                .blocks
                .partition_point(|block| block.range.start <= link.range.start);
            let block = next.checked_sub(1).map(|at| &document.blocks[at]);
            let about = block.and_then(|block| about(document, block));
            let range = match block {
                Some(block) if block.range.contains(&link.range.start) => {
                    document.sentence_at(block, link.range.start + 1)
                }
                Some(_) | None => link.range.clone(),
            };
            finding(document, &says, document.quote(range), about)
        });
    }
}

/// `see section 4.2`, `§ 4.2`: dead when this document numbers its headings and has no such one.
fn sections(
    document: &Document<'_>,
    targets: &Targets,
    (input, block): (usize, &Block),
    out: &mut Collector<'_>,
) {
    if targets.numbers.is_empty() {
        return;
    }
    for part in &block.parts {
        let tokens = document.tokens(part.clone());
        for at in 0..tokens.len() {
            let Some(number) = section_number(document, &tokens, at) else {
                continue;
            };
            let named = document.word(number).trim_end_matches('.');
            if targets.numbers.contains(named) {
                continue;
            }
            out.offer(Severity::Minor, (input, number.start, RULE), || {
                let says = format!("refers to section {named}, but no heading has that number");
                let quote = document.quote(document.sentence_at(block, number.start));
                finding(document, &says, quote, about(document, block))
            });
        }
    }
}

fn section_number(document: &Document<'_>, tokens: &[Token], at: usize) -> Option<Token> {
    let word = document.lower(tokens[at]);
    if word != "section" && word != "§" {
        return None;
    }
    let number = tokens.get(at + 1)?;
    let numeric = document
        .word(*number)
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    // "RFC 7231 section 4", "section 4 of the contract": another document's.
    let foreign = at > 0
        && (tokens[at - 1].kind == TokenKind::Number
            || tokens[at - 1].is_id()
            || document
                .word(tokens[at - 1])
                .starts_with(|symbol: char| symbol.is_uppercase() && at > 1));
    let elsewhere = tokens.get(at + 2).is_some_and(|next| {
        // "§ 164 SGB IX" is a law's.
        let law = word == "§" && document.word(*next).starts_with(char::is_uppercase);
        law || matches!(document.lower(*next), "of" | "in")
    });
    (numeric && !foreign && !elsewhere).then_some(*number)
}

fn finding(
    document: &Document<'_>,
    says: &str,
    quote: crate::answer::Quote,
    about: Option<String>,
) -> Finding {
    Finding {
        kind: Kind::Traceability,
        claim: format!("{} {says}", document.path),
        severity: Severity::Minor,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: format!(
            "rule {RULE}: a reader who follows it finds nothing; the target was renamed, moved or never written"
        ),
        suggested_fix: Some("Point it at what is meant now, or drop it.".to_owned()),
        quotes: vec![quote],
        about,
    }
}
