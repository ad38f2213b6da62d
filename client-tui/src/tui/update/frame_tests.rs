//! The finish of the frame: help, hints, palette, toasts, banners, the wheel.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use unicode_width::UnicodeWidthStr as _;

use super::palette_matches;
use crate::{
    link::Away,
    render::{Tone, samples},
    tui::{
        fixtures::{configured, frame, knowing, picture, press, screen, three, type_text},
        keys::Action,
        model::{Model, Screen},
        msg::{LinkNews, Msg},
        update::update,
    },
};

fn offered(model: &Model, typed: &str) -> Vec<Action> {
    palette_matches(model, typed)
        .iter()
        .map(|b| b.action)
        .collect()
}

#[test]
fn the_palette_puts_a_name_before_a_description_and_the_nearest_name_first() {
    let model = configured(three(), 80, 24);
    assert_eq!(offered(&model, "quit").first(), Some(&Action::Quit));
    assert_eq!(offered(&model, "can").first(), Some(&Action::Cancel));
    assert_eq!(offered(&model, "newg").first(), Some(&Action::NewGate));
    assert!(offered(&model, "specification").contains(&Action::NewGate));
    assert!(offered(&model, "zzz").is_empty());
}

#[test]
fn the_palette_offers_nothing_that_cannot_be_done_here() {
    let mut model = configured(three(), 80, 24);
    let all = offered(&model, "");
    assert!(all.contains(&Action::NewGate) && all.contains(&Action::Cancel));
    for action in [
        Action::StartDaemon,
        Action::GoRuns,
        Action::Older,
        Action::Down,
    ] {
        assert!(!all.contains(&action), "{action:?}");
    }
    press(&mut model, "G");
    assert!(!offered(&model, "").contains(&Action::Cancel), "it is over");
    press(&mut model, "T");
    let past = offered(&model, "");
    assert!(past.contains(&Action::Earlier) && past.contains(&Action::TimeTravel));
    assert!(!past.contains(&Action::NewGate) && !past.contains(&Action::Retry));
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    assert!(offered(&model, "").contains(&Action::StartDaemon));
}

#[test]
fn hints_are_whole_and_help_and_quit_always_stay() {
    for keys in ["", "enter", "Q", "E", "A", "T", "o"] {
        for columns in [20, 30, 40, 60, 80, 120] {
            let mut model = configured(three(), columns, 24);
            press(&mut model, keys);
            let shown = screen(&model);
            let line = shown.lines().last().unwrap();
            assert!(
                line.ends_with("? help  q quit"),
                "{columns}, {keys}: {line:?}"
            );
            assert!(line.width() <= usize::from(columns));
        }
    }
}

#[test]
fn the_wheel_moves_whatever_the_keys_are() {
    let mut model = knowing(three(), 80, 24);
    model.settings.keys =
        crate::tui::keys::KeyMap::with([(Action::Down, vec!["z".parse().unwrap()])].into())
            .unwrap();
    let before = model.runs.cursor.index;
    let wheel = MouseEvent {
        kind: MouseEventKind::ScrollDown,
        column: 5,
        row: 5,
        modifiers: KeyModifiers::NONE,
    };
    update(&mut model, Msg::Mouse(wheel));
    assert!(model.runs.cursor.index > before);
    assert_eq!(*model.screen(), Screen::Runs);
}

#[test]
fn a_click_selects_a_row_of_a_run_and_a_second_one_opens_it() {
    let mut model = configured(three(), 100, 30);
    press(&mut model, "enter");
    let click = |model: &mut Model, words: &str| {
        let shown = screen(model);
        let row = shown.lines().position(|line| line.contains(words)).unwrap();
        update(
            model,
            Msg::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: 10,
                row: u16::try_from(row).unwrap(),
                modifiers: KeyModifiers::NONE,
            }),
        );
        frame(model);
    };
    click(&mut model, "testability ");
    let selected = model.run.executions.selected.clone().unwrap();
    assert_eq!(
        model.live.execution(&selected).unwrap().agent,
        "testability"
    );
    click(&mut model, "Refunds take 14");
    let selected = model.run.findings.selected.clone().unwrap();
    assert!(
        model
            .live
            .finding(&selected)
            .unwrap()
            .text
            .starts_with("Refunds")
    );
    assert!(model.run.reader.is_none());
    click(&mut model, "▸  2");
    assert!(model.run.reader.is_some(), "{}", screen(&model));
}

#[test]
fn a_long_toast_is_wrapped_and_stays_longer() {
    let mut model = knowing(three(), 40, 20);
    let long = "expected a file or a folder that can be read, found nothing at examples/check-out; \
                the nearest is examples/checkout";
    let now = model.now;
    model.toasts.add(long, Tone::Bad, now);
    let shown = screen(&model);
    assert!(shown.contains("✗ expected a file"), "{shown}");
    assert!(shown.contains("examples/checkout"), "{shown}");
    let stays = model
        .toasts
        .next_end()
        .unwrap()
        .duration_since(now)
        .as_secs();
    assert_eq!(stays, 8);
}

fn banner(news: LinkNews, columns: u16, rows: u16) -> Model {
    let mut model = knowing(three(), columns, rows);
    update(&mut model, Msg::Link(news));
    frame(&mut model);
    model
}

#[test]
fn banners_can_be_read_at_80_columns() {
    let stopped = || LinkNews::Away(Away::Stopped);
    let other = || LinkNews::OtherProtocol {
        theirs: 2,
        version: "0.2.0".into(),
    };
    for (news, end) in [(stopped(), "was known last."), (other(), "was known last.")] {
        let shown = screen(&banner(news, 80, 24));
        assert!(shown.contains(end), "{shown}");
    }
    let narrow = screen(&banner(stopped(), 40, 10));
    assert!(narrow.contains(":start-daemon starts"), "{narrow}");
}

#[test]
fn the_frame_looks_so() {
    for (columns, rows) in [(80, 24), (40, 10)] {
        for (name, keys, typed) in [
            ("help", "?", ""),
            ("help_below", "Q ? pagedown", ""),
            ("palette", ":", "ru"),
        ] {
            let mut model = configured(three(), columns, rows);
            press(&mut model, keys);
            type_text(&mut model, typed);
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), picture(&model));
        }
        let model = banner(LinkNews::Away(Away::Stopped), columns, rows);
        insta::assert_snapshot!(format!("banner_{columns}x{rows}"), picture(&model));
        let mut model = knowing(vec![samples::running()], columns, rows);
        let why = "the daemon refuses: expected a gate, found \"clarfy\"; did you mean clarify?";
        let now = model.now;
        model.toasts.add("clarify/search#2 passed", Tone::Good, now);
        model.toasts.add(why, Tone::Bad, now);
        insta::assert_snapshot!(format!("toasts_{columns}x{rows}"), picture(&model));
    }
}
