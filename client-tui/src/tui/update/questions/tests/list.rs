//! The list, what is read of it, and how it is moved in.

use super::*;

#[test]
fn questions_stand_by_run_and_section_the_most_urgent_first_and_what_was_put_off_last() {
    let mut model = asked();
    let waiting = [
        "Waiting 3f9a 3",
        "spec.md:Payment",
        "7c1e",
        "cafe",
        "spec.md:Orders",
        "b0b0",
        "Waiting 5e1f 1",
        "tasks.md:Tasks",
        "ace0",
        "PutOff 3f9a 1",
        "spec.md:Orders",
        "dada",
    ];
    assert_eq!(rows(&model), waiting);
    press(&mut model, "s");
    assert_eq!(
        rows(&model)[12..],
        ["Settled 3f9a 1", "spec.md:Payment", "99d0"]
    );
    press(&mut model, "s");
    assert_eq!(rows(&model), waiting);
}

#[test]
fn what_a_snapshot_left_out_is_read() {
    let mut runs = samples::asking_much();
    runs[0].questions.clear();
    let missing = runs[0].id.clone();
    for run in &mut runs {
        run.open_questions = Some(4);
    }
    runs[0].open_questions = Some(1);
    let mut model = knowing(runs, 100, 24);
    let read = |run: &str| {
        Cmd::Call(Call::GetRun {
            run: run.to_owned(),
        })
    };
    assert_eq!(press(&mut model, "Q"), [read(&missing)]);
    let whole = samples::asking_much().swap_remove(0);
    let get = Call::GetRun { run: missing };
    reply(&mut model, &get, Ok(Answer::Run(Box::new(whole))));
    assert!(rows(&model).contains(&"ace0".to_owned()));
    let again = Msg::Link(fixtures::snapshot(samples::asking_much(), 101));
    assert_eq!(update(&mut model, again), []);
}

#[test]
fn one_runs_questions_are_its_own_and_back_leads_to_all() {
    let mut model = asked();
    let run = samples::asking_much()[0].id.clone();
    press(&mut model, "o");
    assert!(matches!(model.screen(), Screen::Run(_)));
    model.push(Screen::Questions);
    super::super::enter(&mut model, Some(run));
    fixtures::frame(&mut model);
    assert_eq!(rows(&model), ["Waiting 5e1f 1", "tasks.md:Tasks", "ace0"]);
    press(&mut model, "esc esc");
    assert_eq!(rows(&model).len(), 12);
}

#[test]
fn a_filter_looks_at_claims_sections_runs_and_agents() {
    let mut model = asked();
    press(&mut model, "/");
    type_text(&mut model, "shipped");
    press(&mut model, "enter");
    assert_eq!(rows(&model), ["Waiting 3f9a 1", "spec.md:Orders", "b0b0"]);
    on(&model, "shipped");
    press(&mut model, "esc");
    assert_eq!(rows(&model).len(), 12);
    press(&mut model, "/");
    type_text(&mut model, "zebra");
    press(&mut model, "enter");
    assert!(screen(&model).contains("nothing matches"));
    assert_eq!(press(&mut model, "1 a f b"), []);
}

#[test]
fn where_the_text_has_no_room_it_is_shown_before_an_option_is_picked() {
    let mut model = knowing(samples::asking_much(), 40, 10);
    press(&mut model, "Q");
    assert_eq!(press(&mut model, "1"), []);
    assert!(screen(&model).contains("!! critical"), "{}", screen(&model));
    assert_eq!(answer(&press(&mut model, "1")).2, &Said::Option(1));
    press(&mut model, "esc");
    assert!(screen(&model).contains("▸"));
}

#[test]
fn the_answer_under_the_cursor_is_copied() {
    let mut model = asked();
    let copied = |text: &str| Cmd::Copy(text.to_owned());
    assert_eq!(
        press(&mut model, "y"),
        [copied("p95 under 300 ms at the server")]
    );
    press(&mut model, "s G");
    assert_eq!(press(&mut model, "y"), [copied("14 days")]);
}

#[test]
fn a_long_text_scrolls_and_stays_within_its_end() {
    let mut runs = samples::asking_much();
    runs[1].findings[0].voices[0].reasoning = "because\n".repeat(60);
    let mut model = knowing(runs, 100, 24);
    press(&mut model, "Q");
    assert!(screen(&model).contains("more, J scrolls"));
    press(&mut model, "J J J");
    assert!(screen(&model).contains("above, K scrolls"));
    press(&mut model, "enter G");
    assert!(
        screen(&model).contains("question 7c1e55aa"),
        "{}",
        screen(&model)
    );
    press(&mut model, "g esc j");
    assert_eq!(model.questions.top, 0);
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for (columns, rows) in [
        (1, 1),
        (20, 5),
        (21, 6),
        (40, 10),
        (60, 20),
        (79, 24),
        (500, 200),
    ] {
        for keys in ["Q", "Q enter", "Q e", "Q u", "Q b 1", "Q s G"] {
            let mut model = knowing(samples::asking_much(), columns, rows);
            press(&mut model, keys);
            screen(&model);
        }
    }
}

#[test]
fn a_click_selects_a_question_and_on_the_selected_one_opens_it() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut model = asked();
    let mut click = |row| {
        let event = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 5,
            row,
            modifiers: KeyModifiers::NONE,
        };
        update(&mut model, Msg::Mouse(event));
        fixtures::frame(&mut model);
        (selected(&model), model.questions.reading)
    };
    // Two lines of the bar, the head, then the run, its section and two questions.
    assert!(click(6).0.contains("which cards"));
    assert!(
        click(4).0.contains("which cards"),
        "a heading is no question"
    );
    assert_eq!(click(6).1, crate::tui::model::questions::Reading::Whole);
}
