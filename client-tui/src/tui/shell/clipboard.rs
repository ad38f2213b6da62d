//! Bytes of our own that draw nothing: OSC 52 for the clipboard, OSC 777 for the desktop.

use crossterm::{Command as _, clipboard::CopyToClipboard};

use crate::failure::Failure;

/// Puts text into the clipboard of the terminal, which may be far away and may refuse.
pub fn copy(text: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = String::new();
    CopyToClipboard::to_clipboard_from(text)
        .write_ansi(&mut bytes)
        .map_err(|_| Failure::Input("cannot write this for the clipboard".to_owned()))?;
    Ok(bytes.into_bytes())
}

/// Tells the desktop, in terminals that pass it on.
pub fn notify(title: &str, words: &str) -> Vec<u8> {
    let safe = |text: &str| synod_shared::sanitize::line(text, 200).replace(';', ",");
    format!("\u{1b}]777;notify;{};{}\u{1b}\\", safe(title), safe(words)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_gets_the_text_and_nothing_else() {
        let bytes = copy("3f9a02bc").unwrap();
        assert_eq!(bytes, b"\x1b]52;c;M2Y5YTAyYmM=\x1b\\");
    }

    /// O13
    #[test]
    fn a_notification_cannot_be_left_by_what_it_says() {
        let bytes = notify("synod", "a;b\u{1b}\\\u{7}c");
        assert_eq!(bytes, b"\x1b]777;notify;synod;a,bc\x1b\\");
    }
}
