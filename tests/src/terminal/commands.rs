//! What a program told its terminal beside text: every command, so that a test can say which may be among them.

use std::collections::{BTreeMap, BTreeSet};

use vte::{Params, Parser, Perform};

/// Follows the bytes that reach a terminal.
#[derive(Default)]
pub(super) struct Follower {
    parser: Parser,
    heard: Commands,
}

impl Follower {
    /// Takes the next bytes; the answers a terminal would give to the questions among them.
    pub(super) fn take(&mut self, bytes: &[u8], cursor: (u16, u16)) -> Vec<u8> {
        self.heard.cursor = cursor;
        self.parser.advance(&mut self.heard, bytes);
        std::mem::take(&mut self.heard.answers)
    }

    pub(super) fn heard(&self) -> &Commands {
        &self.heard
    }
}

/// See the module. Everything in the order of its first coming, or counted.
#[derive(Debug, Clone, Default)]
pub struct Commands {
    /// Private modes that were ever set or reset, as they are now: `CSI ? N h`, `CSI ? N l`.
    pub modes: BTreeMap<u16, bool>,
    /// Kinds of control sequences: intermediates and final character.
    pub csi: BTreeSet<String>,
    /// Operating system commands, whole: titles, the clipboard, links.
    pub osc: Vec<String>,
    /// Device control strings, and escapes that are no control sequences.
    pub others: BTreeSet<String>,
    /// Control characters, C0 and C1.
    pub controls: BTreeSet<u8>,
    /// Characters that change the direction of text, or cannot be seen.
    pub unseen: BTreeSet<char>,
    /// Keyboard protocols pushed and not popped: `CSI > N u`, `CSI < N u`.
    pub keyboards: i32,
    cursor: (u16, u16),
    answers: Vec<u8>,
}

impl Commands {
    /// Those modes that are on.
    pub fn on(&self) -> Vec<u16> {
        let on = self.modes.iter().filter(|(_, on)| **on);
        on.map(|(mode, _)| *mode).collect()
    }

    /// What is not drawing: titles, the clipboard and links, device control, control characters beyond those that
    /// move the cursor (and the bell), characters that hide or reorder text.
    pub fn harmful(&self) -> Vec<String> {
        let moving = |byte: &&u8| matches!(**byte, 0x07..=b'\n' | b'\r');
        let osc = self.osc.iter().map(|osc| format!("OSC {osc}"));
        let controls = self.controls.iter().filter(|byte| !moving(byte));
        let controls = controls.map(|byte| format!("control {byte:#x}"));
        let unseen = self.unseen.iter().map(|c| format!("{c:?}"));
        let device = self.others.iter().filter(|what| what.starts_with("DCS"));
        osc.chain(controls)
            .chain(unseen)
            .chain(device.cloned())
            .collect()
    }

    /// Nothing but drawing.
    #[track_caller]
    pub fn assert_harmless(&self) {
        assert_eq!(self.harmful(), Vec::<String>::new());
    }
}

impl Perform for Commands {
    fn print(&mut self, c: char) {
        let hides = matches!(c, '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if hides {
            self.unseen.insert(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        self.controls.insert(byte);
    }

    fn hook(&mut self, _: &Params, intermediates: &[u8], _: bool, action: char) {
        let kind = String::from_utf8_lossy(intermediates);
        self.others.insert(format!("DCS {kind}{action}"));
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        let words: Vec<_> = params
            .iter()
            .map(|word| String::from_utf8_lossy(word))
            .collect();
        self.osc.push(words.join(";"));
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, action: char) {
        let kind = String::from_utf8_lossy(intermediates);
        self.csi.insert(format!("{kind}{action}"));
        let first = params
            .iter()
            .next()
            .and_then(|param| param.first().copied())
            .unwrap_or_default();
        match (intermediates, action) {
            (b"?", 'h' | 'l') => {
                for mode in params.iter().flatten() {
                    self.modes.insert(*mode, action == 'h');
                }
            }
            (b">", 'u') => self.keyboards += 1,
            (b"<", 'u') => self.keyboards -= i32::from(first.max(1)),
            // Who are you; where is the cursor.
            (b"", 'c') => self.answers.extend(b"\x1b[?62;22c"),
            (b"", 'n') if first == 6 => {
                let (row, col) = self.cursor;
                let answer = format!("\x1b[{};{}R", row + 1, col + 1);
                self.answers.extend(answer.into_bytes());
            }
            (_, _) => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _: bool, byte: u8) {
        // The end of a string that has been dispatched already.
        if byte != b'\\' {
            let kind = String::from_utf8_lossy(intermediates);
            self.others
                .insert(format!("ESC {kind}{}", char::from(byte)));
        }
    }
}
