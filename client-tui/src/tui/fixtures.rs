//! Models and pictures for the tests of `update` and `view`: fixed ids, a fixed clock.

use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{Timestamp, tz::TimeZone};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Style};
use synod_proto::v1::{
    Change, GetDaemonStatusResponse, ListGatesResponse, Run, Snapshot, change::Entity,
};

use super::{
    keys::Chord,
    model::Model,
    msg::{Answer, Call, Cmd, LinkNews, Msg, Reply},
    settings::Settings,
    theme::Depth,
    update::update,
    view::view,
};
use crate::render::samples;

/// The clock of all pictures: 100 seconds after the sample runs were submitted.
pub fn now() -> Timestamp {
    samples::look().now
}

/// Before anything is known.
pub fn blank(columns: u16, rows: u16) -> Model {
    let settings = Settings::plain(Depth::Sixteen);
    Model::new(settings, (columns, rows), now(), TimeZone::UTC)
}

/// Attached to a daemon that knows these runs, at revision 100.
pub fn knowing(runs: Vec<Run>, columns: u16, rows: u16) -> Model {
    let mut model = blank(columns, rows);
    let status = GetDaemonStatusResponse {
        pid: 4242,
        version: "0.1.0".into(),
        revision: 100,
        protocol: 1,
        ..GetDaemonStatusResponse::default()
    };
    update(&mut model, Msg::Link(LinkNews::Connected(Box::new(status))));
    update(&mut model, Msg::Link(snapshot(runs, 100)));
    model.waiting = 0;
    frame(&mut model);
    model
}

/// As above, and what is configured has been read: two agents and a gate of three others.
pub fn configured(runs: Vec<Run>, columns: u16, rows: u16) -> Model {
    let mut model = knowing(runs, columns, rows);
    model.catalog.agents = Some(samples::agents());
    model.catalog.gates = Some(ListGatesResponse {
        gates: vec![samples::gate()],
    });
    model
}

/// What became of a call.
pub fn reply(model: &mut Model, call: Call, outcome: Result<Answer, &str>) -> Vec<Cmd> {
    let outcome = outcome.map_err(str::to_owned);
    let cmds = update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
    cmds
}

/// A snapshot of these runs.
pub fn snapshot(runs: Vec<Run>, revision: u64) -> LinkNews {
    let snapshot = Snapshot {
        revision,
        runs,
        cause: "requested".into(),
        older_runs: 0,
    };
    LinkNews::Snapshot {
        feed_id: "feed".into(),
        snapshot: Box::new(snapshot),
    }
}

/// Changes that follow what the model knows, one for each entity, a second apart from `now` on.
pub fn changes(model: &Model, entities: Vec<Entity>) -> Msg {
    let first = model.live.revision() + 1;
    let changes = entities
        .into_iter()
        .zip(first..)
        .map(|(mut entity, revision)| {
            match &mut entity {
                Entity::Run(run) => run.revision = revision,
                Entity::Execution(execution) => execution.revision = revision,
                Entity::Attempt(attempt) => attempt.revision = revision,
                Entity::Progress(progress) => progress.revision = revision,
                Entity::Finding(finding) => finding.revision = revision,
                Entity::Question(question) => question.revision = revision,
                Entity::Verdict(verdict) => verdict.revision = revision,
                Entity::Ledger(e) => e.revision = revision,
                Entity::Deleted(_) => {}
            }
            Change {
                revision,
                at: Some(samples::at(100)),
                entity: Some(entity),
                ..Change::default()
            }
        });
    Msg::Link(LinkNews::Changes(changes.collect()))
}

/// The sample runs: one that asks, one under way, one that is over. All have ids of their own.
pub fn three() -> Vec<Run> {
    let mut over = samples::ended_command();
    over.id = format!("{:0<32}", "7c0ffee0");
    let mut asking = other(samples::asking(), "5");
    asking.name = "clarify/search#2".into();
    vec![asking, samples::running(), over]
}

