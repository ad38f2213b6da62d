//! What keys send: the bytes of a terminal of the xterm family.

/// A key that is no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Enter,
    /// As terminals send it that tell keys apart: the bare byte is an escape only if nothing follows it soon, and
    /// tests type faster than people. That byte is [`Key::BareEsc`].
    Esc,
    /// To be followed by nothing until it has had its effect.
    BareEsc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// With Alt: the character after an escape.
    Alt(char),
    /// With the control key.
    Ctrl(char),
}

impl Key {
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Enter => b"\r".to_vec(),
            Self::Esc => b"\x1b[27u".to_vec(),
            Self::BareEsc => b"\x1b".to_vec(),
            Self::Tab => b"\t".to_vec(),
            Self::BackTab => b"\x1b[Z".to_vec(),
            Self::Backspace => b"\x7f".to_vec(),
            Self::Delete => b"\x1b[3~".to_vec(),
            Self::Up => b"\x1b[A".to_vec(),
            Self::Down => b"\x1b[B".to_vec(),
            Self::Right => b"\x1b[C".to_vec(),
            Self::Left => b"\x1b[D".to_vec(),
            Self::Home => b"\x1b[H".to_vec(),
            Self::End => b"\x1b[F".to_vec(),
            Self::PageUp => b"\x1b[5~".to_vec(),
            Self::PageDown => b"\x1b[6~".to_vec(),
            Self::Alt(c) => format!("\x1b{c}").into_bytes(),
            Self::Ctrl(c) => {
                assert!(c.is_ascii_lowercase() || c == ' ', "no such key: Ctrl-{c}");
                vec![c as u8 & 0x1f]
            }
        }
    }
}
