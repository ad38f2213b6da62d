//! Colour, for terminals that want it.

/// Whether colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// None at all.
    Never,
    /// The terminal's sixteen.
    Ansi,
}

/// How something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As everything else.
    Plain,
    /// A heading.
    Strong,
    /// Aside.
    Faint,
    /// Ended well.
    Good,
    /// Look here.
    Warn,
    /// Something is wrong.
    Bad,
}

impl Colour {
    /// The text in its tone.
    #[must_use]
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let code = match (self, tone) {
            (Self::Never, _) | (Self::Ansi, Tone::Plain) => return text.to_owned(),
            (Self::Ansi, Tone::Strong) => "1",
            (Self::Ansi, Tone::Faint) => "2",
            (Self::Ansi, Tone::Good) => "32",
            (Self::Ansi, Tone::Warn) => "33",
            (Self::Ansi, Tone::Bad) => "31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