/// The same run under other ids, in all its parts: each begins with `first`.
pub fn other(mut run: Run, first: &str) -> Run {
    let renamed = |id: &mut String| id.replace_range(..1, first);
    renamed(&mut run.id);
    for execution in &mut run.executions {
        renamed(&mut execution.id);
        execution.run_id.clone_from(&run.id);
        for attempt in &mut execution.attempts {
            renamed(&mut attempt.id);
            attempt.execution_id.clone_from(&execution.id);
            attempt.run_id.clone_from(&run.id);
        }
    }
    for finding in &mut run.findings {
        renamed(&mut finding.id);
        finding.run_id.clone_from(&run.id);
        finding.possibly_same.iter_mut().for_each(renamed);
        for voice in &mut finding.voices {
            voice
                .attempt_id
                .replace_range(..1.min(voice.attempt_id.len()), first);
            voice
                .execution_id
                .replace_range(..1.min(voice.execution_id.len()), first);
        }
    }
    for question in &mut run.questions {
        renamed(&mut question.id);
        if !question.finding_id.is_empty() {
            renamed(&mut question.finding_id);
        }
        if let Some(asked) = &mut question.permission {
            renamed(&mut asked.attempt_id);
            renamed(&mut asked.execution_id);
        }
        question.run_id.clone_from(&run.id);
    }
    if let Some(verdict) = &mut run.verdict {
        verdict.run_id.clone_from(&run.id);
    }
    run
}

/// Presses keys, written as in the key map: `press(&mut model, "j j enter")`.
pub fn press(model: &mut Model, keys: &str) -> Vec<Cmd> {
    let mut cmds = Vec::new();
    for key in keys.split_whitespace() {
        cmds.extend(update(model, Msg::Key(key_of(key))));
        frame(model);
    }
    cmds
}

/// Types text, a key for each character.
pub fn type_text(model: &mut Model, text: &str) -> Vec<Cmd> {
    let key = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
    let cmds = text.chars().flat_map(|c| update(model, Msg::Key(key(c))));
    cmds.collect()
}

/// Draws nothing, but lets the lists be made anew.
pub fn frame(model: &mut Model) -> Vec<Cmd> {
    update(model, Msg::Frame(now()))
}

fn key_of(text: &str) -> KeyEvent {
    event_of(text.parse().unwrap())
}

/// The event of a key.
pub fn event_of(chord: Chord) -> KeyEvent {
    let codes = (32..127_u8).map(|c| KeyCode::Char(char::from(c)));
    let named = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
    ];
    let modifiers = [KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT];
    let all = codes.chain(named).chain((1..=12).map(KeyCode::F));
    let mut events = all.flat_map(|code| modifiers.map(|m| KeyEvent::new(code, m)));
    events
        .find(|event| Chord::of(*event) == Some(chord))
        .unwrap()
}

/// The screen as text, then its styles: for each row the runs of cells that are not plain.
pub fn picture(model: &Model) -> String {
    let buffer = buffer(model);
    let mut text = String::new();
    let mut styles = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut runs: Vec<(u16, u16, Style)> = Vec::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            line.push_str(cell.symbol());
            let style = cell.style();
            match runs.last_mut() {
                Some((_, end, same)) if *end == x && *same == style => *end = x + 1,
                _ => runs.push((x, x + 1, style)),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
        for (from, to, style) in runs {
            let words = style_words(style);
            if !words.is_empty() {
                writeln!(styles, "{y:>3} {from:>3}..{to:<3} {words}").unwrap();
            }
        }
    }
    format!("{text}--- styles\n{styles}")
}

/// The screen as text alone.
pub fn screen(model: &Model) -> String {
    let picture = picture(model);
    picture.split("--- styles").next().unwrap().to_owned()
}

/// The screen as cells.
pub fn buffer(model: &Model) -> Buffer {
    let (columns, rows) = model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| view(model, frame)).unwrap();
    terminal.backend().buffer().clone()
}

fn style_words(style: Style) -> String {
    use ratatui::style::Color;
    let mut words = Vec::new();
    if let Some(colour) = style.fg.filter(|colour| *colour != Color::Reset) {
        words.push(format!("{colour:?}"));
    }
    if let Some(colour) = style.bg.filter(|colour| *colour != Color::Reset) {
        words.push(format!("on {colour:?}"));
    }
    if !style.add_modifier.is_empty() {
        words.push(format!("{:?}", style.add_modifier));
    }
    words.join(" ")
}
