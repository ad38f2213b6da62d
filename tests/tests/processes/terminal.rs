//! Nothing an agent prints reaches a terminal as a command, and no visible text is lost on the way.

use synod_tests::World;

use crate::world;

/// Colours, cursor, screen, title, clipboard, links, device queries, 8-bit controls, bidi overrides, a bell, a
/// backspace, a form feed, and an escape cut off at the end.
const HOSTILE: &str = concat!(
    r"one \e[31mred\e[0m \e[2J\e[1;1Htwo\n",
    r"\e]0;title\x07three \e]52;c;ZXZpbA==\x07four \e]8;;http://evil.example\e\\five\e]8;;\e\\ six\n",
    r"\ePq#0;2;0;0;0\e\\seven \e[6n\e[c \xc2\x9b31meight \xc2\x9d0;x\x07nine\n",
    r"\xe2\x80\xaeten\xe2\x80\xac \xe2\x81\xa6eleven\xe2\x81\xa9 \x07\x08\x0c\x0b\x0e\x0ftwelve\r\n",
    r"\xe2\x80\xa8thirteen\xef\xbb\xbf \x7ffourteen \e"
);
const VISIBLE: [&str; 14] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen",
];

#[track_caller]
fn harmless(what: &str, bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("text");
    let bad = text.chars().find(|&c| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(bad, None, "{what}: {text:?}");
    text.to_owned()
}

fn printed(world: &World) {
    let out = world
        .exec(&["--name", "hostile"], &["print-raw", HOSTILE])
        .success();
    assert!(
        out.stdout.contains(&0x1b),
        "not a terminal: exec is transparent"
    );
}

/// O13
#[test]
fn logs_are_harmless_and_lose_no_visible_text() {
    let world = world();
    printed(&world);
    let shown = harmless("logs", &world.synod(["logs", "hostile"]).success().stdout);
    for word in VISIBLE {
        assert!(shown.contains(word), "{word} is lost: {shown}");
    }
    let followed = world.synod(["logs", "-f", "hostile"]).success();
    assert_eq!(followed.stdout(), shown);
    world.assert_invariants();
}

/// O13
#[test]
fn raw_logs_are_byte_for_byte() {
    let world = world();
    let out = world
        .exec(&["--name", "hostile"], &["print-raw", HOSTILE])
        .success();
    assert_eq!(world.raw_output("hostile"), out.stdout);
}

/// O13
#[test]
fn no_other_verb_shows_what_was_printed_or_named_raw() {
    let world = world();
    printed(&world);
    let name = "\u{1b}]0;evil\u{7}\u{202e}name";
    // In arguments, and so in the subject; and a failure whose detail holds it.
    world.synod(["exec", "--", &world.at(name), name]).code(127);
    for args in [
        ["ps", "--all"].as_slice(),
        &["show", "hostile"],
        &["events", "--since", "0"],
        &["wait", "hostile"],
        &["show", name],
        &["logs", name],
    ] {
        let out = world.synod(args);
        harmless(&format!("{args:?}, stdout"), &out.stdout);
        harmless(&format!("{args:?}, stderr"), &out.stderr);
    }
    let failed = world.all_runs().remove(0);
    for args in [["show", &failed.id], ["logs", &failed.id]] {
        let out = world.synod(args);
        harmless(&format!("{args:?}, stdout"), &out.stdout);
        harmless(&format!("{args:?}, stderr"), &out.stderr);
    }
}
