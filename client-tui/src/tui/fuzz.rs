//! Any screen, any layer, at any size, after anything: it is drawn, and the cursor is on it (T4).
//!
//! proptest prints the steps that fail, and the seed they came from.

use std::{mem, sync::LazyLock};

use crossterm::event::{KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};
use synod_proto::v1::{
    AttemptProgress, Calibration, Deleted, GetCalibrationResponse, ListGatesResponse,
    ListLedgerResponse, ListRunsResponse, Recall, Run, Snapshot, Usage, change::Entity,
};

use super::{
    fixtures::{blank, changes, event_of, knowing, now, other, snapshot, three},
    keys::{BINDINGS, Chord},
    model::Model,
    msg::{Answer, Call, Cmd, LinkNews, Msg, OutputNews, OutputWish, Reply},
    settings::Settings,
    spoken,
    theme::Depth,
    update::update,
    view::{run::rounds_sample, view},
};
use crate::{link::Away, render::samples};

/// Every key that means something, and some that are only text.
static KEYS: LazyLock<Vec<KeyEvent>> = LazyLock::new(|| {
    let bound = BINDINGS.iter().flat_map(|binding| binding.keys);
    let others = [
        "ctrl-s", "space", "left", "right", "delete", "ctrl-w", "é", "日", "!", "-", "0", "/",
        "ctrl-y",
    ];
    let all = bound
        .chain(&others)
        .map(|key| key.parse::<Chord>().unwrap());
    all.filter(|chord| chord.to_string().is_ascii())
        .map(event_of)
        .collect()
});

const HOSTILE: [&str; 6] = [
    "plain words",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "日本語のとても長い行です、折り返しが必要です",
    "a\u{202e}b\u{200d}c\u{301}\u{301}\u{301}",
    "",
    "one\ntwo\r\nthree\ttab a_word_that_is_much_longer_than_any_narrow_column_could_ever_be",
];

#[derive(Debug, Clone)]
enum Step {
    Key(usize),
    Type(char),
    Paste(usize),
    Mouse(u8, u16, u16),
    Resize(u16, u16),
    Set(u8, u8, u8),
    Delete(u8, u8),
    Flood(u8),
    Snapshot(u8),
    Link(u8),
    /// Everything that was asked is answered: well, or with a refusal.
    Answers(u8),
    Tick(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => any::<usize>().prop_map(Step::Key),
        3 => any::<char>().prop_map(Step::Type),
        1 => (0..HOSTILE.len()).prop_map(Step::Paste),
        2 => (any::<u8>(), 0..500_u16, 0..200_u16).prop_map(|(k, x, y)| Step::Mouse(k, x, y)),
        3 => sizes().prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        6 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(k, r, w)| Step::Set(k, r, w)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(k, r)| Step::Delete(k, r)),
        1 => any::<u8>().prop_map(Step::Flood),
        1 => any::<u8>().prop_map(Step::Snapshot),
        1 => any::<u8>().prop_map(Step::Link),
        6 => any::<u8>().prop_map(Step::Answers),
        2 => any::<u16>().prop_map(Step::Tick),
    ]
}

fn sizes() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![
        2 => (1..=60_u16, 1..=20_u16),
        2 => (60..=140_u16, 10..=50_u16),
        1 => (1..=500_u16, 1..=200_u16),
        1 => Just((40, 10)),
        1 => Just((1, 1)),
    ]
}

struct World {
    model: Model,
    calls: Vec<Call>,
    wishes: Vec<OutputWish>,
    completions: Vec<String>,
}

impl World {
    fn tell(&mut self, msg: Msg) {
        for cmd in update(&mut self.model, msg) {
            match cmd {
                Cmd::Call(call) => self.calls.push(call),
                Cmd::Output(wish) => self.wishes.push(wish),
                Cmd::Complete(typed) => self.completions.push(typed),
                _ => {}
            }
        }
    }

