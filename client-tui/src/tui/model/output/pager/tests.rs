//! Facts about the window: whichever way one goes through a file, one sees the file, harmless.

use proptest::prelude::*;
use synod_shared::sanitize;

use super::{
    super::{
        pages::{PAGE, page_floor},
        rows::Wrap,
    },
    *,
};

/// A file and a pager that reads it, in pieces that a seed chooses.
struct Reader {
    file: Vec<u8>,
    pager: Pager,
    seed: u64,
    read: u64,
}

impl Reader {
    fn new(file: Vec<u8>, columns: usize, wrap: Wrap, seed: u64) -> Self {
        let mut pager = Pager::default();
        pager.set_end(file.len() as u64);
        pager.set_layout(Layout {
            columns,
            wrap,
            needle: None,
        });
        let read = 0;
        Self {
            file,
            pager,
            seed,
            read,
        }
    }

    fn chance(&mut self, most: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % most.max(1)
    }

    fn settle(&mut self, mut want: Want, height: usize) {
        while let Err(Need(at)) = self.pager.settle(&mut want, height) {
            assert!(at < self.file.len() as u64, "{at} is not in the file");
            if self.chance(20) == 0 {
                // What was read before may have gone meanwhile.
                self.pager.pages = Pages::default();
                self.pager.pages.set_end(self.file.len() as u64);
            }
            let from = page_floor(at);
            let length = at - from + 1 + self.chance(2 * PAGE);
            let until = (from + length).min(self.file.len() as u64);
            let bytes = &self.file[from as usize..until as usize];
            self.pager.pages.insert(from, bytes);
            self.read += length;
        }
    }

    /// What was seen on the way from one end of the file to the other.
    fn walk(&mut self, first: Want, forward: bool) -> String {
        let mut seen: BTreeMap<Spot, String> = BTreeMap::new();
        let height = 1 + self.chance(60) as usize;
        self.settle(first, height);
        loop {
            for row in self.pager.window() {
                let next = row.laid.rows.get(row.row + 1);
                let text = match next {
                    Some(next) => &row.laid.text[row.spot().byte..next.start],
                    None => &row.laid.text[row.spot().byte..],
                };
                let before = seen.insert(row.spot(), text.to_owned());
                assert!(before.is_none_or(|before| before == text));
            }
            let at_end = if forward {
                self.pager.at_end()
            } else {
                let top = self.pager.window().first();
                top.is_none_or(|seen| seen.spot() == Spot::default())
            };
            if at_end {
                return seen.into_values().collect();
            }
            let rows = 1 + self.chance(height as u64) as i64;
            self.settle(Want::Move(if forward { rows } else { -rows }), height);
        }
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &'static str| Just(text.as_bytes().to_vec());
    prop_oneof![
        8 => "[a-z ]{0,40}".prop_map(String::into_bytes),
        4 => text("\n"),
        1 => text("\r\n"),
        1 => text("\r"),
        1 => text("\t"),
        1 => text("\x0c"),
        1 => text("\x1b[31m"),
        1 => text("\x1b[2J\x1b[1;1H"),
        1 => text("\x1b]0;a title\x07"),
        1 => text("\x1b]0;without an end"),
        1 => text("\x1b"),
        1 => text("\u{9b}1m"),
        1 => text("日本語です"),
        1 => text("👩\u{200d}👩\u{200d}👧"),
        1 => text("e\u{301}\u{301}"),
        1 => text("\u{202e}"),
        2 => prop::collection::vec(any::<u8>(), 1..6),
    ]
}

fn short_lines() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..400).prop_map(|pieces| pieces.concat())
}

/// Lines of up to hundreds of thousands of bytes, of which every few hundred end with a whole sequence.
fn long_lines() -> impl Strategy<Value = Vec<u8>> {
    let feedless = |mut bytes: Vec<u8>| {
        bytes.retain(|byte| *byte != b'\n');
        bytes
    };
    let block = prop::collection::vec(piece(), 1..20).prop_map(move |block| {
        let mut block = feedless(block.concat());
        block.extend_from_slice(b"x\x1b[0m");
        block
    });
    let line = (block, 1_usize..90_000).prop_map(|(block, length)| {
        let mut line = block.repeat(length / block.len() + 1);
        line.push(b'\n');
        line
    });
    let part = prop_oneof![line, short_lines()];
    (prop::collection::vec(part, 1..5), any::<bool>()).prop_map(|(parts, feed)| {
        let mut file = parts.concat();
        if !feed {
            file.pop();
        }
        file
    })
}

#[track_caller]
fn check(file: &[u8], columns: usize, wrap: Wrap, seed: u64) {
    let whole = sanitize::bytes(file);
    let mut reader = Reader::new(file.to_vec(), columns, wrap, seed | 1);
    assert_eq!(reader.walk(Want::First, true), whole, "downwards");
    let mut reader = Reader::new(file.to_vec(), columns, wrap, seed | 1);
    assert_eq!(reader.walk(Want::Last, false), whole, "upwards");
}

