//! Which part of the screen of one run gets how much. `update` asks too: how far a page is depends on it.

use ratatui::layout::Rect;
use synod_proto::v1::Run;

use super::{head, outcome};
use crate::tui::{
    model::{
        Model,
        known::Parts,
        run::{Pane, rounds::Rows},
    },
    view::areas,
};

/// Rows for more of what is selected, in the pane where keys go.
const ABOUT: u16 = 2;
/// So many more for what a structured agent tells of itself, where there is room for them.
const TOLD: u16 = 2;
/// Below so many rows there is none.
const ROOMY: u16 = 16;
/// Below so many columns there is one pane at a time.
const NARROW: u16 = 80;
/// Below so many rows too.
const LOW: u16 = 12;

/// The parts, from top to bottom; those not shown have no height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// What the run is.
    pub head: Rect,
    /// The executions.
    pub executions: ExecutionsArea,
    /// The findings, or what became of a single agent.
    pub findings: FindingsArea,
    /// The finding that is read: its title and its lines.
    pub reader: TextArea,
    /// Whether the panes stand below one another, or one at a time.
    pub panes: Panes,
}

/// How the two panes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panes {
    /// Below one another.
    Both,
    /// The one where keys go.
    One,
}

/// The pane of executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExecutionsArea {
    /// Its title.
    pub title: Rect,
    /// Headings and rows.
    pub table: Rect,
    /// More of the selected one.
    pub about: Rect,
}

/// The pane of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindingsArea {
    /// Its title.
    pub title: Rect,
    /// The families, over their agents.
    pub families: Rect,
    /// The headings.
    pub heading: Rect,
    /// The rows, or the lines of a single agent's end.
    pub rows: Rect,
    /// The selected claim, whole.
    pub about: Rect,
    /// What the signs mean.
    pub legend: Rect,
}

/// A title and lines of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextArea {
    /// The title.
    pub title: Rect,
    /// The lines.
    pub rows: Rect,
}

impl ExecutionsArea {
    /// Rows of the list.
    pub fn page(&self) -> usize {
        areas::list_height(self.table)
    }
}

/// The parts on the screen as it is.
pub fn of(model: &Model, run: &Run) -> Layout {
    within(model, run, areas::of(model).body)
}

/// The parts of an area.
pub fn within(model: &Model, run: &Run, body: Rect) -> Layout {
    let mut rest = body;
    let head = head::lines(model, run, body);
    let head = from_top(&mut rest, rows(head.len()));
    let mut layout = Layout {
        head,
        executions: ExecutionsArea::default(),
        findings: FindingsArea::default(),
        reader: TextArea::default(),
        panes: Panes::Both,
    };
    if model.run.reader.is_some() {
        layout.reader.title = from_top(&mut rest, 1);
        layout.reader.rows = rest;
        return layout;
    }
    let parts = model.shown().parts(&run.id);
    let active = pane(model, run);
    let told = parts.is_some_and(|parts| parts.structured > 0) && body.height >= ROOMY;
    let of_executions = if told { ABOUT + TOLD } else { ABOUT };
    let about = |of: Pane| match of {
        of if active != of => 0,
        Pane::Executions => of_executions,
        Pane::Findings => ABOUT,
    };
    let executions = 2 + parts.map_or(0, |parts| Rows::of(&parts.rounds).count());
    let executions = rows(executions).saturating_add(about(Pane::Executions));
    let findings = if single(run) {
        rows(1 + outcome::rows(model, run, rest.width).len())
    } else {
        let findings = rows(4 + parts.map_or(0, |parts| parts.findings.len()).max(1));
        findings.saturating_add(about(Pane::Findings))
    };
    if body.width < NARROW || rest.height < LOW {
        layout.panes = Panes::One;
        match active {
            Pane::Executions => layout.executions = split_executions(rest, of_executions),
            Pane::Findings => layout.findings = split_findings(run, rest, ABOUT),
        }
        return layout;
    }
    let upper = if executions.saturating_add(findings) <= rest.height {
        executions
    } else {
        let least = match active {
            Pane::Executions => rest.height / 2,
            Pane::Findings => rest.height * 2 / 5,
        };
        executions.min(least.max(rest.height.saturating_sub(findings)))
    };
    layout.executions = split_executions(from_top(&mut rest, upper), about(Pane::Executions));
    layout.findings = split_findings(run, rest, about(Pane::Findings));
    layout
}

/// Where keys go: where somebody said, else where there is something to see.
pub fn pane(model: &Model, run: &Run) -> Pane {
    let found = |parts: &Parts| !parts.findings.is_empty();
    let parts = model.shown().parts(&run.id);
    model.run.pane.unwrap_or_else(|| {
        let over = single(run) && run.ended_at.is_some();
        if over || parts.is_some_and(found) {
            Pane::Findings
        } else {
            Pane::Executions
        }
    })
}

/// Whether a run is one agent's alone, and has no findings.
pub fn single(run: &Run) -> bool {
    run.kind != "gate"
}

fn split_executions(area: Rect, about: u16) -> ExecutionsArea {
    let mut rest = area;
    let title = from_top(&mut rest, 1);
    let about = if area.height >= 5 { about } else { 0 };
    let about = from_bottom(&mut rest, about);
    ExecutionsArea {
        title,
        table: rest,
        about,
    }
}

fn split_findings(run: &Run, area: Rect, about: u16) -> FindingsArea {
    let mut rest = area;
    let title = from_top(&mut rest, 1);
    let heads = u16::from(!single(run));
    let families = from_top(&mut rest, if area.height >= 6 { heads } else { 0 });
    let heading = from_top(&mut rest, heads);
    let legend = from_bottom(&mut rest, if area.height >= 7 { heads } else { 0 });
    let about = if area.height >= 9 { about * heads } else { 0 };
    let about = from_bottom(&mut rest, about);
    FindingsArea {
        title,
        families,
        heading,
        rows: rest,
        about,
        legend,
    }
}

fn rows(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn from_top(rest: &mut Rect, rows: u16) -> Rect {
    let height = rows.min(rest.height);
    let part = Rect { height, ..*rest };
    rest.y += height;
    rest.height -= height;
    part
}

fn from_bottom(rest: &mut Rect, rows: u16) -> Rect {
    let height = rows.min(rest.height);
    rest.height -= height;
    Rect {
        y: rest.y + rest.height,
        height,
        ..*rest
    }
}
