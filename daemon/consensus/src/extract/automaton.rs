//! One reading of the bytes as JSON: a pushdown automaton over RFC 8259, a byte at a time.
//!
//! It is as strict as serde_json about structure, numbers, literals and escapes, so what it
//! closes can be read; UTF-8, lone surrogates and the range of numbers are left to serde_json.

use std::collections::VecDeque;
use std::ops::Range;

use crate::extract::scan::{Keys, MAX_DEPTH, Scan};

/// What a container turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A bit for each of the answer's keys seen, and whether the hint key was.
    Object {
        keys: u64,
        hinted: bool,
    },
    Array {
        holds_object: bool,
    },
}

#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) span: Range<usize>,
    pub(crate) shape: Shape,
}

/// What the other reading must know about this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Posture {
    Idle,
    /// Inside a string: what begins here is for the other reading.
    Text,
    Structure,
}

#[derive(Debug)]
struct Frame {
    start: usize,
    shape: Shape,
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
}

impl Number {
    fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Some(Self::Whole),
            (Self::Zero | Self::Whole, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Some(Self::ExponentDigits)
            }
            _ => None,
        }
    }

    fn complete(self) -> bool {
        match self {
            Self::Zero | Self::Whole | Self::Fraction | Self::ExponentDigits => true,
            Self::Minus | Self::Point | Self::Exponent | Self::ExponentSign => false,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Idle,
    /// After `[`.
    FirstItem,
    Item,
    /// After `{`.
    FirstKey,
    Key,
    Colon,
    AfterValue,
    Text,
    Escape,
    Hex(u8),
    Number(Number),
    Literal(&'static [u8]),
}

/// Where the string being read stands.
#[derive(Debug, Clone, Copy, Default)]
enum Role {
    #[default]
    Value,
    Key {
        quote_at: usize,
        escaped: bool,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Automaton {
    state: State,
    role: Role,
    stack: VecDeque<Frame>,
}

impl Automaton {
    pub(crate) fn posture(&self) -> Posture {
        match self.state {
            State::Idle => Posture::Idle,
            State::Text => Posture::Text,
            // Escape and Hex too: the other reading died at the backslash, so an opener there is
            // this one's affair.
            State::Escape
            | State::Hex(_)
            | State::FirstItem
            | State::Item
            | State::FirstKey
            | State::Key
            | State::Colon
            | State::AfterValue
            | State::Number(_)
            | State::Literal(_) => Posture::Structure,
        }
    }

    /// A container begins. The outermost one is given up where the nesting grows too deep: it
    /// can no longer be a candidate, what it holds still can.
    pub(crate) fn open(&mut self, at: usize, byte: u8, too_deep: &mut bool) {
        if self.stack.len() == MAX_DEPTH {
            *too_deep = true;
            self.stack.pop_front();
        }
        let (shape, state) = if byte == b'{' {
            (
                Shape::Object {
                    keys: 0,
                    hinted: false,
                },
                State::FirstKey,
            )
        } else {
            (
                Shape::Array {
                    holds_object: false,
                },
                State::FirstItem,
            )
        };
        self.stack.push_back(Frame { start: at, shape });
        self.state = state;
    }

    /// Reads one byte. Returns the container it closes, if it closes one.
    pub(crate) fn step(
        &mut self,
        bytes: &[u8],
        at: usize,
        keys: &Keys<'_>,
        scan: &mut Scan,
    ) -> Option<Closed> {
        let byte = bytes[at];
        match self.state {
            State::Idle => {}
            State::Text => match byte {
                b'"' => self.end_text(bytes, at, keys, scan),
                b'\\' => {
                    if let Role::Key { escaped, .. } = &mut self.role {
                        *escaped = true;
                    }
                    self.state = State::Escape;
                }
                0..=0x1f => self.die(at, byte, scan),
                _ => {}
            },
            State::Escape => match byte {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.state = State::Text,
                b'u' => self.state = State::Hex(4),
                _ => self.die(at, byte, scan),
            },
            State::Hex(left) if byte.is_ascii_hexdigit() => {
                self.state = if left == 1 {
                    State::Text
                } else {
                    State::Hex(left - 1)
                };
            }
            State::Hex(_) => self.die(at, byte, scan),
            State::Number(number) => match number.next(byte) {
                Some(next) => self.state = State::Number(next),
                None if number.complete() => {
                    scan.examined += 1;
                    self.state = State::AfterValue;
                    return self.structure(at, byte, scan);
                }
                None => self.die(at, byte, scan),
            },
            State::Literal(rest) => match rest.split_first() {
                Some((&expected, rest)) if expected == byte => {
                    self.state = if rest.is_empty() {
                        State::AfterValue
                    } else {
                        State::Literal(rest)
                    };
                }
                Some(_) | None => self.die(at, byte, scan),
            },
            State::FirstItem
            | State::Item
            | State::FirstKey
            | State::Key
            | State::Colon
            | State::AfterValue => return self.structure(at, byte, scan),
        }
        None
    }

    /// A byte between tokens.
    fn structure(&mut self, at: usize, byte: u8, scan: &mut Scan) -> Option<Closed> {
        let in_object = matches!(
            self.stack.back(),
            Some(Frame {
                shape: Shape::Object { .. },
                ..
            })
        );
        match (self.state, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') => {}
            (State::FirstKey | State::Key, b'"') => {
                self.role = Role::Key {
                    quote_at: at,
                    escaped: false,
                };
                self.state = State::Text;
            }
            (State::FirstKey, b'}') | (State::FirstItem, b']') => return self.close(at),
            (State::AfterValue, b'}') if in_object => return self.close(at),
            (State::AfterValue, b']') if !in_object => return self.close(at),
            (State::AfterValue, b',') => {
                self.state = if in_object { State::Key } else { State::Item };
            }
            (State::Colon, b':') => self.state = State::Item,
            (State::FirstItem | State::Item, b'"') => {
                self.role = Role::Value;
                self.state = State::Text;
            }
            (State::FirstItem | State::Item, b'{' | b'[') => {
                self.open(at, byte, &mut scan.too_deep);
            }
            (State::FirstItem | State::Item, b't') => self.state = State::Literal(b"rue"),
            (State::FirstItem | State::Item, b'f') => self.state = State::Literal(b"alse"),
            (State::FirstItem | State::Item, b'n') => self.state = State::Literal(b"ull"),
            (State::FirstItem | State::Item, b'-') => self.state = State::Number(Number::Minus),
            (State::FirstItem | State::Item, b'0') => self.state = State::Number(Number::Zero),
            (State::FirstItem | State::Item, b'1'..=b'9') => {
                self.state = State::Number(Number::Whole);
            }
            _ => self.die(at, byte, scan),
        }
        None
    }

    fn end_text(&mut self, bytes: &[u8], at: usize, keys: &Keys<'_>, scan: &mut Scan) {
        match self.role {
            Role::Value => self.state = State::AfterValue,
            Role::Key { quote_at, escaped } => {
                self.state = State::Colon;
                scan.examined += at - quote_at;
                self.note_key(&bytes[quote_at..=at], escaped, keys);
            }
        }
    }

    fn note_key(&mut self, quoted: &[u8], escaped: bool, keys: &Keys<'_>) {
        let decoded = if escaped {
            serde_json::from_slice::<String>(quoted).ok()
        } else {
            None
        };
        let key = match &decoded {
            Some(text) => text.as_bytes(),
            None => &quoted[1..quoted.len() - 1],
        };
        if let Some(Frame {
            shape: Shape::Object { keys: seen, hinted },
            ..
        }) = self.stack.back_mut()
        {
            *hinted |= key == keys.hint.as_bytes();
            if let Some(n) = keys.all.iter().position(|wanted| key == wanted.as_bytes()) {
                *seen |= 1 << n;
            }
        }
    }

    fn close(&mut self, at: usize) -> Option<Closed> {
        let frame = self.stack.pop_back()?;
        let holds = match frame.shape {
            Shape::Object { .. } => true,
            Shape::Array { holds_object } => holds_object,
        };
        if let Some(Frame {
            shape: Shape::Array { holds_object },
            ..
        }) = self.stack.back_mut()
        {
            *holds_object |= holds;
        }
        self.state = if self.stack.is_empty() {
            State::Idle
        } else {
            State::AfterValue
        };
        Some(Closed {
            span: frame.start..at + 1,
            shape: frame.shape,
        })
    }

    /// The bytes are not JSON this way. All that was open dies with it; what begins at this very
    /// byte is a new reading.
    fn die(&mut self, at: usize, byte: u8, scan: &mut Scan) {
        self.stack.clear();
        self.state = State::Idle;
        if matches!(byte, b'{' | b'[') {
            self.open(at, byte, &mut scan.too_deep);
        }
    }
}
