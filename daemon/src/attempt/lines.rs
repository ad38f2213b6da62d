//! Cutting what is read of a file into lines. Memory is bounded whatever the file holds.

/// The longest line that is understood; of a longer one only that it was there is known.
pub(super) const LONGEST: usize = 64 * 1024 * 1024;

/// Whole lines, given out one by one; what has no newline yet is kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    open: Vec<u8>,
    overlong: bool,
}

/// What a newline ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Whole(&'a [u8]),
    /// Longer than [`LONGEST`].
    Overlong,
}

impl Lines {
    /// Gives out every line that these bytes end.
    pub(super) fn add(&mut self, bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            if self.open.is_empty() && !self.overlong {
                each(Line::Whole(line));
            } else {
                self.keep(line);
                self.end(&mut each);
            }
            rest = after.get(1..).unwrap_or_default();
        }
        self.keep(rest);
    }

    fn end(&mut self, each: &mut impl FnMut(Line<'_>)) {
        each(if self.overlong {
            Line::Overlong
        } else {
            Line::Whole(&self.open)
        });
        self.open.clear();
        self.overlong = false;
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.overlong || self.open.len() + bytes.len() > LONGEST {
            self.overlong = true;
            self.open = Vec::new();
        } else {
            self.open.extend_from_slice(bytes);
        }
    }
}
