//! Forms: what is to be started, as fields. A form that is closed is kept until something was started from it,
//! so nothing that was typed is lost.
//!
//! Not here: what a key does to a field (`update::form`), and whether the fields say something that can be
//! started (`update::form::check`).

use std::collections::BTreeMap;

use ratatui_textarea::{TextArea, WrapMode};
use tui_input::Input;

use synod_proto::v1::Gate;

use super::super::msg::Call;
use crate::render::clean;

/// What a form starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A specification put to a gate.
    Gate,
    /// A prompt given to one agent.
    Agent,
    /// A command line.
    Command,
}

impl Kind {
    /// What is written over the form.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Gate => "new gate run",
            Self::Agent => "new agent run",
            Self::Command => "new command",
        }
    }

    /// The kind of form that makes this call.
    pub const fn of(call: &Call) -> Option<Self> {
        match call {
            Call::RunGate { .. } | Call::RunCheckpoint { .. } => Some(Self::Gate),
            Call::RunAgent { .. } => Some(Self::Agent),
            Call::RunCommand { .. } => Some(Self::Command),
            _ => None,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Form {
    /// What it starts.
    pub kind: Kind,
    /// The fields, in the order Tab goes through them.
    pub fields: Vec<Field>,
    /// The field that is not wanted by what is chosen now, with what was typed into it.
    pub aside: Option<Field>,
    /// The field that keys go to.
    pub focus: usize,
    /// What was sent, while the daemon has not said what became of it.
    pub sent: Option<Call>,
    /// Why the daemon refused what was sent last; safe to show.
    pub told: Option<String>,
}

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The gate.
    Gate,
    /// The specification's path.
    Spec,
    /// The change to be reviewed, of gates about changes.
    Change,
    /// Who is asked.
    Roster,
    /// Whether an equal live run is attached to.
    Equal,
    /// The agent.
    Agent,
    /// What the agent is given.
    Prompt,
    /// The command line.
    Command,
    /// The run's name.
    Name,
}

impl What {
    /// Its name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Spec => "spec",
            Self::Change => "change",
            Self::Roster => "roster",
            Self::Equal => "if equal",
            Self::Agent => "agent",
            Self::Prompt => "prompt",
            Self::Command => "command",
            Self::Name => "name",
        }
    }
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// What it is for.
    pub what: What,
    /// What it holds.
    pub body: Body,
    /// What is wrong with it: a sentence, safe to show.
    pub error: Option<String>,
}

/// What a field holds.
#[derive(Debug)]
pub enum Body {
    /// One of several.
    One(One),
    /// Any of several.
    Many(Many),
    /// A line of text.
    Line(Input),
    /// A line of text that is a path.
    Path(PathLine),
    /// Several lines of text.
    Text(Box<TextArea<'static>>),
}

/// One of several.
#[derive(Debug, Clone, Default)]
pub struct One {
    /// The names.
    pub names: Vec<String>,
    /// The chosen one.
    pub at: usize,
    /// Those that would be refused.
    pub flawed: Vec<String>,
}

impl One {
    /// The chosen name.
    pub fn name(&self) -> Option<&str> {
        self.names.get(self.at).map(String::as_str)
    }

    /// Other names; the one that was chosen stays chosen if it is among them.
    pub fn replace(&mut self, names: Vec<String>) {
        let before = self.name().map(str::to_owned);
        self.at = names
            .iter()
            .position(|name| Some(name) == before.as_ref())
            .unwrap_or(0);
        self.names = names;
    }
}

/// Any of several.
#[derive(Debug, Clone, Default)]
pub struct Many {
    /// The names, and whether each is marked.
    pub names: Vec<(String, Mark)>,
    /// The one that the space bar marks.
    pub at: usize,
    /// Who marked them.
    pub by: By,
}

/// Whether a name is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// Who marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// The form, with what holds anyway.
    #[default]
    Form,
    /// Whoever fills it in.
    Hand,
}

impl Many {
    /// The marked names.
    pub fn marked(&self) -> Vec<String> {
        let marked = self.names.iter().filter(|(_, mark)| *mark == Mark::On);
        marked.map(|(name, _)| name.clone()).collect()
    }
}

/// A path, and names that continue it.
#[derive(Debug, Clone, Default)]
pub struct PathLine {
    /// What was typed.
    pub input: Input,
    /// Paths to choose from; empty: none were asked for.
    pub found: Vec<String>,
    /// The chosen one of them.
    pub at: Option<usize>,
    /// What was typed when paths were asked for that have not come.
    pub asked: Option<String>,
}

