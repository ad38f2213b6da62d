//! How things look: one style for each meaning, for terminals without colour, with 16, with 256, and with all of
//! them. A colour only ever repeats what a word or a sign says.

use std::ffi::OsString;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::render::{Tone, tone_of};

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Depth {
    /// None: bold, dim, underlined and reversed text only.
    #[serde(rename = "none")]
    None,
    /// The sixteen that its user chose.
    #[default]
    #[serde(rename = "16")]
    Sixteen,
    /// The palette of 256.
    #[serde(rename = "256")]
    Palette,
    /// 24 bits.
    #[serde(rename = "truecolor")]
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    pub fn of_env(var: impl Fn(&str) -> Option<OsString>) -> Self {
        let says = |name: &str| {
            var(name)
                .map(|value| value.to_string_lossy().into_owned())
                .filter(|value| !value.is_empty())
        };
        let term = says("TERM").unwrap_or_default();
        if says("NO_COLOR").is_some() || term == "dumb" || term.starts_with("vt") {
            return Self::None;
        }
        match says("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Self::True,
            _ if term.ends_with("-direct") => Self::True,
            _ if term.contains("256color") => Self::Palette,
            _ => Self::Sixteen,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// As everything else.
    pub plain: Style,
    /// Headings, and what matters most in a row.
    pub strong: Style,
    /// Aside.
    pub faint: Style,
    /// Ended well.
    pub good: Style,
    /// Look here.
    pub warn: Style,
    /// Something is wrong.
    pub bad: Style,
    /// Under way, and keys that can be pressed.
    pub accent: Style,
    /// The selected row, where keys go.
    pub selected: Style,
    /// The selected row of a pane that keys do not go to.
    pub resting: Style,
    /// The bar at the top.
    pub bar: Style,
    /// The bar while the past is shown, and banners.
    pub banner: Style,
    /// Frames of panes and popups.
    pub border: Style,
    /// What a search or filter found.
    pub matched: Style,
}

impl Theme {
    /// For a terminal of this depth.
    pub fn of(depth: Depth) -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reversed = plain.add_modifier(Modifier::REVERSED);
        let coloured = |name: Named| match depth {
            Depth::None => plain,
            Depth::Sixteen => plain.fg(name.sixteen()),
            Depth::Palette => plain.fg(Color::Indexed(name.palette())),
            Depth::True => {
                let (r, g, b) = name.rgb();
                plain.fg(Color::Rgb(r, g, b))
            }
        };
        let on = |style: Style, palette: u8, (r, g, b): (u8, u8, u8)| match depth {
            Depth::None | Depth::Sixteen => style.add_modifier(Modifier::REVERSED),
            Depth::Palette => style.bg(Color::Indexed(palette)),
            Depth::True => style.bg(Color::Rgb(r, g, b)),
        };
        let by = |colour: Style, without: Style| {
            if depth == Depth::None {
                without
            } else {
                colour
            }
        };
        Self {
            plain,
            strong: bold,
            faint: match depth {
                Depth::None | Depth::Sixteen => dim,
                Depth::Palette => plain.fg(Color::Indexed(245)),
                Depth::True => plain.fg(Color::Rgb(138, 143, 152)),
            },
            good: coloured(Named::Green),
            warn: by(coloured(Named::Yellow), bold),
            bad: by(coloured(Named::Red).add_modifier(Modifier::BOLD), bold),
            accent: by(coloured(Named::Cyan), bold),
            selected: on(bold, 24, (38, 79, 120)),
            resting: match depth {
                Depth::None | Depth::Sixteen => plain.add_modifier(Modifier::UNDERLINED),
                Depth::Palette => plain.bg(Color::Indexed(236)),
                Depth::True => plain.bg(Color::Rgb(42, 46, 54)),
            },
            bar: on(plain, 236, (33, 38, 45)),
            banner: match depth {
                Depth::None => reversed.add_modifier(Modifier::BOLD),
                Depth::Sixteen => bold.fg(Color::Black).bg(Color::Yellow),
                Depth::Palette => bold.fg(Color::Indexed(16)).bg(Color::Indexed(214)),
                Depth::True => bold.fg(Color::Rgb(20, 20, 20)).bg(Color::Rgb(240, 180, 60)),
            },
            border: by(dim, plain),
            matched: by(
                coloured(Named::Yellow).add_modifier(Modifier::UNDERLINED),
                plain.add_modifier(Modifier::UNDERLINED),
            ),
        }
    }

    /// The style of a tone.
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.plain,
            Tone::Strong => self.strong,
            Tone::Faint => self.faint,
            Tone::Good => self.good,
            Tone::Warn => self.warn,
            Tone::Bad => self.bad,
        }
    }

    /// The style of a state, a severity or an agreement.
    pub fn word(&self, word: &str) -> Style {
        match word {
            "running" | "executing" | "validating" | "deciding" => self.accent,
            _ => self.tone(tone_of(word)),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Named {
    Green,
    Yellow,
    Red,
    Cyan,
}

impl Named {
    const fn sixteen(self) -> Color {
        match self {
            Self::Green => Color::Green,
            Self::Yellow => Color::Yellow,
            Self::Red => Color::Red,
            Self::Cyan => Color::Cyan,
        }
    }

    const fn palette(self) -> u8 {
        match self {
            Self::Green => 114,
            Self::Yellow => 221,
            Self::Red => 203,
            Self::Cyan => 80,
        }
    }

    const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Green => (126, 200, 120),
            Self::Yellow => (235, 200, 95),
            Self::Red => (240, 100, 95),
            Self::Cyan => (95, 195, 210),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(env: &[(&str, &str)], depth: Depth) {
        let found = Depth::of_env(|name| {
            let (_, value) = env.iter().find(|(known, _)| *known == name)?;
            Some(value.into())
        });
        assert_eq!(found, depth, "{env:?}");
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        check(&[("TERM", "xterm")], Depth::Sixteen);
        check(&[("TERM", "xterm-256color")], Depth::Palette);
        check(
            &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
            Depth::True,
        );
        check(
            &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
            Depth::None,
        );
        check(&[("TERM", "xterm"), ("NO_COLOR", "")], Depth::Sixteen);
        check(&[("TERM", "dumb")], Depth::None);
        check(&[], Depth::Sixteen);
    }

    #[test]
    fn without_colour_no_style_has_one() {
        let theme = format!("{:?}", Theme::of(Depth::None));
        assert!(!theme.contains("Indexed") && !theme.contains("Rgb") && !theme.contains(".fg"));
    }
}
