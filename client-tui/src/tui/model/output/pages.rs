//! The bytes of a file that are here, in pages. Which are here never depends on how long the file is: the pages
//! that came first go first.
//!
//! A page holds the bytes from its own beginning on, without a hole; so what is contiguous here is contiguous in
//! the file.

use std::collections::{HashMap, VecDeque};

/// Bytes in a page.
pub const PAGE: u64 = 64 * 1024;
/// Pages kept: far more than the pieces one segment is made of, and 4 MiB at most.
const KEPT: usize = 64;

/// A byte that is wanted and not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need(pub u64);

/// Bytes by their offset, as far as they are here.
pub trait Source {
    /// The first offset there is no byte at.
    fn end(&self) -> u64;

    /// Bytes from `at` on: at least one, if `at` lies before the end; as many as are contiguous here.
    fn from(&self, at: u64) -> Result<&[u8], Need>;

    /// Bytes up to `at`: at least one, if `at` is neither 0 nor behind the end.
    fn until(&self, at: u64) -> Result<&[u8], Need>;
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    by_number: HashMap<u64, Vec<u8>>,
    /// By when they came.
    order: VecDeque<u64>,
    end: u64,
}

/// The beginning of the page of a byte.
pub const fn page_floor(offset: u64) -> u64 {
    offset / PAGE * PAGE
}

impl Pages {
    /// How far the file is looked at.
    pub fn set_end(&mut self, end: u64) {
        self.end = end;
    }

    /// Keeps bytes that stand at this offset. Those that do not continue what is here are left out: they are read
    /// again when they are needed.
    pub fn insert(&mut self, mut offset: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let number = offset / PAGE;
            let within = (offset % PAGE) as usize;
            let (now, rest) = bytes.split_at(bytes.len().min(PAGE as usize - within));
            self.insert_in(number, within, now);
            offset += now.len() as u64;
            bytes = rest;
        }
    }

    fn insert_in(&mut self, number: u64, within: usize, bytes: &[u8]) {
        let known = self.by_number.get(&number).map_or(0, Vec::len);
        let Some(fresh) = known.checked_sub(within).and_then(|old| bytes.get(old..)) else {
            return;
        };
        if fresh.is_empty() {
            return;
        }
        let page = self.by_number.entry(number).or_insert_with(|| {
            self.order.push_back(number);
            Vec::new()
        });
        page.extend_from_slice(fresh);
        while self.order.len() > KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.by_number.remove(&oldest);
            }
        }
    }
}

impl Source for Pages {
    fn end(&self) -> u64 {
        self.end
    }

    fn from(&self, at: u64) -> Result<&[u8], Need> {
        let start = page_floor(at);
        let page = self.by_number.get(&(at / PAGE)).ok_or(Need(at))?;
        let until = usize::try_from(self.end.saturating_sub(start)).unwrap_or(usize::MAX);
        let page = page.get(..until).unwrap_or(page);
        page.get((at - start) as usize..)
            .filter(|bytes| !bytes.is_empty())
            .ok_or(Need(at))
    }

    fn until(&self, at: u64) -> Result<&[u8], Need> {
        let last = at.saturating_sub(1);
        let page = self.by_number.get(&(last / PAGE)).ok_or(Need(last))?;
        page.get(..(at - page_floor(last)) as usize)
            .ok_or(Need(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_contiguous_is_given() {
        let mut pages = Pages::default();
        pages.set_end(3 * PAGE);
        pages.insert(10, b"not from the page's beginning");
        assert_eq!(pages.from(10), Err(Need(10)));
        pages.insert(0, b"abc");
        assert_eq!(pages.from(1), Ok(&b"bc"[..]));
        pages.insert(2, b"cdef");
        assert_eq!(pages.from(1), Ok(&b"bcdef"[..]));
        pages.insert(7, b"h");
        assert_eq!(pages.from(6), Err(Need(6)));
        assert_eq!(pages.until(3), Ok(&b"abc"[..]));
        assert_eq!(pages.until(7), Err(Need(6)));
        pages.set_end(3);
        assert_eq!(pages.from(1), Ok(&b"bc"[..]));
    }

    #[test]
    fn pages_that_came_first_go_first() {
        let mut pages = Pages::default();
        let count = KEPT as u64 + 5;
        pages.set_end(count * PAGE);
        for number in 0..count {
            pages.insert(number * PAGE, &vec![b'x'; PAGE as usize]);
        }
        assert!(pages.from(4 * PAGE).is_err());
        assert!(pages.from(5 * PAGE).is_ok());
        assert_eq!(pages.by_number.len(), KEPT);
    }
}
