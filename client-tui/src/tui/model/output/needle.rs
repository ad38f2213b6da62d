//! What is looked for, and where it stands in a text. Case matters if there is a capital letter in it.

use std::ops::Range;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    chars: Vec<char>,
    case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Matters,
    Ignored,
}

impl Needle {
    /// Of what was typed; none if that is nothing.
    pub fn new(typed: &str) -> Option<Self> {
        let case = if typed.chars().any(char::is_uppercase) {
            Case::Matters
        } else {
            Case::Ignored
        };
        let chars: Vec<char> = typed.chars().map(|c| folded(c, case)).collect();
        (!chars.is_empty()).then_some(Self { chars, case })
    }

    /// Where it stands, from left to right; places do not overlap.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.first(text.get(from..)?)?;
            let found = from + found.start..from + found.end;
            from = found.end;
            Some(found)
        })
    }

    /// Whether it stands anywhere in the text.
    pub fn is_in(&self, text: &str) -> bool {
        self.first(text).is_some()
    }

    fn first(&self, text: &str) -> Option<Range<usize>> {
        let first = *self.chars.first()?;
        let mut rest = text;
        let mut skipped = 0;
        loop {
            let at = rest.find(|c| folded(c, self.case) == first)?;
            let candidate = &rest[at..];
            if let Some(length) = self.length_at(candidate) {
                let start = skipped + at;
                return Some(start..start + length);
            }
            let step = at + candidate.chars().next().map_or(1, char::len_utf8);
            skipped += step;
            rest = &rest[step..];
        }
    }

    /// How many bytes of the text's beginning it is.
    fn length_at(&self, text: &str) -> Option<usize> {
        let mut chars = text.chars();
        for wanted in &self.chars {
            if folded(chars.next()?, self.case) != *wanted {
                return None;
            }
        }
        Some(text.len() - chars.as_str().len())
    }
}

/// The lower case of a character where that is one character.
fn folded(c: char, case: Case) -> char {
    match case {
        Case::Matters => c,
        Case::Ignored if c.is_ascii() => c.to_ascii_lowercase(),
        Case::Ignored => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, text: &str, expected: &[&str]) {
        let needle = Needle::new(typed).unwrap();
        let found: Vec<&str> = needle.places(text).map(|place| &text[place]).collect();
        assert_eq!(found, expected, "{typed:?} in {text:?}");
        assert_eq!(needle.is_in(text), !expected.is_empty());
    }

    #[test]
    fn case_matters_only_with_a_capital_letter() {
        check(
            "error",
            "Error, ERROR and error",
            &["Error", "ERROR", "error"],
        );
        check("Error", "Error, ERROR and error", &["Error"]);
        check("über", "Über und ÜBER", &["Über", "ÜBER"]);
        check("aa", "aaaa a", &["aa", "aa"]);
        check("aab", "aaab", &["aab"]);
        check("語です", "日本語です", &["語です"]);
        check("x", "", &[]);
        assert_eq!(Needle::new(""), None);
    }
}
