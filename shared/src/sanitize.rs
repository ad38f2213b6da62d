//! Text of an agent made harmless for a terminal, without losing a visible character of it (O13).
//!
//! Removed: escape sequences (CSI, OSC, DCS, SOS, PM, APC and plain escapes; 7-bit and 8-bit), C0 and C1
//! controls. Kept: newline and tab. Shown as `<U+202E>`: what changes the order of text or hides in it. Bytes
//! that are no UTF-8 become U+FFFD.
//!
//! A sequence that never ends is no sequence: only its introducer goes, its text is shown. It is given up at
//! the end of the line, and when it grows beyond a bound, so that neither memory nor later lines are at risk.
//! That, the 8-bit forms, and the same result for any chunking are why the parser is our own; tests hold it
//! against `vte`.
//!
//! Not here: cutting to a display width, and deciding what is worth showing.

use std::{mem, str};

/// The longest control string (OSC, DCS, …) that is still taken for one, in characters.
const LONGEST_STRING: usize = 4096;
/// The longest CSI or escape sequence that is still taken for one, in characters.
const LONGEST_SEQUENCE: usize = 64;

const ESC: char = '\u{1b}';
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Makes a whole text harmless.
#[must_use]
pub fn text(text: &str) -> String {
    bytes(text.as_bytes())
}

/// Makes whole output harmless.
#[must_use]
pub fn bytes(bytes: &[u8]) -> String {
    let mut sanitizer = Sanitizer::default();
    let mut out = sanitizer.push(bytes);
    out.push_str(&sanitizer.finish());
    out
}

/// One harmless line of at most `max_chars` characters, for tables: white space runs become one space, and
/// what was cut is marked by `…`.
#[must_use]
pub fn line(text: &str, max_chars: usize) -> String {
    let clean = self::text(text);
    let mut out = String::new();
    let mut length = 0;
    for word in clean.split_whitespace() {
        let space = usize::from(length > 0);
        if space == 1 {
            out.push(' ');
        }
        out.push_str(word);
        length += space + word.chars().count();
        if length > max_chars {
            let mut cut: String = out.chars().take(max_chars.saturating_sub(1)).collect();
            cut.truncate(cut.trim_end().len());
            if max_chars > 0 {
                cut.push('…');
            }
            return cut;
        }
    }
    out
}

/// The streaming form: characters and sequences may be split anywhere between two pushes.
#[derive(Debug, Default)]
pub struct Sanitizer {
    /// The beginning of a UTF-8 character whose rest has not come yet: at most three bytes.
    partial: Vec<u8>,
    state: State,
    /// What was read of the sequence under way, without its introducer.
    held: String,
    /// Characters in `held`.
    held_chars: usize,
    /// The character shown last, for joiners that are part of a script or an emoji.
    last: Option<char>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Ground,
    /// After a carriage return: a line feed may follow.
    Return,
    Escape,
    Csi,
    /// After a lone byte 0x9b, which may as well be a piece of a broken character: only a parameter makes it
    /// a sequence.
    RawCsi,
    /// Inside an operating system command: also ended by BEL.
    Osc,
    /// Inside DCS, SOS, PM or APC.
    String,
    /// After ESC inside a control string: a backslash ends it.
    StringEscape,
}

/// What a decoder found.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Char(char),
    /// A byte that is no UTF-8, alone.
    Raw(u8),
}

