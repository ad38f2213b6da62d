//! The lines of a text one after another, with a look at the next two.

/// A line without its line feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Byte at which it begins.
    pub(super) at: usize,
    /// From 1.
    pub(super) number: usize,
}

impl<'a> Line<'a> {
    /// Of a header: a diff that went through a mail program has carriage returns there.
    pub(super) fn head(self) -> &'a str {
        self.text.strip_suffix('\r').unwrap_or(self.text)
    }
}

#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            number: 1,
        }
    }

    pub(super) fn peek(&self) -> Option<Line<'a>> {
        self.line_at(self.at, self.number)
    }

    pub(super) fn peek_second(&self) -> Option<Line<'a>> {
        let first = self.peek()?;
        self.line_at(first.at + first.text.len() + 1, first.number + 1)
    }

    pub(super) fn next(&mut self) -> Option<Line<'a>> {
        let line = self.peek()?;
        self.at = line.at + line.text.len() + 1;
        self.number += 1;
        Some(line)
    }

    /// The text from `start` to where this stands.
    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at.min(self.text.len())]
    }

    fn line_at(&self, at: usize, number: usize) -> Option<Line<'a>> {
        let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
        let text = rest.find('\n').map_or(rest, |end| &rest[..end]);
        Some(Line { text, at, number })
    }
}
