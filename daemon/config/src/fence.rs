//! The fence around one input of a prompt. A contract with every reviewer: `docs/agents.md` and
//! the built-in reviewers describe the same bytes.

use crate::cut::Shown;

/// The input between its two lines, ending in a newline.
///
/// The text stands there byte for byte; a newline is added only when it does not end in one, and
/// `bytes` does not count it. `of`, the length of the whole text, is there only if the gate's limit
/// cut it. Path and receipt come last in the line on purpose: a prompt that was cut anywhere in the
/// input has no receipt.
pub fn fence(nonce: &str, path: &str, shown: &Shown<'_>, receipt: &str) -> String {
    let path = json_string(path);
    let Shown { text, cut } = shown;
    let bytes = text.len();
    let of = cut.map_or_else(String::new, |cut| format!(" of={}", cut.of));
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    format!(
        "<<<SYNOD INPUT nonce={nonce} path={path} bytes={bytes}{of}\n\
         {text}{newline}\
         SYNOD INPUT END nonce={nonce} path={path} receipt={receipt}>>>\n"
    )
}

/// A JSON string; a path with a quote or a newline in it cannot break out of its line.
fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::fence;
    use crate::cut::Shown;

    #[test]
    fn the_fence_is_what_the_documentation_says() {
        let fenced = fence(
            "4f1c9a0b27d85e63",
            "spec.md",
            &Shown::whole("# A\nb"),
            "K7Q2-9XBM-03TD",
        );
        assert_eq!(
            fenced,
            "<<<SYNOD INPUT nonce=4f1c9a0b27d85e63 path=\"spec.md\" bytes=5\n\
             # A\nb\n\
             SYNOD INPUT END nonce=4f1c9a0b27d85e63 path=\"spec.md\" receipt=K7Q2-9XBM-03TD>>>\n"
        );
    }

    #[test]
    fn an_input_that_was_cut_says_of_how_much() {
        let fenced = fence("0", "a.md", &Shown::limited("one\ntwo\n", Some(5)), "R");
        assert_eq!(
            fenced,
            "<<<SYNOD INPUT nonce=0 path=\"a.md\" bytes=69 of=8\n\
             one\n[cut here by the gate's limit: 4 of 8 bytes follow in no prompt]\n\
             SYNOD INPUT END nonce=0 path=\"a.md\" receipt=R>>>\n"
        );
    }

    #[test]
    fn a_path_cannot_break_out_of_its_line() {
        let fenced = fence("0", "a\"\nb.md", &Shown::whole("x\n"), "R");
        assert_eq!(fenced.lines().count(), 3);
        assert!(fenced.contains(r#"path="a\"\nb.md" "#));
    }
}
