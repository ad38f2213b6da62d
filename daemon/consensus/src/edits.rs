//! Edits that were accepted: from findings, and what was said about them, to the texts as they would be.
//!
//! An edit replaces exactly what its finding quotes; that of a remark on a change, whole lines. Whatever leaves a doubt (two texts proposed, two places, two
//! edits of one place) is left out, and said. Nothing is written here.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::anchor::Input;
use crate::diff::INPUT;
use crate::finding::{Decision, Finding};
use crate::settle::Disposition;
use crate::text::canonical;

/// What accepted edits come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Inputs that change, in their order.
    pub files: Vec<Edited>,
    /// Edits that cannot be made, and why, as sentences.
    pub left_out: Vec<String>,
}

/// One input with its edits made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    pub path: String,
    pub before: String,
    pub after: String,
    /// Keys of the findings the edits come from, in document order.
    pub keys: Vec<String>,
}

struct Edit<'a> {
    range: Range<usize>,
    text: &'a str,
    key: &'a str,
}

/// The accepted edits. `findings` are the most urgent first, each with what a human said about it.
pub fn edits(findings: &[(&Finding, Option<&Disposition>)], inputs: &[Input]) -> Edits {
    let mut by_path: BTreeMap<&str, Vec<Edit<'_>>> = BTreeMap::new();
    let mut edits = Edits::default();
    for (finding, said) in findings {
        let Some(accepted) = accepted(finding, *said) else {
            continue;
        };
        match place(finding, &accepted, inputs) {
            Placed::Nothing => {}
            Placed::Doubt(why) => edits
                .left_out
                .push(format!("{}: {why}", finding.text.trim())),
            Placed::At(path, range, text) => {
                let of_file = by_path.entry(path).or_default();
                if of_file.iter().any(|other| overlap(&other.range, &range)) {
                    edits.left_out.push(format!(
                        "{}: another accepted edit changes the same words",
                        finding.text.trim()
                    ));
                } else {
                    of_file.push(Edit {
                        range,
                        text,
                        key: &finding.key,
                    });
                }
            }
        }
    }
    for input in inputs {
        if let Some(of_file) = by_path.remove(input.path.as_str()) {
            edits.files.push(make(input, of_file));
        }
    }
    edits
}

/// What makes an edit accepted.
enum Accepted<'a> {
    /// This answer: edits that go with it.
    Answer(&'a str),
    /// That it is to be mended: the one edit there is.
    Mend,
}

fn accepted<'a>(finding: &'a Finding, said: Option<&'a Disposition>) -> Option<Accepted<'a>> {
    match said {
        Some(Disposition::Answer(text)) => Some(Accepted::Answer(text)),
        Some(Disposition::Option(number)) => finding
            .options
            .get(*number)
            .map(|text| Accepted::Answer(text)),
        Some(Disposition::MustFix) => Some(Accepted::Mend),
        Some(Disposition::Dismiss | Disposition::Later | Disposition::DuplicateOf(_)) => None,
        None => match finding.decision {
            Decision::Resolve => finding.answer.as_deref().map(Accepted::Answer),
            Decision::Ask
            | Decision::Arbitrate
            | Decision::Watch
            | Decision::Note
            | Decision::Settled => None,
        },
    }
}

enum Placed<'a> {
    /// In this input.
    At(&'a str, Range<usize>, &'a str),
    /// Nobody proposed a text for it, or one that changes nothing.
    Nothing,
    Doubt(&'static str),
}

fn place<'a>(finding: &'a Finding, accepted: &Accepted<'_>, inputs: &[Input]) -> Placed<'a> {
    let goes_with = |answer: Option<&str>| match accepted {
        Accepted::Mend => true,
        Accepted::Answer(text) => answer.is_some_and(|own| canonical(own) == canonical(text)),
    };
    let mut texts: Vec<&str> = finding
        .voices
        .iter()
        .filter(|voice| goes_with(voice.answer.as_deref()))
        .filter_map(|voice| voice.suggested_fix.as_deref())
        .filter(|text| !text.trim().is_empty())
        .collect();
    texts.sort_unstable_by_key(|text| text.trim());
    texts.dedup_by_key(|text| text.trim());
    let text = match texts.as_slice() {
        [] => return Placed::Nothing,
        [text] => *text,
        _ => return Placed::Doubt("several texts are proposed for it"),
    };
    match finding.anchors.as_slice() {
        [] => Placed::Doubt("what it is about was not found in an input"),
        [anchor] => match inputs.iter().find(|input| input.path == anchor.path) {
            Some(_) if finding.located.is_some() && anchor.path == INPUT => {
                Placed::Doubt("the lines it is about are in no file, or in one that was not read")
            }
            Some(input) if input.text.get(anchor.start..anchor.end).is_some() => {
                let quoted = anchor.start..anchor.end;
                let (range, text) = match &finding.located {
                    Some(_) => lines(&input.text, quoted, text),
                    None => (quoted, text),
                };
                if input.text[range.clone()] == *text {
                    Placed::Nothing
                } else {
                    Placed::At(&anchor.path, range, text)
                }
            }
            Some(_) | None => Placed::Doubt("what it is about was not found in an input"),
        },
        _ => Placed::Doubt("it is about several places"),
    }
}

/// What takes the place of quoted lines begins with its indentation, as they do, and may end with its newline; the
/// quote begins and ends with its words. Without an indentation of its own it gets that of the first line.
fn lines<'a>(input: &str, quoted: Range<usize>, text: &'a str) -> (Range<usize>, &'a str) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let begins = input[..quoted.start].rfind('\n').map_or(0, |at| at + 1);
    let indentation = &input[begins..quoted.start];
    if text.starts_with([' ', '\t']) && indentation.trim().is_empty() {
        (begins..quoted.end, text)
    } else {
        (quoted, text)
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end || a == b
}

fn make(input: &Input, mut edits: Vec<Edit<'_>>) -> Edited {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut after = String::with_capacity(input.text.len());
    let mut done = 0;
    for edit in &edits {
        after.push_str(&input.text[done..edit.range.start]);
        after.push_str(edit.text);
        done = edit.range.end;
    }
    after.push_str(&input.text[done..]);
    Edited {
        path: input.path.clone(),
        before: input.text.clone(),
        after,
        keys: edits.iter().map(|edit| edit.key.to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_keep_the_indentation_they_have_or_are_given() {
        let input = "def f():\n    a = 1\n    b = 2\n";
        let at = input.find("a = 1").unwrap();
        let edited = |text: &str| {
            let (range, text) = lines(input, at..at + 5, text);
            format!("{}{text}{}", &input[..range.start], &input[range.end..])
        };
        let expected = "def f():\n    a = 3\n    b = 2\n";
        for text in ["a = 3", "    a = 3", "    a = 3\n", "a = 3\r\n"] {
            assert_eq!(edited(text), expected, "{text:?}");
        }
        assert_eq!(
            edited("\ta = 3\n\tc = 4\n"),
            "def f():\n\ta = 3\n\tc = 4\n    b = 2\n"
        );
    }
}
