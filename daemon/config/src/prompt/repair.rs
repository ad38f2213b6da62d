//! The prompt of a further attempt after an answer that could not be counted: the first prompt
//! whole, why it was refused, and what was printed.

use std::sync::LazyLock;

use minijinja::Value;

use crate::digest::digest_bytes;
use crate::gate::Companion;
use crate::receipt::nonce_from;

use super::PromptError;
use super::template::expand;

/// Version of the template; raised with each change of it.
pub const REPAIR_VERSION: u32 = 1;

/// Bytes of the previous output that are shown, its end: that is where answers stand.
const SHOWN: usize = 64 << 10;

static REPAIR: LazyLock<Companion> = LazyLock::new(|| Companion {
    name: "repair.md.j2".to_owned(),
    file: "repair.md.j2".to_owned(),
    text: include_str!("../builtin/repair.md.j2").to_owned(),
});

/// The prompt again, with `refusal` (the validator's words) and `previous` (what was printed; any
/// bytes).
pub fn render_repair(
    original: &str,
    refusal: &str,
    previous: &[u8],
) -> Result<String, PromptError> {
    let previous = shown(previous);
    let nonce = nonce(original, refusal, &previous);
    let refusal: Vec<String> = refusal.lines().map(|line| format!("> {line}")).collect();
    let context = Value::from_pairs([
        ("prompt", Value::from(original)),
        ("refusal", Value::from(refusal.join("\n"))),
        ("previous", Value::from(previous)),
        ("nonce", Value::from(nonce)),
    ]);
    Ok(expand(&REPAIR, context)?)
}

/// The end of an output as text that any program takes: nothing that is not UTF-8, no control
/// characters, a newline at its end.
fn shown(previous: &[u8]) -> String {
    let text = String::from_utf8_lossy(previous);
    let plain = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let mut kept = &text[..];
    let mut cut = String::new();
    if text.len() > SHOWN {
        let tail = &text[text.ceil_char_boundary(text.len() - SHOWN)..];
        kept = tail.split_once('\n').map_or(tail, |(_, lines)| lines);
        let (left, all) = (text.len() - kept.len(), text.len());
        cut = format!("[cut here: {left} of {all} bytes came before and are not shown]\n");
    }
    let mut shown = cut + &kept.chars().map(plain).collect::<String>();
    if !shown.ends_with('\n') {
        shown.push('\n');
    }
    shown
}

/// A nonce that stands in none of the texts. It need not be secret: what it fences was written
/// before it, and nobody can write a text that holds its own hash.
fn nonce(original: &str, refusal: &str, previous: &str) -> String {
    let hash = digest_bytes(
        "synod/repair/v1",
        [original, refusal, previous].map(str::as_bytes),
    );
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash[..8]);
    nonce_from(bytes)
}
