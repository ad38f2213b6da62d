//! Fuzzy matching of list rows.

use nucleo_matcher::{
    Config, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// What was typed, ready to be held against many rows.
#[derive(Debug)]
pub struct Matcher {
    pattern: Option<Pattern>,
    engine: nucleo_matcher::Matcher,
    buffer: Vec<char>,
}

impl Matcher {
    /// For this text; an empty one matches everything. Words match each for itself, in any order; a capital
    /// letter makes case matter; `!word` must not match, `^` and `$` bind to the ends.
    pub fn new(typed: &str) -> Self {
        let typed = typed.trim();
        Self {
            pattern: (!typed.is_empty())
                .then(|| Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart)),
            engine: nucleo_matcher::Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// Whether a row is wanted; its text is only made if something was typed.
    pub fn matches(&mut self, text: impl FnOnce() -> String) -> bool {
        self.score(text).is_some()
    }

    /// How well a row fits; none if it does not.
    pub fn score(&mut self, text: impl FnOnce() -> String) -> Option<u32> {
        let Some(pattern) = &self.pattern else {
            return Some(0);
        };
        let text = text();
        pattern.score(Utf32Str::new(&text, &mut self.buffer), &mut self.engine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_match_in_order_words_in_any_and_a_bang_excludes() {
        let row = || "clarify/checkout#3 awaiting-human".to_owned();
        for (typed, wanted) in [
            ("", true),
            ("chk", true),
            ("await clar", true),
            ("Clar", false),
            ("passed", false),
            ("!passed", true),
            ("!check", false),
        ] {
            assert_eq!(Matcher::new(typed).matches(row), wanted, "{typed}");
        }
    }
}
