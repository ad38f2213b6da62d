//! O13: whatever agents print, claim or are called, the terminal is told nothing but what to draw; and what could be
//! seen of it is seen.

use serde_json::json;
use synod_tests::{
    World, config,
    terminal::{Key, Terminal},
};

use crate::{programs, stage::open, world};

/// The clipboard, a link, titles, the screen, a device query, 8-bit controls, overrides of direction.
const HOSTILE: &str = concat!(
    r"\e]52;c;ZXZpbA==\x07one \e]8;;http://evil.example\e\\two\e]8;;\e\\ \e]0;title\x07three ",
    r"\e[2J\e[1;1H\e[31mfour\e[0m \ePq#0;2;0;0;0\e\\five \e[6n\e[c\xc2\x9b31msix \xc2\x9d0;x\x07seven ",
    r"\xe2\x80\xaeeight\xe2\x80\xac \xe2\x81\xa6nine\xe2\x81\xa9 \x07\x08\x0e\x0ften \e[?1049l\e[?25heleven",
);
const VISIBLE: [&str; 11] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
];

/// The same as text, for a claim.
fn hostile_text(marker: &str) -> String {
    format!(
        "\u{1b}]52;c;ZXZpbA==\u{7}{marker} \u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}FR-1\u{202c} \u{1b}]8;;x\u{1b}\\gives\u{1b}]8;;\u{1b}\\ no time"
    )
}

#[track_caller]
fn unharmed(terminal: &Terminal) {
    terminal.commands().assert_harmless();
    let screen = terminal.screen();
    assert!(screen.is_alternate(), "still its own screen: {screen}");
}

/// An agent that has printed all of it, and is still at work.
fn at_work(world: &World, script: &[&str]) -> String {
    let go = world.at("go");
    let mut all = script.to_vec();
    all.extend(["wait-file", &go]);
    let id = world.exec_detached(&["--name", "hostile"], &all);
    world.wait_run(&id, |run| {
        World::has_attempt(run, |attempt| attempt.last_line.contains("eleven"))
    });
    id
}

#[track_caller]
fn quit(world: &World, id: &str, terminal: &Terminal) {
    std::fs::write(world.at("go"), "").unwrap();
    world.wait_end(id);
    terminal.press("q");
    terminal.wait_exit();
    terminal.commands().assert_harmless();
    terminal.assert_restored();
}

/// O13
#[test]
fn an_agents_last_line_reaches_the_terminal_as_text_only() {
    let world = world();
    let id = at_work(&world, &["print-raw", &format!("{HOSTILE}\\n")]);
    let terminal = world.terminal().size(300, 50).open();
    terminal.wait_text("hostile");
    terminal.press_key(Key::Enter);
    terminal.wait_for("all that can be seen", |screen| {
        VISIBLE.iter().all(|word| screen.has(word))
    });
    unharmed(&terminal);
    quit(&world, &id, &terminal);
}

/// O13: of both streams, from the start and as it comes, also where a sequence is cut in two by the agent.
#[test]
fn an_agents_output_reaches_the_terminal_as_text_only() {
    let world = world();
    let cut = world.at("cut");
    let script = [
        "print-raw",
        &format!("{HOSTILE}\\n"),
        "eprint",
        "\u{1b}]52;c;ZXZpbA==\u{7}an\u{1b}[31m error\u{202e}",
        "wait-file",
        &cut,
        "print-raw",
        r"a title \e]0;ti",
        "touch",
        &world.at("half"),
        "wait-file",
        &world.at("rest"),
        "print-raw",
        r"tle\x07 in halves \xe2\x80\xae and \xc2\x9b31mmore\neleven again\n",
    ];
    let id = at_work(&world, &script);
    let terminal = open(&world);
    terminal.wait_text("hostile");
    terminal.press("o");
    terminal.wait_for("all that can be seen", |screen| {
        screen
            .row_with("eleven")
            .is_some_and(|row| VISIBLE.iter().all(|word| row.contains(word)))
    });
    unharmed(&terminal);
    std::fs::write(&cut, "").unwrap();
    terminal.wait_text("a title");
    synod_tests::eventually("the half of a title", || world_has(&world, "half"));
    unharmed(&terminal);
    std::fs::write(world.at("rest"), "").unwrap();
    terminal.wait_text("eleven again");
    let screen = terminal.screen();
    let row = screen.row_with("a title").unwrap();
    assert!(row.contains("in halves") && row.contains("more"), "{row}");
    unharmed(&terminal);
    terminal.press("s");
    terminal.wait_text("an error");
    unharmed(&terminal);
    quit(&world, &id, &terminal);
}

fn world_has(world: &World, name: &str) -> Option<()> {
    world.work().join(name).exists().then_some(())
}

/// O13
#[test]
fn a_question_reaches_the_terminal_as_text_only() {
    let world = world();
    let item = json!([{"kind": "ambiguity", "claim": hostile_text("claimed"), "severity": "critical",
        "resolvability": "need-human", "reasoning": hostile_text("reasoned"),
        "answer": hostile_text("first"), "options": [hostile_text("first"), hostile_text("second")],
        "quotes": [{"path": "spec.md", "text": "It shall answer quickly."}]}]);
    let file = world.at("findings.json");
    std::fs::write(&file, item.to_string()).unwrap();
    world.write_config(&config::agent(
        "alice",
        "red",
        &programs().fake(&["answer", &file]),
        "",
    ));
    let spec = world.spec_dir("spec", &[("spec.md", "- FR-1: It shall answer quickly.\n")]);
    world
        .synod([
            "gate", "run", "clarify", "--spec", &spec, "--roster", "alice",
        ])
        .code(10);
    let terminal = open(&world);
    terminal.wait_text("clarify/spec");
    terminal.press_key(Key::Enter);
    terminal.wait_text("claimed");
    unharmed(&terminal);
    terminal.press("Q");
    terminal.wait_for("the question", |screen| {
        ["claimed", "reasoned", "first", "second", "gives", "no time"]
            .iter()
            .all(|word| screen.text().contains(word))
    });
    unharmed(&terminal);
    terminal.press("q");
    terminal.wait_exit();
    terminal.commands().assert_harmless();
}

/// O13: names of runs, folders and commands are foreign, too.
#[test]
fn a_name_reaches_the_terminal_as_text_only() {
    let world = world();
    let name = "\u{1b}]0;evil\u{7}\u{202e}named";
    world.synod(["exec", "--", &world.at(name), name]).code(127);
    let terminal = open(&world);
    terminal.wait_text("named");
    terminal.press_key(Key::Enter);
    terminal.wait_text("not found");
    unharmed(&terminal);
    terminal.press("E");
    terminal.wait_text("spawn-failed");
    unharmed(&terminal);
}
