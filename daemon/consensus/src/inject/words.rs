//! Sentences of an input as folded words with their places. Knows nothing of phrases.

use std::ops::Range;

/// One word, folded, and whether a clause begins with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    pub(crate) first: bool,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) words: Vec<Word>,
}

impl Sentence {
    /// From its first word to its last.
    pub(crate) fn range(&self) -> Option<Range<usize>> {
        Some(self.words.first()?.range.start..self.words.last()?.range.end)
    }

    pub(crate) fn has_any(&self, words: &[&str]) -> bool {
        self.words
            .iter()
            .any(|word| words.contains(&word.text.as_str()))
    }
}

/// Words of one sentence beyond this many begin another: minified text has no sentences.
const MOST_WORDS: usize = 120;

/// The sentences of a text. Lines flow together unless a list item, a heading or a blank line
/// separates them.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = Sentence> {
    let mut chars = text.char_indices().peekable();
    let mut first = true;
    std::iter::from_fn(move || {
        let mut sentence = Sentence::default();
        let mut before = None;
        while let Some((at, c)) = chars.next() {
            if c.is_alphanumeric() {
                let mut word = Word {
                    text: lower(c),
                    range: at..at + c.len_utf8(),
                    first: false,
                };
                while let Some((at, c)) = chars.next_if(|(_, c)| in_word(*c)) {
                    word.text.extend(
                        c.to_lowercase()
                            .filter(|c| c.is_alphanumeric() || *c == '\''),
                    );
                    if matches!(c, '’') {
                        word.text.push('\'');
                    }
                    word.range.end = at + c.len_utf8();
                }
                word.first = first || before.is_some_and(opens);
                first = false;
                before = None;
                sentence.words.push(word);
                if sentence.words.len() == MOST_WORDS {
                    return Some(sentence);
                }
                continue;
            }
            let next = chars.peek().map(|(_, c)| *c);
            let ends = match c {
                '.' | '!' | '?' | ';' => next.is_none_or(|next| !next.is_alphanumeric()),
                '\n' => next.is_none_or(|next| !next.is_alphanumeric() && next != ' '),
                _ => false,
            };
            first |= ends || matches!(c, ':' | '—' | '–' | '|');
            before = Some(c);
            if ends && !sentence.words.is_empty() {
                return Some(sentence);
            }
        }
        (!sentence.words.is_empty()).then_some(sentence)
    })
}

fn lower(c: char) -> String {
    c.to_lowercase().collect()
}

/// Invisible characters do not end a word: they are there to split it.
fn in_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\'' | '’' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// What stands right before the first word of something said or set apart.
fn opens(c: char) -> bool {
    matches!(
        c,
        '"' | '“' | '‘' | '\'' | '(' | '[' | '{' | '<' | '>' | '`' | '*' | '_'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_items_and_blank_lines_and_flow_over_line_ends() {
        let text = "One two.\nThree\nfour\n- five 3.5 six\n\nsev\u{200b}en: eight";
        let found: Vec<String> = sentences(text)
            .map(|s| {
                let word = |w: &Word| format!("{}{}", if w.first { "^" } else { "" }, w.text);
                s.words.iter().map(word).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(
            found,
            ["^one two", "^three four", "^five 3 5 six", "^seven ^eight"]
        );
    }
}
