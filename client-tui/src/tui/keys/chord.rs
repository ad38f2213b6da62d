//! A key with its modifiers, as written in the configuration and in the help: `j`, `G`, `ctrl-d`, `esc`.

use std::{fmt, str::FromStr};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// See the module. Shift is part of the character where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    code: Code,
    ctrl: bool,
    alt: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Code {
    Char(char),
    Function(u8),
    Named(&'static str),
}

/// Keys with names, as crossterm and as we call them.
const NAMED: &[(KeyCode, &str)] = &[
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::BackTab, "backtab"),
    (KeyCode::Backspace, "backspace"),
    (KeyCode::Delete, "delete"),
    (KeyCode::Insert, "insert"),
    (KeyCode::Up, "up"),
    (KeyCode::Down, "down"),
    (KeyCode::Left, "left"),
    (KeyCode::Right, "right"),
    (KeyCode::Home, "home"),
    (KeyCode::End, "end"),
    (KeyCode::PageUp, "pageup"),
    (KeyCode::PageDown, "pagedown"),
];

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a key like j, G, space, ctrl-d, alt-x, f2, enter, esc, tab, up or pagedown, found {found:?}"
)]
pub struct ChordError {
    found: String,
}

impl Chord {
    /// The key that was pressed; none for keys that cannot be bound.
    pub fn of(key: KeyEvent) -> Option<Self> {
        let code = match key.code {
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::F(n) => Code::Function(n),
            other => Code::Named(NAMED.iter().find(|(code, _)| *code == other)?.1),
        };
        Some(Self {
            code,
            ctrl: key.modifiers.contains(KeyModifiers::CONTROL),
            alt: key.modifiers.contains(KeyModifiers::ALT),
        })
    }
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let error = || ChordError {
            found: text.to_owned(),
        };
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|rest| !rest.is_empty()) {
                (rest, ctrl) = (after, true);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|rest| !rest.is_empty()) {
                (rest, alt) = (after, true);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && c != ' ' => Code::Char(c),
            _ if rest == "space" => Code::Char(' '),
            _ => {
                if let Some(Ok(n @ 1..=12)) = rest.strip_prefix('f').map(str::parse) {
                    Code::Function(n)
                } else {
                    let named = NAMED.iter().find(|(_, name)| *name == rest);
                    Code::Named(named.ok_or_else(error)?.1)
                }
            }
        };
        Ok(Self { code, ctrl, alt })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("space"),
            Code::Char(c) => write!(f, "{c}"),
            Code::Function(n) => write!(f, "f{n}"),
            Code::Named(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_they_are_written() {
        for text in [
            "j",
            "G",
            "?",
            "-",
            "ctrl-d",
            "alt-x",
            "ctrl-alt-f2",
            "f12",
            "space",
            "esc",
            "pagedown",
        ] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), text);
        }
        for text in ["", "jj", "ctrl-", "meta-x", "f13", "escape"] {
            let error = text.parse::<Chord>().unwrap_err().to_string();
            assert!(error.contains(&format!("found {text:?}")), "{error}");
        }
    }

    #[test]
    fn a_pressed_key_is_the_one_that_was_written() {
        let pressed = |code, modifiers| Chord::of(KeyEvent::new(code, modifiers));
        let shift = KeyModifiers::SHIFT;
        assert_eq!(pressed(KeyCode::Char('G'), shift), "G".parse().ok());
        assert_eq!(pressed(KeyCode::BackTab, shift), "backtab".parse().ok());
        assert_eq!(
            pressed(KeyCode::Char('d'), KeyModifiers::CONTROL),
            "ctrl-d".parse().ok()
        );
        assert_eq!(pressed(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }
}
