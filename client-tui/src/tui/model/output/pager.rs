//! A window on a file of any length: which rows are seen, and what motions do to that. What it needs and does not
//! have, it says; nothing of what is seen changes until it has come.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    pages::{Need, Pages, Source as _},
    rows::{Laid, Layout, Row},
    segments::{self, Begins, Ends},
};

/// Segments kept laid out; more than any screen has rows.
const SEGMENTS: usize = 2048;
/// Bytes of their text kept, as far as the window does not need more.
const TEXT: usize = 8 * 1024 * 1024;

/// A row by what does not change when lines are wrapped otherwise: its segment's first byte, and its own first
/// byte in the segment's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Spot {
    /// The segment's first byte in the file.
    pub segment: u64,
    /// The first byte in its text.
    pub byte: usize,
}

/// A row that is seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The segment.
    pub laid: Arc<Laid>,
    /// Which of its rows.
    pub row: usize,
}

impl Seen {
    /// The row itself.
    pub fn row(&self) -> Option<&Row> {
        self.laid.rows.get(self.row)
    }

    /// Where it stands.
    pub fn spot(&self) -> Spot {
        Spot {
            segment: self.laid.segment.start,
            byte: self.row().map_or(0, |row| row.start),
        }
    }
}

/// Where the window is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Want {
    /// Where it is.
    Here,
    /// So many rows further down, or up.
    Move(i64),
    /// At the beginning.
    First,
    /// At the end.
    #[default]
    Last,
    /// Where this row is seen.
    Show(Spot),
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The bytes that are here.
    pub pages: Pages,
    layout: Layout,
    laid: BTreeMap<u64, Arc<Laid>>,
    top: Spot,
    window: Vec<Seen>,
}

impl Pager {
    /// The rows that are seen, the topmost first.
    pub fn window(&self) -> &[Seen] {
        &self.window
    }

    /// How rows are made.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How far the file is looked at.
    pub fn end(&self) -> u64 {
        self.pages.end()
    }

    /// Looks further, or less far.
    pub fn set_end(&mut self, end: u64) {
        let before = self.pages.end();
        if end == before {
            return;
        }
        self.pages.set_end(end);
        // Only what ended there reads differently now.
        let cut = end.min(before);
        self.laid
            .retain(|_, laid| laid.segment.ends != Ends::Open && laid.segment.end <= cut);
    }

    /// Makes rows another way from now on.
    pub fn set_layout(&mut self, layout: Layout) {
        if layout != self.layout {
            self.layout = layout;
            self.laid.clear();
        }
    }

    /// Brings the window to where it is wanted. As much of a long way as what is here allows is gone at once;
    /// `want` becomes what is left of it.
    pub fn settle(&mut self, want: &mut Want, height: usize) -> Result<(), Need> {
        self.tidy();
        if self.end() == 0 || height == 0 {
            self.window.clear();
            self.top = Spot::default();
            *want = Want::Here;
            return Ok(());
        }
        if self.top.segment >= self.end() {
            *want = Want::Last;
        }
        let window = match *want {
            Want::Here => self.window_from(self.top, height)?,
            Want::First => self.window_from(Spot::default(), height)?,
            Want::Last => self.last_window(height)?,
            Want::Show(spot) => self.window_showing(spot, height)?,
            Want::Move(_) => {
                self.go(want)?;
                self.window_from(self.top, height)?
            }
        };
        self.top = window.first().map_or(Spot::default(), Seen::spot);
        self.window = window;
        *want = Want::Here;
        Ok(())
    }

    /// Whether the last row there is, is seen whole.
    pub fn at_end(&self) -> bool {
        match self.window.last() {
            Some(seen) => {
                seen.laid.segment.end >= self.end() && seen.row + 1 == seen.laid.rows.len()
            }
            None => true,
        }
    }

    /// The first place where the needle stands in the window's segments, at this spot or behind it.
    pub fn found_from(&self, spot: Spot) -> Option<Spot> {
        self.found_spots().find(|found| *found >= spot)
    }

    /// The last place where the needle stands in the window's segments before this spot.
    pub fn found_before(&self, spot: Spot) -> Option<Spot> {
        self.found_spots().take_while(|found| *found < spot).last()
    }

