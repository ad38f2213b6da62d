//! Text for `config.toml`.

use std::fmt::Write as _;

/// A short grace, so that tests that wait it out are short too.
pub const SHORT_GRACE: &str = "[limits]\ngrace = \"300ms\"\n";

/// `[agents.NAME]` with the adapter `command`. `more` are further lines of the section.
pub fn agent(name: &str, family: &str, argv: &[String], more: &str) -> String {
    let mut text = format!("[agents.{name}]\nadapter = \"command\"\nfamily = {family:?}\n");
    let words: Vec<String> = argv.iter().map(|word| quoted(word)).collect();
    writeln!(text, "argv = [{}]", words.join(", ")).unwrap();
    text.push_str(more);
    text.push('\n');
    text
}

/// A TOML string: JSON's escapes are a subset of TOML's, but for DEL.
fn quoted(word: &str) -> String {
    serde_json::Value::from(word)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}
