//! T4: terminals of every size and palette.

use synod_tests::terminal::{Job, Key, Screen};

use crate::{
    stage::{asking, at_home, is_home, words},
    world,
};

/// Keys that lead through the screens and over them, as far as there are any at this size. After each it goes back.
const TOUR: [&str; 16] = [
    "?", ":", "/x", "j", "k", "g", "G", "Q", "QG", "E", "EG", "A", "T", "n", "N", "o",
];

/// T4
#[test]
fn from_one_cell_to_a_wall_every_key_is_taken_and_nothing_breaks() {
    let world = world();
    asking(&world, "spec", 3);
    for (cols, rows) in [
        (1, 1),
        (1, 50),
        (200, 1),
        (2, 2),
        (10, 3),
        (40, 10),
        (500, 200),
    ] {
        let terminal = world.terminal().size(cols, rows).open();
        terminal.wait_for("a screen of its own", Screen::is_alternate);
        for keys in TOUR {
            terminal.press(keys);
            terminal.press_key(Key::PageDown);
            terminal.press_key(Key::Esc);
            terminal.press_key(Key::Esc);
            terminal.press("R");
            terminal.press_key(Key::Enter);
            terminal.press_key(Key::Esc);
        }
        // Large again, it is as if it had never been small.
        terminal.resize(120, 40);
        for _ in 0..4 {
            terminal.press_key(Key::Esc);
        }
        terminal.wait_for(
            &format!("the list of runs, after {cols}x{rows}"),
            |screen| is_home(screen) && screen.has("clarify/spec"),
        );
        terminal.press("q");
        assert_eq!(
            terminal.wait_exit(),
            Job::Exited { code: 0 },
            "{cols}x{rows}"
        );
        terminal.assert_restored();
        terminal.commands().assert_harmless();
    }
}

/// T4
#[test]
fn where_there_is_no_room_a_plain_message_says_so() {
    let world = world();
    asking(&world, "spec", 1);
    let terminal = world.terminal().size(16, 3).open();
    terminal.wait_text("too small");
    // At 40 by 10 there is enough to work with.
    terminal.resize(40, 10);
    terminal.wait_for("the run", |screen| screen.has("clarify"));
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
}

/// T4: a question is read before it is answered, for there is no room for it beside the list.
#[test]
fn at_forty_by_ten_a_question_can_be_read_and_answered() {
    let world = world();
    let run = asking(&world, "spec", 3);
    let terminal = world.terminal().size(40, 10).open();
    terminal.wait_text("clarify");
    terminal.press("Q");
    terminal.wait_text("FR-1 gives");
    terminal.press("1");
    terminal.wait_text("> FR-1: The part 1");
    terminal.press_key(Key::PageDown);
    terminal.wait_text("2 seconds");
    assert_eq!(world.run(&run.id).open_questions, Some(3));
    terminal.press("1");
    let answered = world.wait_run(&run.id, |run| run.open_questions == Some(2));
    let first = answered
        .questions
        .iter()
        .find(|q| q.text.starts_with("FR-1"));
    assert_eq!(first.unwrap().answer, "2 seconds");
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
}

/// T4
#[test]
fn a_storm_of_sizes_ends_with_the_picture_of_the_last() {
    let world = world();
    asking(&world, "spec", 3);
    let complete = |screen: &Screen| screen.has("clarify/spec") && !screen.has("asking…");
    let calm = at_home(world.terminal().size(100, 30));
    let wanted = words(&calm.wait_for("the list", complete));
    let terminal = at_home(world.terminal());
    for n in 0..300_u16 {
        terminal.resize(1 + (n * 37) % 250, 1 + (n * 13) % 90);
        if n % 10 == 0 {
            terminal.press("j");
        }
    }
    terminal.resize(100, 30);
    terminal.wait_for("the same picture", |screen| words(screen) == wanted);
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    terminal.assert_restored();
}