impl Sanitizer {
    /// Takes more bytes and gives the harmless text that is settled by them.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let joined;
        let mut rest = if self.partial.is_empty() {
            bytes
        } else {
            let mut whole = mem::take(&mut self.partial);
            whole.extend_from_slice(bytes);
            joined = whole;
            &joined
        };
        let mut out = String::with_capacity(rest.len());
        loop {
            match str::from_utf8(rest) {
                Ok(valid) => {
                    self.take_str(valid, &mut out);
                    return out;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.take_str(str::from_utf8(valid).unwrap_or_default(), &mut out);
                    let Some(wrong) = error.error_len() else {
                        self.partial = after.to_vec();
                        return out;
                    };
                    match after {
                        [byte, ..] if wrong == 1 => self.take(Unit::Raw(*byte), &mut out),
                        _ => self.take(Unit::Char(REPLACEMENT), &mut out),
                    }
                    rest = after.get(wrong..).unwrap_or_default();
                }
            }
        }
    }

    /// Gives what was held back: nothing more will come.
    #[must_use]
    pub fn finish(&mut self) -> String {
        let mut out = String::new();
        if !mem::take(&mut self.partial).is_empty() {
            self.take(Unit::Char(REPLACEMENT), &mut out);
        }
        if self.state == State::Return {
            self.show('\n', &mut out);
        }
        self.give_up(&mut out);
        out
    }

    /// Whether nothing is held back: a text that is taken apart here reads in two parts as it does in one.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.state == State::Ground && self.partial.is_empty()
    }

    fn take_str(&mut self, text: &str, out: &mut String) {
        for c in text.chars() {
            self.take(Unit::Char(c), out);
        }
    }

    fn take(&mut self, unit: Unit, out: &mut String) {
        match self.state {
            State::Ground => self.ground(unit, out),
            State::Return => {
                self.state = State::Ground;
                match unit {
                    Unit::Char('\r') => self.state = State::Return,
                    Unit::Char('\n') => self.show('\n', out),
                    Unit::Char(_) | Unit::Raw(_) => {
                        // On a terminal the line would be overwritten: shown as one of its own.
                        self.show('\n', out);
                        self.ground(unit, out);
                    }
                }
            }
            State::Escape => self.escape(unit, out),
            State::Csi | State::RawCsi => self.csi(unit, out),
            State::Osc | State::String => self.string(unit, out),
            State::StringEscape => match unit {
                Unit::Char('\\') => self.end_sequence(),
                Unit::Char(_) | Unit::Raw(_) => {
                    // Another escape sequence begins: the string was never ended.
                    self.give_up(out);
                    self.state = State::Escape;
                    self.escape(unit, out);
                }
            },
        }
    }

    fn ground(&mut self, unit: Unit, out: &mut String) {
        match unit {
            Unit::Char(ESC) => self.begin(State::Escape),
            Unit::Char('\u{9b}') => self.begin(State::Csi),
            Unit::Char('\u{9d}') => self.begin(State::Osc),
            Unit::Char('\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}') => self.begin(State::String),
            Unit::Char('\r') => self.state = State::Return,
            Unit::Char(c) => self.show(c, out),
            Unit::Raw(byte) => {
                self.show(REPLACEMENT, out);
                match byte {
                    0x9b => self.begin(State::RawCsi),
                    0x9d => self.begin(State::Osc),
                    0x90 | 0x98 | 0x9e | 0x9f => self.begin(State::String),
                    _ => {}
                }
            }
        }
    }

    fn escape(&mut self, unit: Unit, out: &mut String) {
        match unit {
            Unit::Char('[') if self.held.is_empty() => self.begin_with(State::Csi, '['),
            Unit::Char(']') if self.held.is_empty() => self.begin_with(State::Osc, ']'),
            Unit::Char(c @ ('P' | 'X' | '^' | '_')) if self.held.is_empty() => {
                self.begin_with(State::String, c);
            }
            Unit::Char(c @ ' '..='/') => self.hold(c, LONGEST_SEQUENCE, out),
            Unit::Char('0'..='~') => self.end_sequence(),
            Unit::Char(_) | Unit::Raw(_) => self.abandon(unit, out),
        }
    }

    fn csi(&mut self, unit: Unit, out: &mut String) {
        match (self.state, unit) {
            (State::RawCsi, Unit::Char('0'..='?')) => self.state = State::Csi,
            (State::RawCsi, _) => return self.abandon(unit, out),
            _ => {}
        }
        match unit {
            Unit::Char(c @ ' '..='?') => self.hold(c, LONGEST_SEQUENCE, out),
            Unit::Char('@'..='~') => self.end_sequence(),
            Unit::Char(_) | Unit::Raw(_) => self.abandon(unit, out),
        }
    }

    fn string(&mut self, unit: Unit, out: &mut String) {
        match unit {
            Unit::Char('\u{7}') if self.state == State::Osc => self.end_sequence(),
            Unit::Char('\u{9c}') | Unit::Raw(0x9c) => self.end_sequence(),
            Unit::Char(ESC) => self.state = State::StringEscape,
            Unit::Char('\n' | '\r' | '\u{18}' | '\u{1a}') => self.abandon(unit, out),
            Unit::Char(c) => self.hold(c, LONGEST_STRING, out),
            Unit::Raw(_) => self.hold(REPLACEMENT, LONGEST_STRING, out),
        }
    }

    fn begin(&mut self, state: State) {
        self.state = state;
        self.held.clear();
        self.held_chars = 0;
    }

    fn begin_with(&mut self, state: State, introducer: char) {
        self.begin(state);
        self.held.push(introducer);
        self.held_chars = 1;
    }

    fn end_sequence(&mut self) {
        self.begin(State::Ground);
    }

    fn hold(&mut self, c: char, bound: usize, out: &mut String) {
        self.held.push(c);
        self.held_chars += 1;
        if self.held_chars > bound {
            self.give_up(out);
        }
    }

    /// The sequence is none: its text is shown, and what broke it is read anew.
    fn abandon(&mut self, unit: Unit, out: &mut String) {
        self.give_up(out);
        self.ground(unit, out);
    }

    fn give_up(&mut self, out: &mut String) {
        let held = mem::take(&mut self.held);
        self.end_sequence();
        for c in held.chars() {
            self.show(c, out);
        }
    }

    fn show(&mut self, c: char, out: &mut String) {
        match c {
            '\n' | '\t' => out.push(c),
            // A page break moves to another line; glueing the words together would mislead.
            '\u{b}' | '\u{c}' => out.push('\n'),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => return,
            '\u{200c}' | '\u{200d}' if self.last.is_some_and(takes_joiner) => out.push(c),
            c if hides(c) => out.extend(["<U+", &format!("{:04X}", u32::from(c)), ">"]),
            c => out.push(c),
        }
        self.last = Some(c);
    }
}

/// Whether a character reorders text or takes no room: bidi controls, zero-width ones, line separators,
/// fillers, tags.
fn hides(c: char) -> bool {
    matches!(c,
        '\u{061c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Whether a joiner after this character belongs to the writing: emoji, and the scripts that need them.
fn takes_joiner(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{0dff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests;
