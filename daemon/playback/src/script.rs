//! A script: words, of which some take further ones. What they do is not known here.

use std::collections::VecDeque;

use crate::PlayError;

/// The words that are not played yet.
#[derive(Debug)]
pub struct Script {
    words: VecDeque<String>,
}

impl Script {
    pub fn new(words: Vec<String>) -> Self {
        Self {
            words: words.into(),
        }
    }

    pub fn peek(&self) -> Option<String> {
        self.words.front().cloned()
    }

    pub fn pop(&mut self) -> Option<String> {
        self.words.pop_front()
    }

    /// All that is left.
    pub fn rest(&self) -> impl Iterator<Item = &String> {
        self.words.iter()
    }

    /// What must stand after `after`.
    pub fn next(&mut self, after: &str) -> Result<String, PlayError> {
        self.pop().ok_or_else(|| PlayError::Missing {
            after: after.to_owned(),
            needs: "another word",
        })
    }

    pub fn number(&mut self, after: &str) -> Result<u64, PlayError> {
        let word = self.next(after)?;
        word.parse().map_err(|_| PlayError::Unfit {
            after: after.to_owned(),
            needs: "a number",
            found: word,
        })
    }

    /// The words between brackets, which may hold further ones.
    pub fn block(&mut self, after: &str) -> Result<Vec<String>, PlayError> {
        let open = self.next(after)?;
        if open != "[" {
            return Err(PlayError::Unfit {
                after: after.to_owned(),
                needs: "a script in brackets",
                found: open,
            });
        }
        let mut depth = 1;
        let mut words = Vec::new();
        loop {
            let word = self.pop().ok_or_else(|| PlayError::Missing {
                after: after.to_owned(),
                needs: "a closing bracket",
            })?;
            match word.as_str() {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(words);
            }
            words.push(word);
        }
    }

    /// The next word, if it is this one.
    pub fn skip(&mut self, word: &str) -> bool {
        self.next_if(|next| next == word).is_some()
    }

    /// The next word, if it is such a one.
    pub fn next_if(&mut self, fits: impl FnOnce(&str) -> bool) -> Option<String> {
        if self.words.front().is_some_and(|word| fits(word)) {
            return self.pop();
        }
        None
    }

    /// These words come next.
    pub fn put_back(&mut self, words: Vec<String>) {
        for word in words.into_iter().rev() {
            self.words.push_front(word);
        }
    }

    /// Passes over everything up to the next `word` outside of brackets, and over that.
    pub fn skip_past(&mut self, word: &str) {
        let mut depth = 0_usize;
        while let Some(found) = self.pop() {
            match found.as_str() {
                "[" => depth += 1,
                "]" => depth = depth.saturating_sub(1),
                _ if depth == 0 && found == word => return,
                _ => {}
            }
        }
    }
}
