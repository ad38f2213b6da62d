//! What a frame of the terminal UI costs, by how much there is to show: one change taken in, lists made anew, the
//! screen drawn, the cells that differ encoded. In this process, without a terminal.

use std::io;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{Timestamp, tz::TimeZone};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};
use synod_client::tui::{
    model::Model,
    msg::{LinkNews, Msg},
    settings::Settings,
    theme::Depth,
    update::update,
    view::view,
};
use synod_proto::v1::{self, change::Entity};

use crate::{Bench, sample::Sample, table::Target};

const FEW: usize = 100;
const MANY: usize = 10_000;
const FRAMES: usize = 2_000;
const SIZE: (u16, u16) = (120, 40);
const BEGIN: i64 = 1_772_366_400;

/// What is on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The list of as many runs, each of one execution.
    Runs,
    /// One run of as many executions.
    Run,
}

pub fn measure(bench: &mut Bench) {
    for (shown, what) in [
        (Shown::Run, "one run of"),
        (Shown::Runs, "the list of as many runs with"),
    ] {
        let few = frames(shown, FEW);
        let many = frames(shown, MANY);
        let name = format!("terminal UI, a frame: {what} 10,000 executions");
        let target = Target::AtMost {
            must: 4.0,
            aim: 1.5,
        };
        bench
            .table
            .millis(&format!("{name}, p99"), &many, 99.0, target);
        let target = Target::AtMost {
            must: 1.3,
            aim: 1.05,
        };
        let name = format!("{name} / the same with 100");
        bench.table.over(&name, &many, few.p50(), target);
    }
}

fn frames(shown: Shown, executions: usize) -> Sample {
    let settings = Settings::plain(Depth::Palette);
    let now = Timestamp::new(BEGIN + 100, 0).unwrap();
    let mut model = Model::new(settings, SIZE, now, TimeZone::UTC);
    let snapshot = Box::new(v1::Snapshot {
        revision: 1,
        runs: runs(shown, executions),
        ..v1::Snapshot::default()
    });
    let feed_id = "feed".to_owned();
    update(
        &mut model,
        Msg::Link(LinkNews::Snapshot { feed_id, snapshot }),
    );
    update(&mut model, Msg::Frame(now));
    if shown == Shown::Run {
        let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        update(&mut model, Msg::Key(enter));
    }
    let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1));
    let backend = CrosstermBackend::new(io::sink());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    let mut revision = 1;
    Sample::of(FRAMES, || {
        revision += 1;
        let change = change(shown, executions, revision);
        update(&mut model, Msg::Link(LinkNews::Changes(vec![change])));
        let now = Timestamp::new(BEGIN + 100 + (revision / 30) as i64, 0).unwrap();
        update(&mut model, Msg::Frame(now));
        terminal.draw(|frame| view(&model, frame)).unwrap();
    })
}

fn at(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: BEGIN + seconds,
        nanos: 0,
    }
}

fn runs(shown: Shown, executions: usize) -> Vec<v1::Run> {
    let run = |number: usize, executions: Vec<v1::Execution>| v1::Run {
        id: format!("{number:032x}"),
        name: format!("job#{number}"),
        state: "executing".to_owned(),
        kind: "gate".to_owned(),
        revision: 1,
        created_at: Some(at((number % 90) as i64)),
        executions,
        ..v1::Run::default()
    };
    match shown {
        Shown::Run => vec![run(0, (0..executions).map(|n| execution(0, n)).collect())],
        Shown::Runs => (0..executions)
            .map(|n| run(n, vec![execution(n, n)]))
            .collect(),
    }
}

fn execution(run: usize, number: usize) -> v1::Execution {
    let attempt = v1::Attempt {
        id: format!("a{number:031x}"),
        execution_id: format!("e{number:031x}"),
        run_id: format!("{run:032x}"),
        number: 1,
        state: "running".to_owned(),
        started_at: Some(at(1)),
        revision: 1,
        ..v1::Attempt::default()
    };
    v1::Execution {
        id: attempt.execution_id.clone(),
        run_id: attempt.run_id.clone(),
        agent: format!("agent-{number}"),
        state: "running".to_owned(),
        family: "family".to_owned(),
        provider: "local".to_owned(),
        queued_at: Some(at(0)),
        position: Some(number as u32),
        revision: 1,
        attempts: vec![attempt],
        ..v1::Execution::default()
    }
}

/// In turn: an agent prints, an execution moves on, a run comes to another group, so that the list is another one.
fn change(shown: Shown, executions: usize, revision: u64) -> v1::Change {
    let number = (revision as usize).wrapping_mul(7_919) % executions;
    let run = if shown == Shown::Run { 0 } else { number };
    let entity = match revision % 3 {
        0 => Entity::Progress(v1::AttemptProgress {
            attempt_id: format!("a{number:031x}"),
            execution_id: format!("e{number:031x}"),
            run_id: format!("{run:032x}"),
            output_bytes: revision * 100,
            last_line: format!("line {revision}"),
            last_output_at: Some(at(100)),
            revision,
            ..v1::AttemptProgress::default()
        }),
        1 => {
            let mut execution = execution(run, number);
            execution.attempts.clear();
            "validating".clone_into(&mut execution.state);
            execution.revision = revision;
            Entity::Execution(execution)
        }
        _ => {
            let mut run = runs(Shown::Runs, 1).remove(0);
            run.executions.clear();
            let state = ["executing", "awaiting-human"][usize::from(revision.is_multiple_of(2))];
            state.clone_into(&mut run.state);
            run.revision = revision;
            Entity::Run(run)
        }
    };
    v1::Change {
        revision,
        at: Some(at(100)),
        entity: Some(entity),
        ..v1::Change::default()
    }
}
