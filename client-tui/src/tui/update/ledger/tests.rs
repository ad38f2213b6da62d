//! What keys, news and replies do on the ledger.

use synod_proto::v1::{Deleted, LedgerEntry, ListLedgerResponse};

use super::*;
use crate::tui::{
    fixtures::{buffer, changes, frame, knowing, picture, press, reply, screen, three, type_text},
    msg::{Answer, Msg},
    update::update,
    view::run::{
        rounds_sample::{balloted, entries, entry},
        sample::disputed,
    },
};

fn answered(model: &mut Model, of: Scope, page: &str, entries: Vec<LedgerEntry>, next: &str) {
    let answer = ListLedgerResponse {
        entries,
        next_page_token: next.into(),
        ..ListLedgerResponse::default()
    };
    let call = Call::Ledger {
        of,
        page: page.into(),
    };
    reply(model, call, Ok(Answer::Ledger(Box::new(answer))));
}

fn of_run() -> Scope {
    Scope::Of {
        gate: "clarify".into(),
        subject: disputed().subject,
    }
}

/// All of it, read.
fn opened(columns: u16, rows: u16) -> Model {
    let mut model = knowing(three(), columns, rows);
    press(&mut model, "L");
    answered(&mut model, Scope::All, "", entries(), "");
    model
}