fn wraps() -> impl Strategy<Value = Wrap> {
    prop_oneof![Just(Wrap::AtEdge), Just(Wrap::No)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// O13
    #[test]
    fn down_or_up_the_whole_file_is_seen_and_nothing_else(
        file in short_lines(), columns in 1_usize..120, wrap in wraps(), seed in any::<u64>(),
    ) {
        check(&file, columns, wrap, seed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// O13
    #[test]
    fn down_or_up_the_whole_of_long_lines_is_seen(
        file in long_lines(), columns in 20_usize..400, wrap in wraps(), seed in any::<u64>(),
    ) {
        check(&file, columns, wrap, seed);
    }

    /// Whatever the bytes are: the same parts from both sides, each in bounds, nothing dangerous.
    #[test]
    fn any_bytes_have_the_same_segments_from_both_sides(
        block in prop::collection::vec(any::<u8>(), 1..5000), times in 1_usize..40,
    ) {
        let mut block = block;
        block.retain(|byte| *byte != b'\n');
        let file = block.repeat(times);
        let mut pages = Pages::default();
        pages.set_end(file.len() as u64);
        pages.insert(0, &file);
        let mut at = 0;
        let mut downwards = Vec::new();
        while at < file.len() as u64 {
            let segment = segments::around(&pages, at).unwrap();
            prop_assert_eq!(segment.start, at);
            prop_assert!(segment.end - segment.start <= 3 * segments::CELL);
            let text = segments::text(&pages, &segment).unwrap();
            prop_assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
            at = segment.end;
            downwards.push(segment);
        }
        let mut at = file.len() as u64;
        while let Some(last) = at.checked_sub(1) {
            let segment = segments::around(&pages, last).unwrap();
            prop_assert_eq!(Some(segment), downwards.pop());
            at = segment.start;
        }
        prop_assert!(downwards.is_empty());
    }
}

#[test]
fn at_the_end_of_a_line_of_a_gigabyte_only_what_is_seen_is_read() {
    let mut pager = Pager::default();
    let end = 1 << 30;
    pager.set_end(end);
    pager.set_layout(Layout {
        columns: 80,
        ..Layout::default()
    });
    let mut want = Want::Last;
    let mut pages = 0;
    while let Err(Need(at)) = pager.settle(&mut want, 24) {
        pager
            .pages
            .insert(page_floor(at), &vec![b'x'; PAGE as usize]);
        pages += 1;
        assert!(pages < 8, "more is read than is seen");
    }
    assert_eq!(pager.window().len(), 24);
    assert!(pager.at_end());
    want = Want::Move(-5000);
    while let Err(Need(at)) = pager.settle(&mut want, 24) {
        pager
            .pages
            .insert(page_floor(at), &vec![b'x'; PAGE as usize]);
        pages += 1;
    }
    assert!(pages < 16, "{pages} pages for 5000 rows of 80 bytes");
    assert!(!pager.at_end());
}

#[test]
fn a_row_stays_at_the_top_when_lines_are_wrapped_otherwise() {
    let rest = "-".repeat(100);
    let lines: Vec<String> = (0..500).map(|n| format!("{n} {rest}\n")).collect();
    let file = lines.concat();
    let mut reader = Reader::new(file.into_bytes(), 40, Wrap::AtEdge, 7);
    reader.settle(Want::First, 10);
    reader.settle(Want::Move(300), 10);
    let text = |reader: &Reader| {
        let seen = reader.pager.window().first().unwrap().clone();
        seen.laid.text[..4].to_owned()
    };
    let before = text(&reader);
    reader.pager.set_layout(Layout {
        columns: 70,
        ..Layout::default()
    });
    reader.settle(Want::Here, 10);
    assert_eq!(text(&reader), before);
}

#[test]
fn what_is_printed_meanwhile_continues_the_last_line() {
    let mut reader = Reader::new(b"one\ntw".to_vec(), 40, Wrap::AtEdge, 7);
    reader.settle(Want::Last, 10);
    reader.file.extend_from_slice(b"o\nthree");
    reader.pager.set_end(reader.file.len() as u64);
    reader.settle(Want::Last, 10);
    let rows = reader.pager.window().iter();
    let rows: Vec<&str> = rows
        .map(|seen| seen.laid.row_text(seen.row().unwrap()))
        .collect();
    assert_eq!(rows, ["one", "two", "three"]);
    reader.pager.set_end(5);
    reader.settle(Want::Here, 10);
    assert_eq!(
        reader.pager.window().len(),
        2,
        "less is looked at in the past"
    );
}