    /// In the order of the file.
    fn found_spots(&self) -> impl Iterator<Item = Spot> + '_ {
        let mut last = None;
        let segments = self.window.iter().filter(move |seen| {
            let start = Some(seen.laid.segment.start);
            std::mem::replace(&mut last, start) != start
        });
        segments.flat_map(|seen| {
            let segment = seen.laid.segment.start;
            let found = seen.laid.found.iter();
            found.map(move |place| Spot {
                segment,
                byte: place.start,
            })
        })
    }

    /// The segment a byte belongs to.
    pub fn laid(&mut self, at: u64) -> Result<Arc<Laid>, Need> {
        let near = self.laid.range(..=at).next_back();
        if let Some((_, laid)) = near.filter(|(_, laid)| at < laid.segment.end) {
            return Ok(Arc::clone(laid));
        }
        let after = near.filter(|(_, laid)| laid.segment.end == at);
        let segment = match after.map(|(_, laid)| laid.segment.ends) {
            Some(Ends::LineFeed) => segments::beginning(&self.pages, at, Begins::Line)?,
            Some(Ends::Break) => segments::beginning(&self.pages, at, Begins::Within)?,
            Some(Ends::Open) | None => segments::around(&self.pages, at)?,
        };
        let text = segments::text(&self.pages, &segment)?;
        let laid = Arc::new(Laid::new(segment, text, &self.layout));
        self.laid.insert(segment.start, Arc::clone(&laid));
        Ok(laid)
    }

    /// Keeps what is laid out within bounds.
    fn tidy(&mut self) {
        let text: usize = self.laid.values().map(|laid| laid.text.len()).sum();
        if self.laid.len() > SEGMENTS || text > TEXT {
            let seen: Vec<u64> = self.window.iter().map(|s| s.laid.segment.start).collect();
            let (first, last) = (seen.first().copied(), seen.last().copied());
            let range = first.unwrap_or(0)..=last.unwrap_or(0);
            self.laid.retain(|start, _| range.contains(start));
        }
    }

    fn go(&mut self, want: &mut Want) -> Result<(), Need> {
        while let Want::Move(rows) = want {
            let next = match rows {
                0 => return Ok(()),
                1.. => self.below(self.top)?,
                _ => self.above(self.top)?,
            };
            match next {
                Some(spot) => self.top = spot,
                None => return Ok(()),
            }
            *rows -= rows.signum();
        }
        Ok(())
    }

    fn seen(&mut self, spot: Spot) -> Result<Seen, Need> {
        let laid = self.laid(spot.segment)?;
        // Where the segment was taken to begin later, while less of the file was known.
        let byte = if laid.segment.start == spot.segment {
            spot.byte
        } else {
            usize::MAX
        };
        let row = laid.row_of(byte);
        Ok(Seen { laid, row })
    }

    fn below(&mut self, spot: Spot) -> Result<Option<Spot>, Need> {
        let seen = self.seen(spot)?;
        Ok(self.next(&seen)?.map(|seen| seen.spot()))
    }

    fn above(&mut self, spot: Spot) -> Result<Option<Spot>, Need> {
        let seen = self.seen(spot)?;
        Ok(self.previous(&seen)?.map(|seen| seen.spot()))
    }

    fn next(&mut self, seen: &Seen) -> Result<Option<Seen>, Need> {
        if seen.row + 1 < seen.laid.rows.len() {
            let (laid, row) = (Arc::clone(&seen.laid), seen.row + 1);
            return Ok(Some(Seen { laid, row }));
        }
        let next = seen.laid.segment.end;
        if next >= self.end() {
            return Ok(None);
        }
        let laid = self.laid(next)?;
        Ok(Some(Seen { laid, row: 0 }))
    }

    fn previous(&mut self, seen: &Seen) -> Result<Option<Seen>, Need> {
        if let Some(row) = seen.row.checked_sub(1) {
            let laid = Arc::clone(&seen.laid);
            return Ok(Some(Seen { laid, row }));
        }
        let Some(last) = seen.laid.segment.start.checked_sub(1) else {
            return Ok(None);
        };
        let laid = self.laid(last)?;
        let row = laid.rows.len().saturating_sub(1);
        Ok(Some(Seen { laid, row }))
    }

    /// The rows from this one on; if there are too few, some above it too.
    fn window_from(&mut self, spot: Spot, height: usize) -> Result<Vec<Seen>, Need> {
        let first = self.seen(spot)?;
        let mut window = vec![first];
        while window.len() < height
            && let Some(last) = window.last().cloned()
            && let Some(next) = self.next(&last)?
        {
            window.push(next);
        }
        if window.len() == height {
            return Ok(window);
        }
        self.last_window(height)
    }

    /// The last rows there are.
    fn last_window(&mut self, height: usize) -> Result<Vec<Seen>, Need> {
        let laid = self.laid(self.end() - 1)?;
        let row = laid.rows.len().saturating_sub(1);
        let mut window = vec![Seen { laid, row }];
        while window.len() < height
            && let Some(first) = window.last().cloned()
            && let Some(previous) = self.previous(&first)?
        {
            window.push(previous);
        }
        window.reverse();
        Ok(window)
    }

    /// Where it is, if the row is seen there; else with the row a third below the top.
    fn window_showing(&mut self, spot: Spot, height: usize) -> Result<Vec<Seen>, Need> {
        let target = self.seen(spot)?;
        let here = self.window_from(self.top, height);
        if let Ok(window) = here
            && window.iter().any(|seen| seen.spot() == target.spot())
        {
            return Ok(window);
        }
        let mut first = target;
        for _ in 0..height / 3 {
            match self.previous(&first)? {
                Some(previous) => first = previous,
                None => break,
            }
        }
        self.window_from(first.spot(), height)
    }
}

#[cfg(test)]
mod tests;