#[test]
fn pictures_of_the_ledger() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = opened(columns, rows);
        insta::assert_snapshot!(format!("ledger_{columns}x{rows}"), picture(&model));
        press(&mut model, "enter");
        insta::assert_snapshot!(format!("entry_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn on_a_run_it_is_about_its_gate_and_subject_and_a_key_shows_all() {
    let mut model = knowing(vec![balloted()], 100, 24);
    let asked = |of: Scope| {
        let page = String::new();
        [Cmd::Call(Call::Ledger { of, page })]
    };
    press(&mut model, "enter");
    assert_eq!(press(&mut model, "L"), asked(of_run()));
    assert!(screen(&model).contains("reading…"));
    answered(&mut model, of_run(), "", entries(), "");
    assert!(
        screen(&model).contains("Ledger (3) of clarify"),
        "{}",
        screen(&model)
    );
    assert_eq!(press(&mut model, "a"), asked(Scope::All));
    // What was asked before comes too late.
    answered(&mut model, of_run(), "", entries(), "");
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    assert_eq!(press(&mut model, "a"), asked(of_run()));
    press(&mut model, "esc");
    assert_eq!(*model.screen(), Screen::Run(balloted().id));
}

#[test]
fn an_entry_is_forgotten_after_a_question_and_the_place_is_kept() {
    let mut model = opened(100, 24);
    assert_eq!(press(&mut model, "j d"), []);
    assert!(screen(&model).contains("Forget what was decided about"));
    assert_eq!(press(&mut model, "n"), []);
    let id = entries()[1].id.clone();
    let forget = Call::Forget { entry: id.clone() };
    assert_eq!(press(&mut model, "d y"), [Cmd::Call(forget.clone())]);
    reply(&mut model, forget, Ok(Answer::Done));
    assert_eq!(model.ledger.rows.len(), 2);
    let gone = Deleted {
        kind: "ledger".into(),
        id,
    };
    let news = changes(&model, vec![Entity::Deleted(gone)]);
    update(&mut model, news);
    frame(&mut model);
    assert_eq!(model.ledger.rows.len(), 2);
    assert!(model.ledger.selected().is_some());
}

#[test]
fn the_feed_keeps_it_up_to_date_as_far_as_it_is_shown() {
    let mut model = opened(100, 24);
    press(&mut model, "j");
    let selected = model.ledger.spot.selected.clone();
    let mut other = entry(
        "1ed9e9",
        "resolved",
        "",
        "“etc.” leaves the list of cards open.",
    );
    other.gate = "analyze".into();
    let mut known = entries().remove(2);
    known.standing = "settled".into();
    known.disposition = "dismiss".into();
    let news = changes(
        &model,
        vec![Entity::Ledger(other.clone()), Entity::Ledger(known)],
    );
    update(&mut model, news);
    frame(&mut model);
    let shown = screen(&model);
    assert!(
        shown.contains("Ledger (4)") && shown.contains("not an issue"),
        "{shown}"
    );
    assert_eq!(model.ledger.spot.selected, selected);
    model.ledger.scope = of_run();
    other.id = "f".repeat(32);
    let news = changes(&model, vec![Entity::Ledger(other)]);
    update(&mut model, news);
    assert_eq!(model.ledger.entries.len(), 4, "another gate's is not shown");
}

#[test]
fn it_is_read_again_after_a_snapshot_and_a_failure_says_why() {
    let mut model = opened(100, 24);
    let snapshot = crate::tui::fixtures::snapshot(three(), 200);
    let cmds = update(&mut model, Msg::Link(snapshot));
    let of = Scope::All;
    let call = Call::Ledger {
        of,
        page: String::new(),
    };
    assert!(cmds.contains(&Cmd::Call(call.clone())), "{cmds:?}");
    reply(&mut model, call.clone(), Err("no daemon"));
    let shown = screen(&model);
    assert!(shown.contains("could not be read: no daemon") && shown.contains("r tries again"));
    assert_eq!(press(&mut model, "r"), [Cmd::Call(call)]);
}

#[test]
fn pages_follow_one_another_and_none_comes_twice() {
    let mut model = knowing(three(), 100, 24);
    press(&mut model, "L");
    answered(&mut model, Scope::All, "", entries()[..2].to_vec(), "more");
    assert!(screen(&model).contains("Ledger (2+)"));
    let page = "more".to_owned();
    let of = Scope::All;
    assert_eq!(
        press(&mut model, "m"),
        [Cmd::Call(Call::Ledger { of, page })]
    );
    answered(&mut model, Scope::All, "more", entries()[1..].to_vec(), "");
    answered(&mut model, Scope::All, "more", entries()[1..].to_vec(), "");
    assert_eq!(model.ledger.rows.len(), 3);
    assert_eq!(press(&mut model, "m"), []);
}

#[test]
fn a_filter_narrows_and_esc_widens_before_it_leaves() {
    let mut model = opened(100, 24);
    press(&mut model, "/");
    type_text(&mut model, "refunds");
    press(&mut model, "enter");
    assert_eq!(model.ledger.rows, [entries()[1].id.clone()]);
    press(&mut model, "enter esc");
    assert_eq!(model.ledger.rows.len(), 1);
    press(&mut model, "esc");
    assert_eq!(model.ledger.rows.len(), 3);
    press(&mut model, "esc");
    assert_eq!(*model.screen(), Screen::Runs);
}

#[test]
fn nothing_is_forgotten_in_the_past() {
    let mut model = opened(100, 24);
    press(&mut model, "T");
    press(&mut model, "d");
    assert!(model.layers.is_empty());
    assert!(
        screen(&model).contains("this is the past"),
        "{}",
        screen(&model)
    );
}

/// O13
#[test]
fn nothing_an_agent_said_reaches_the_terminal_raw() {
    let evil = "\u{1b}[2Jowned\u{1b}]52;c;eA==\u{7}\u{9b}1m\u{202e}\t\r\n";
    let mut hostile = entries().remove(0);
    for text in [
        &mut hostile.claim,
        &mut hostile.gate,
        &mut hostile.subject,
        &mut hostile.kind,
        &mut hostile.standing,
        &mut hostile.disposition,
        &mut hostile.answer,
        &mut hostile.by,
        &mut hostile.from,
        &mut hostile.quote,
        &mut hostile.paths[0],
    ] {
        text.push_str(evil);
    }
    for keys in ["", "enter", "d", "a"] {
        let mut model = knowing(three(), 120, 40);
        press(&mut model, "L");
        answered(&mut model, Scope::All, "", vec![hostile.clone()], "");
        press(&mut model, keys);
        for cell in buffer(&model).content() {
            let raw = |c: char| c.is_control() || c == '\u{202e}';
            assert!(
                !cell.symbol().contains(raw),
                "{:?} after {keys:?}",
                cell.symbol()
            );
        }
    }
}
