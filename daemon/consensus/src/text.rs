//! Canonical text: folding, squeezing white space with a way back, and fingerprints.
//!
//! Nothing here knows what a finding is.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// NFKC and lower case: two spellings a reader would call the same word become equal.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        // What the long way makes of it too.
        return text.to_ascii_lowercase();
    }
    fold_any(text)
}

fn fold_any(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Runs of white space become one space; none at the ends.
pub(crate) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form in which two answers or claims are compared: folded, squeezed, without the
/// punctuation a sentence may or may not end with.
pub(crate) fn canonical(text: &str) -> String {
    let folded = squeeze(&fold(text));
    folded
        .trim_end_matches(['.', ',', ';', ':', '!', ' '])
        .to_owned()
}

/// A text with its white space squeezed, and the way back to the bytes it stands for.
#[derive(Debug, Clone)]
pub(crate) struct Squeezed {
    pub(crate) text: String,
    /// (offset here, offset in the source) wherever the distance between the two changes; few,
    /// since most gaps are one space.
    shifts: Vec<(usize, usize)>,
}

impl Squeezed {
    pub(crate) fn new(source: &str) -> Self {
        let mut squeezed = Self {
            text: String::with_capacity(source.len()),
            shifts: Vec::new(),
        };
        let mut gap: Option<usize> = None;
        for (at, c) in source.char_indices() {
            if c.is_whitespace() {
                gap.get_or_insert(at);
                continue;
            }
            if let Some(space) = gap.take()
                && !squeezed.text.is_empty()
            {
                squeezed.push(' ', space);
            }
            squeezed.push(c, at);
        }
        squeezed
    }

    fn push(&mut self, c: char, source: usize) {
        let here = self.text.len();
        let expected = self.shifts.last().map(|(from, to)| to + (here - from));
        if expected != Some(source) {
            self.shifts.push((here, source));
        }
        self.text.push(c);
    }

    /// The bytes of the source that `start..end` here stands for.
    pub(crate) fn source_range(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        Some((
            self.source_of(start)?,
            self.source_of(end.checked_sub(1)?)? + 1,
        ))
    }

    fn source_of(&self, here: usize) -> Option<usize> {
        let next = self.shifts.partition_point(|(from, _)| *from <= here);
        let (from, to) = self.shifts.get(next.checked_sub(1)?)?;
        Some(to + (here - from))
    }
}

/// A SHA-256 over labelled, length-prefixed parts, so that no two lists of parts collide.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(crate) fn new(domain: &str) -> Self {
        Self(Sha256::new()).part(domain)
    }

    pub(crate) fn part(mut self, text: &str) -> Self {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// A list as one part: its length first, so that neighbours cannot run into each other.
    pub(crate) fn list<'a>(mut self, parts: impl ExactSizeIterator<Item = &'a str>) -> Self {
        self.0.update((parts.len() as u64).to_be_bytes());
        for part in parts {
            self = self.part(part);
        }
        self
    }

    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_ascii_is_folded_as_any_text_is() {
        let all: String = (0..=0x7f_u8).map(char::from).collect();
        assert_eq!(fold(&all), fold_any(&all));
    }

    #[test]
    fn canonical_forms_ignore_case_space_and_the_final_stop() {
        assert_eq!(canonical(" Yes "), canonical("yes."));
        assert_eq!(canonical("Five\n  attempts!"), "five attempts");
        assert_ne!(canonical("yes"), canonical("no"));
        assert_eq!(canonical(" .!"), "");
    }

    #[test]
    fn squeezed_text_finds_its_way_back_over_multibyte_characters() {
        let source = "  é\r\n\t ü x";
        let mapped = Squeezed::new(source);
        assert_eq!(mapped.text, "é ü x");
        let (start, end) = mapped.source_range(0, "é ü".len()).unwrap();
        assert_eq!(&source[start..end], "é\r\n\t ü");
    }

    #[test]
    fn fingerprints_keep_parts_apart() {
        let of = |parts: &[&str]| {
            parts
                .iter()
                .fold(Fingerprint::new("t"), |f, p| f.part(p))
                .finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab"]).len(), 64);
    }
}
