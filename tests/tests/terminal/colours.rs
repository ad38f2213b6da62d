//! T4: as many colours as the terminal has, and no meaning by colour alone.

use synod_tests::terminal::{Screen, Terminal};
use vt100::Color;

use crate::{
    stage::{asking, at_home, words},
    world,
};

fn shown(terminal: &Terminal) -> Screen {
    terminal.wait_for("the run, and nothing more on its way", |screen| {
        screen.has("clarify/spec") && !screen.has("asking…")
    })
}

/// T4
#[test]
fn each_terminal_gets_the_colours_it_has_and_the_same_words() {
    let world = world();
    asking(&world, "spec", 3);
    let plain = at_home(world.terminal().env("NO_COLOR", "1"));
    let none = shown(&plain);
    assert_eq!(none.colours(), [Color::Default], "NO_COLOR");
    let few = at_home(world.terminal().env("TERM", "xterm"));
    let sixteen = shown(&few);
    assert!(
        sixteen
            .colours()
            .iter()
            .all(|colour| matches!(colour, Color::Default | Color::Idx(0..16))),
        "{:?}",
        sixteen.colours()
    );
    let more = at_home(world.terminal().env("TERM", "xterm-256color"));
    let many = shown(&more);
    assert!(
        many.colours()
            .iter()
            .all(|colour| matches!(colour, Color::Default | Color::Idx(_))),
        "{:?}",
        many.colours()
    );
    let all = at_home(world.terminal().env("COLORTERM", "truecolor"));
    let full = shown(&all);
    for (name, screen) in [("16", &sixteen), ("256", &many), ("true", &full)] {
        assert!(screen.colours().len() > 1, "{name}: it has colours");
        assert_eq!(
            words(screen),
            words(&none),
            "{name}: and says nothing by them alone"
        );
    }
    for terminal in [plain, few, more, all] {
        terminal.press("q");
        terminal.wait_exit();
        terminal.assert_restored();
    }
}

/// T4: an empty value asks for nothing, as <https://no-color.org> has it.
#[test]
fn an_empty_no_color_takes_no_colours_away() {
    let world = world();
    asking(&world, "spec", 1);
    let terminal = at_home(world.terminal().env("NO_COLOR", ""));
    assert!(shown(&terminal).colours().len() > 1);
}
