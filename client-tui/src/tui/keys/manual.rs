//! Holds the tables of keys in the manual to the key map.

use std::{fmt::Write as _, fs, path::PathBuf};

use super::{KeyMap, Place, rows};

const BEGIN: &str =
    "<!-- keys: made from the key map; UPDATE_DOCS=1 cargo test -p synod-client manual -->\n";
const END: &str = "<!-- keys end -->\n";

fn tables() -> String {
    let map = KeyMap::default();
    let mut text = String::new();
    for place in Place::ALL {
        let place_name = place.to_string();
        let (first, rest) = place_name.split_at(1);
        writeln!(text, "\n### {}{rest}\n", first.to_uppercase()).unwrap();
        text.push_str("| key | | name |\n|---|---|---|\n");
        for row in rows(&map, place) {
            let keys: Vec<String> = row.keys.iter().map(|key| code(key)).collect();
            let keys = keys.join(" ");
            writeln!(text, "| {keys} | {} | `{}` |", row.help, row.names).unwrap();
        }
    }
    text.push('\n');
    text
}

fn code(key: &str) -> String {
    match key {
        "|" => "<code>&#124;</code>".to_owned(),
        "`" => "<code>&#96;</code>".to_owned(),
        key => format!("`{key}`"),
    }
}

#[test]
fn the_manual_lists_the_keys_as_they_are() {
    let manual = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/tui.md");
    let text = fs::read_to_string(&manual).unwrap_or_else(|_| format!("{BEGIN}{END}"));
    let (before, rest) = text.split_once(BEGIN).expect("the marker before the keys");
    let (found, after) = rest.split_once(END).expect("the marker after the keys");
    let expected = tables();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&manual, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            found, expected,
            "docs/tui.md has other keys than the key map; UPDATE_DOCS=1 writes them anew"
        );
    }
}
