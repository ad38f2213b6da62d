//! What lies over a screen and takes the keys first.

use ratatui_textarea::TextArea;
use tui_input::Input;

use super::{super::msg::Call, cursor::Cursor, form::Form};

/// A popup.
#[derive(Debug)]
pub enum Layer {
    /// The keys.
    Help(Help),
    /// One line to type.
    Prompt(Prompt),
    /// Yes or no.
    Confirm(Confirm),
    /// One of several.
    Menu(Menu),
    /// Several lines to type.
    Editor(Box<Editor>),
    /// A command by its name.
    Palette(Palette),
    /// Fields to fill in.
    Form(Box<Form>),
}

/// The keys, scrolled.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// The first line shown.
    pub top: usize,
}

/// One line to type.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What was typed.
    pub input: Input,
}

/// What a line is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A filter of this screen's list; holds as it is typed.
    Filter,
    /// A search in output.
    Search,
    /// A revision to look at.
    Revision,
}

/// Yes or no.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// What is asked, safe to show.
    pub question: String,
    /// What happens on yes.
    pub call: Call,
}

/// One of several.
#[derive(Debug, Clone)]
pub struct Menu {
    /// What is asked.
    pub title: String,
    /// The choices, safe to show, each with what it does.
    pub items: Vec<(String, Choice)>,
    /// The chosen one.
    pub cursor: Cursor,
}

/// What a choice of a menu does.
#[derive(Debug, Clone)]
pub enum Choice {
    /// The daemon is commanded at once.
    Command(Call),
    /// It is asked about first.
    Confirm(Confirm),
}

/// Several lines to type: an answer.
#[derive(Debug)]
pub struct Editor {
    /// What is written, safe to show.
    pub title: String,
    /// The text.
    pub area: TextArea<'static>,
    /// The question that is answered.
    pub question: String,
    /// The text it was about when the editor was opened.
    pub content_hash: String,
}

/// A command by its name.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// The chosen one of those that match.
    pub cursor: Cursor,
}