    fn does(&mut self, step: Step) {
        match step {
            Step::Key(key) => self.tell(Msg::Key(KEYS[key % KEYS.len()])),
            Step::Type(c) => {
                let code = crossterm::event::KeyCode::Char(c);
                self.tell(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
            }
            Step::Paste(text) => self.tell(Msg::Paste(HOSTILE[text].to_owned())),
            Step::Mouse(kind, column, row) => {
                let kind = match kind % 4 {
                    0 => MouseEventKind::ScrollUp,
                    1 => MouseEventKind::ScrollDown,
                    2 => MouseEventKind::Moved,
                    _ => MouseEventKind::Down(MouseButton::Left),
                };
                self.tell(Msg::Mouse(MouseEvent {
                    kind,
                    column,
                    row,
                    modifiers: KeyModifiers::NONE,
                }));
            }
            Step::Resize(columns, rows) => self.tell(Msg::Resize(columns, rows)),
            Step::Set(kind, run, way) => {
                let entity = entity(kind, run, way);
                let news = changes(&self.model, vec![entity]);
                self.tell(news);
            }
            Step::Delete(kind, run) => {
                let news = changes(&self.model, deletions(kind, run));
                self.tell(news);
            }
            Step::Flood(way) => {
                let entities = (0..200_u8).map(|n| entity(n ^ way, n, way));
                let news = changes(&self.model, entities.collect());
                self.tell(news);
            }
            Step::Snapshot(way) => {
                let mut runs = three();
                runs.extend(spoken::all().into_iter().take(2));
                runs.rotate_left(usize::from(way % 5));
                runs.truncate(usize::from(way % 4));
                let mut news = snapshot(runs, self.model.live.revision() + u64::from(way % 7));
                if let LinkNews::Snapshot { snapshot, .. } = &mut news {
                    "fell-behind".clone_into(&mut snapshot.cause);
                    snapshot.older_runs = u64::from(way % 3);
                }
                self.tell(Msg::Link(news));
            }
            Step::Link(way) => self.tell(Msg::Link(match way % 4 {
                0 => LinkNews::Away(Away::Lost),
                1 => LinkNews::Connected(Box::new(samples::daemon())),
                2 => LinkNews::OtherProtocol {
                    theirs: 9,
                    version: HOSTILE[1].to_owned(),
                },
                _ => LinkNews::Refused(HOSTILE[5].to_owned()),
            })),
            Step::Answers(way) => self.answers(way),
            Step::Tick(ms) => {
                let then = self.model.now + SignedDuration::from_millis(i64::from(ms));
                self.tell(Msg::Frame(then));
            }
        }
    }

    fn answers(&mut self, way: u8) {
        for call in mem::take(&mut self.calls) {
            let outcome = if way.is_multiple_of(4) {
                Err(HOSTILE[usize::from(way / 4) % HOSTILE.len()].to_owned())
            } else {
                Ok(answer(&call, way, &self.model))
            };
            self.tell(Msg::Reply(Box::new(Reply { call, outcome })));
        }
        for wish in mem::take(&mut self.wishes) {
            for news in news_of(&wish, way) {
                self.tell(Msg::Output(news));
            }
        }
        for typed in mem::take(&mut self.completions) {
            let names = HOSTILE.iter().take(usize::from(way % 6));
            let paths = names.map(|name| format!("{typed}{name}")).collect();
            self.tell(Msg::Completions { typed, paths });
        }
    }

    /// What the pump does for a frame.
    fn draw(&mut self) {
        let at = self.model.now;
        self.tell(Msg::Frame(at));
        let (columns, rows) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        let backend = terminal.backend();
        if backend.cursor_visible() {
            let at = backend.cursor_position();
            assert!(
                at.x < columns && at.y < rows,
                "cursor at {at}, {columns}×{rows}"
            );
        }
        let hostile = |symbol: &str| symbol.contains(|c: char| c.is_control() || c == '\u{202e}');
        for cell in backend.buffer().content() {
            assert!(!hostile(cell.symbol()), "{:?}", cell.symbol());
        }
    }
}

fn run(n: u8) -> Run {
    let run = match n % 10 {
        7 => rounds_sample::balloted(),
        8 => rounds_sample::in_ballot(),
        9 => rounds_sample::blind(),
        4 => spoken::at_work(),
        5 => spoken::asking(),
        6 => spoken::done(),
        0 => samples::asking(),
        1 => samples::running(),
        2 => samples::without_quorum(),
        _ => samples::ended_command(),
    };
    let first = char::from_digit(u32::from(n % 16), 16).unwrap_or('0');
    other(run, &first.to_string())
}

/// One thing of one run, in some state, saying something.
fn entity(kind: u8, n: u8, way: u8) -> Entity {
    let mut run = run(n);
    let text = HOSTILE[usize::from(way) % HOSTILE.len()].to_owned();
    let pick = |len: usize| usize::from(way) % len.max(1);
    let at = pick(run.executions.len());
    match kind % 7 {
        6 => {
            let words = ["settled", "resolved", "watched", "odd", HOSTILE[1]];
            let mut entry = rounds_sample::entry(
                &format!("{:x}", n % 5),
                words[pick(5)],
                words[pick(4)],
                &text,
            );
            entry.quote.clone_from(&text);
            entry.by.clone_from(&text);
            entry.answer = text;
            Entity::Ledger(entry)
        }
        1 => {
            let mut execution = run.executions.swap_remove(at);
            execution.attempts.clear();
            execution.agent = format!("{}{way}", execution.agent);
            execution.detail = text;
            Entity::Execution(execution)
        }
        2 | 3 if !run.executions[at].attempts.is_empty() => {
            let mut attempt = run.executions[at].attempts.swap_remove(0);
            attempt.number = u32::from(way % 3) + 1;
            if kind % 7 == 2 {
                attempt.usage = used(way);
                attempt.session_id.clone_from(&text);
                attempt.final_text = Some(text);
                attempt.retry_at = Some(samples::at(i64::from(way) << (way % 60)));
                return Entity::Attempt(attempt);
            }
            Entity::Progress(AttemptProgress {
                attempt_id: attempt.id,
                execution_id: attempt.execution_id,
                run_id: attempt.run_id,
                output_bytes: u64::from(way) << (way % 50),
                last_line: text.clone(),
                last_output_at: Some(samples::at(i64::from(way))),
                activity: text.clone(),
                session_id: text.clone(),
                model: text,
                steps: (!way.is_multiple_of(2)).then_some(u32::from(way)),
                usage: used(way),
                transcript_bytes: u64::from(way) << (way % 40),
                ..AttemptProgress::default()
            })
        }
        4 if !run.findings.is_empty() => {
            let at = pick(run.findings.len());
            let mut finding = run.findings.swap_remove(at);
            finding.ballots.iter_mut().for_each(|cast| {
                cast.agent.clone_from(&text);
                cast.answer.clone_from(&text);
            });
            if let Some(basis) = &mut finding.basis {
                basis.agent.clone_from(&text);
                basis.reason.clone_from(&text);
            }
            finding.text = text;
            finding.run_id = run.id;
            Entity::Finding(finding)
        }
        5 if !run.questions.is_empty() => {
            let at = pick(run.questions.len());
            let mut question = run.questions.swap_remove(at);
            let states = ["open", "later", "settled", "odd", "withdrawn"];
            question.state = states[pick(states.len())].to_owned();
            if let Some(asked) = &mut question.permission {
                asked.what.clone_from(&text);
                asked.paths = HOSTILE.map(str::to_owned)[..pick(6)].to_vec();
                asked.option_kinds.truncate(pick(4));
            }
            question.due_at =
                (!way.is_multiple_of(3)).then(|| samples::at(i64::from(way) << (way % 50)));
            question.reminders = Some(u32::from(way % 4));
            question.audit = way.is_multiple_of(5);
            question.answered_from.clone_from(&text);
            question.text = text;
            question.options = HOSTILE.map(str::to_owned)[..pick(6)].to_vec();
            Entity::Question(question)
        }
        _ => {
            let states = ["executing", "awaiting-human", "passed", "cancelled", "odd"];
            let state = states[pick(states.len())].to_owned();
            let name = if way.is_multiple_of(7) {
                text
            } else {
                run.name
            };
            Entity::Run(Run {
                state,
                name,
                open_questions: (!way.is_multiple_of(2)).then_some(u32::from(way % 5)),
                executions: Vec::new(),
                findings: Vec::new(),
                questions: Vec::new(),
                verdict: None,
                ..run
            })
        }
    }
}

/// What hardly anybody can have used, too.
fn used(way: u8) -> Option<Usage> {
    let costs = [0.0, 0.005, 12.5, f64::NAN, f64::INFINITY, -1.0, 1e300];
    let cost = costs.get(usize::from(way % 9)).copied();
    (!way.is_multiple_of(4)).then(|| Usage {
        input_tokens: Some(u32::from(way) << (way % 24)),
        output_tokens: (!way.is_multiple_of(3)).then_some(u32::MAX),
        cost_usd: cost,
        estimated: cost.map(|_| way.is_multiple_of(2)),
        ..Usage::default()
    })
}

fn deletions(kind: u8, n: u8) -> Vec<Entity> {
    let run = run(n);
    let gone = |kind: &str, id: &str| {
        Entity::Deleted(Deleted {
            kind: kind.to_owned(),
            id: id.to_owned(),
        })
    };
    match kind % 6 {
        5 => vec![gone(
            "ledger",
            &rounds_sample::entry(&format!("{:x}", n % 5), "", "", "").id,
        )],
        0 => run
            .findings
            .iter()
            .map(|f| gone("finding", &f.id))
            .collect(),
        1 => run
            .questions
            .iter()
            .map(|q| gone("question", &q.id))
            .collect(),
        2 => {
            let attempts = run.executions.iter().flat_map(|e| &e.attempts);
            attempts
                .flat_map(|a| [gone("progress", &a.id), gone("attempt", &a.id)])
                .collect()
        }
        3 => run
            .executions
            .iter()
            .map(|e| gone("execution", &e.id))
            .collect(),
        _ => vec![gone("verdict", &run.id), gone("run", &run.id)],
    }
}

fn answer(call: &Call, way: u8, model: &Model) -> Answer {
    match call {
        Call::RunGate { .. } if way % 4 == 1 => Answer::Attached(Box::new(run(way))),
        Call::GetRun { run: id } => {
            let whole = model.live.compose_run(id);
            Answer::Run(Box::new(whole.unwrap_or_else(|| run(way))))
        }
        Call::RunGate { .. }
        | Call::RunAgent { .. }
        | Call::RunCommand { .. }
        | Call::Retry { .. } => Answer::Run(Box::new(run(way))),
        Call::CancelRun { .. }
        | Call::CancelExecution { .. }
        | Call::Answer { .. }
        | Call::AnswerRest { .. }
        | Call::Forget { .. } => Answer::Done,
        Call::RunCheckpoint { .. } => Answer::Checkpoint((0..way % 4).map(run).collect()),
        Call::Calibration => Answer::Calibration(Box::new(calibration(way))),
        Call::Ledger { page, .. } => Answer::Ledger(Box::new(ListLedgerResponse {
            entries: rounds_sample::entries(),
            next_page_token: format!("{page}x").repeat(usize::from(way % 2)),
            ..ListLedgerResponse::default()
        })),
        Call::ListRuns { .. } => Answer::Runs(Box::new(ListRunsResponse {
            runs: vec![run(way)],
            next_page_token: "more".repeat(usize::from(way % 2)),
            ..ListRunsResponse::default()
        })),
        Call::Agents => Answer::Agents(Box::new(samples::agents())),
        Call::Gates => Answer::Gates(Box::new(ListGatesResponse {
            gates: vec![samples::gate(); usize::from(way % 3)],
        })),
        Call::DaemonStatus => Answer::DaemonStatus(Box::new(samples::daemon())),
        Call::Snapshot { at } => Answer::Snapshot(Box::new(Snapshot {
            revision: *at,
            runs: three(),
            ..Snapshot::default()
        })),
        Call::History { until, .. } => {
            let mut changes = samples::changes();
            changes.retain(|change| change.revision <= *until);
            Answer::History(changes)
        }
    }
}

/// What no daemon would count, too.
fn calibration(way: u8) -> GetCalibrationResponse {
    let figure = |n: u32| Calibration {
        name: HOSTILE[usize::from(way) % HOSTILE.len()].to_owned(),
        right: n << (way % 32),
        judged: u32::MAX,
        low_permille: n.is_multiple_of(2).then_some(u32::MAX),
        high_permille: Some(n),
        weighed_permille: Some(n),
        ..Calibration::default()
    };
    GetCalibrationResponse {
        agents: (0..u32::from(way % 30)).map(figure).collect(),
        families: (0..u32::from(way % 3)).map(figure).collect(),
        recall: vec![Recall::default(); usize::from(way % 5)],
        notes: HOSTILE.map(str::to_owned)[..usize::from(way % 6)].to_vec(),
        correlation_permille: Some(u32::MAX),
        weights_permille: [(HOSTILE[1].to_owned(), u32::from(way))].into(),
        ..GetCalibrationResponse::default()
    }
}

fn news_of(wish: &OutputWish, way: u8) -> Vec<OutputNews> {
    let bytes = HOSTILE
        .join("\n")
        .repeat(usize::from(way % 40))
        .into_bytes();
    match *wish {
        OutputWish::Read {
            ticket,
            offset,
            limit,
            ..
        } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let bytes = bytes[..bytes.len().min(limit)].to_vec();
            let end = offset + bytes.len() as u64;
            let read = OutputNews::Bytes {
                ticket,
                offset,
                bytes,
            };
            vec![
                read,
                OutputNews::End {
                    ticket,
                    offset: end,
                },
            ]
        }
        OutputWish::Follow { ticket, offset, .. } if way.is_multiple_of(5) => {
            let why = HOSTILE[1].to_owned();
            let failed = OutputNews::Failed { ticket, why };
            vec![
                OutputNews::Bytes {
                    ticket,
                    offset,
                    bytes,
                },
                failed,
            ]
        }
        OutputWish::Follow { ticket, offset, .. } => {
            let away = OutputNews::Away { ticket };
            vec![
                OutputNews::Bytes {
                    ticket,
                    offset,
                    bytes,
                },
                away,
            ]
        }
        OutputWish::Search { ticket, from, .. } if way.is_multiple_of(2) => {
            vec![OutputNews::Found {
                ticket,
                offset: from,
            }]
        }
        OutputWish::Search { ticket, .. } => vec![OutputNews::NotFound { ticket }],
        OutputWish::Unfollow | OutputWish::StopSearch => Vec::new(),
    }
}

/// Few, for every build; `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(64, |_| asked.cases);
    ProptestConfig { cases, ..asked }
}

const DEPTHS: [Depth; 4] = [Depth::None, Depth::Sixteen, Depth::Palette, Depth::True];

proptest! {
    #![proptest_config(cases())]

    /// T4
    #[test]
    fn nothing_that_happens_at_any_size_is_more_than_can_be_drawn(
        (columns, rows) in sizes(),
        depth in 0..4_usize,
        begins in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let mut model = if begins { blank(columns, rows) } else {
            let mut runs = three();
            runs.extend(spoken::all().into_iter().take(2));
            runs.push(rounds_sample::balloted());
            runs.push(other(rounds_sample::blind(), "b"));
            knowing(runs, columns, rows)
        };
        model.settings = Settings::plain(DEPTHS[depth]);
        model.now = now();
        let mut world = World {
            model,
            calls: Vec::new(),
            wishes: Vec::new(),
            completions: Vec::new(),
        };
        for (index, step) in steps.into_iter().enumerate() {
            world.does(step);
            // Keys may come faster than frames.
            if index % 3 != 1 {
                world.draw();
            }
        }
        world.draw();
    }
}