impl Form {
    /// An empty one. What can be chosen is filled in when it is known.
    pub fn empty(kind: Kind) -> Self {
        let line = || Body::Line(Input::default());
        let one = || Body::One(One::default());
        let fields = match kind {
            Kind::Gate => vec![
                (What::Gate, one()),
                (What::Spec, Body::Path(PathLine::default())),
                (What::Roster, Body::Many(Many::default())),
                (What::Equal, Body::One(equal())),
            ],
            Kind::Agent => vec![
                (What::Agent, one()),
                (What::Prompt, Body::Text(Box::new(area()))),
                (What::Name, line()),
            ],
            Kind::Command => vec![(What::Command, line()), (What::Name, line())],
        };
        let field = |(what, body)| Field {
            what,
            body,
            error: None,
        };
        let aside = match kind {
            Kind::Gate => Some(field((What::Change, line()))),
            Kind::Agent | Kind::Command => None,
        };
        Self {
            kind,
            fields: fields.into_iter().map(field).collect(),
            aside,
            focus: 0,
            sent: None,
            told: None,
        }
    }

    /// The field of this meaning.
    pub fn field(&self, what: What) -> Option<&Field> {
        self.fields.iter().find(|field| field.what == what)
    }

    /// The same, to change it.
    pub fn field_mut(&mut self, what: What) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.what == what)
    }

    /// Puts this field where the one that is aside belongs, if it is the one aside.
    pub fn want(&mut self, what: What) {
        let Some(aside) = self.aside.as_mut().filter(|aside| aside.what == what) else {
            return;
        };
        let mut fields = self.fields.iter_mut();
        if let Some(field) = fields.find(|field| matches!(field.what, What::Spec | What::Change)) {
            std::mem::swap(field, aside);
        }
    }

    /// The name chosen in a field.
    pub fn chosen(&self, what: What) -> Option<&str> {
        match &self.field(what)?.body {
            Body::One(one) => one.name(),
            _ => None,
        }
    }

    /// What a field says in text.
    pub fn text(&self, what: What) -> String {
        match self.field(what).map(|field| &field.body) {
            Some(Body::Line(input)) => input.value().to_owned(),
            Some(Body::Path(path)) => path.input.value().to_owned(),
            Some(Body::Text(area)) => area.lines().join("\n"),
            Some(Body::One(_) | Body::Many(_)) | None => String::new(),
        }
    }
}

/// What is wrong with a gate, without the name of its file before each line; empty: nothing.
pub fn problems(gate: &Gate) -> String {
    let short = |problem: &String| {
        let line = problem.strip_prefix(&gate.origin);
        let line = line.and_then(|rest| rest.strip_prefix(':'));
        clean(&line.map_or_else(|| problem.clone(), |rest| format!("line {rest}")))
    };
    let problems: Vec<String> = gate.problems.iter().map(short).collect();
    problems.join("; ")
}

/// Before the name of a checkpoint, where gates are chosen from: no gate's name has a space.
const CHECKPOINT: &str = "checkpoint ";

/// A checkpoint as it is chosen.
pub fn checkpoint(name: &str) -> String {
    format!("{CHECKPOINT}{name}")
}

/// The checkpoint that was chosen, if it was one.
pub fn chosen_checkpoint(chosen: &str) -> Option<&str> {
    chosen.strip_prefix(CHECKPOINT)
}

/// What to do if there is an equal run, as the field says it.
pub const ATTACH: &str = "go to that run";
/// The other choice.
pub const ANOTHER: &str = "start another run";

fn equal() -> One {
    One {
        names: vec![ATTACH.to_owned(), ANOTHER.to_owned()],
        ..One::default()
    }
}

/// An empty text of several lines, without colours of its own.
fn area() -> TextArea<'static> {
    let mut area = TextArea::default();
    area.set_cursor_line_style(ratatui::style::Style::new());
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area
}

/// Forms that were closed, one of each kind.
#[derive(Debug, Default)]
pub struct Drafts {
    kept: BTreeMap<Kind, Box<Form>>,
}

impl Drafts {
    /// Keeps a form that is being closed.
    pub fn keep(&mut self, form: Form) {
        self.kept.insert(form.kind, Box::new(form));
    }

    /// The form as it was closed, or an empty one.
    pub fn open(&mut self, kind: Kind) -> Box<Form> {
        let kept = self.kept.remove(&kind);
        kept.unwrap_or_else(|| Box::new(Form::empty(kind)))
    }

    /// The draft that made this call.
    pub fn sender(&mut self, call: &Call) -> Option<&mut Form> {
        let kept = self.kept.values_mut().map(AsMut::as_mut);
        kept.into_iter()
            .find(|form| form.sent.as_ref() == Some(call))
    }

    /// Something was started from it: it is not needed any more.
    pub fn drop_sender(&mut self, call: &Call) {
        self.kept.retain(|_, form| form.sent.as_ref() != Some(call));
    }
}
