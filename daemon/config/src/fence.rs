//! The fence around one input of a prompt. A contract with every reviewer: `docs/agents.md` and
//! the built-in reviewers describe the same bytes.

/// The input between its two lines, ending in a newline.
///
/// The text stands there byte for byte; a newline is added only when it does not end in one, and
/// `bytes` does not count it. Path and receipt come last in the line on purpose: a prompt that
/// was cut anywhere in the input has no receipt.
pub fn fence(nonce: &str, path: &str, text: &str, receipt: &str) -> String {
    let path = json_string(path);
    let bytes = text.len();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    format!(
        "<<<SYNOD INPUT nonce={nonce} path={path} bytes={bytes}\n\
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

    #[test]
    fn the_fence_is_what_the_documentation_says() {
        let fenced = fence("4f1c9a0b27d85e63", "spec.md", "# A\nb", "K7Q2-9XBM-03TD");
        assert_eq!(
            fenced,
            "<<<SYNOD INPUT nonce=4f1c9a0b27d85e63 path=\"spec.md\" bytes=5\n\
             # A\nb\n\
             SYNOD INPUT END nonce=4f1c9a0b27d85e63 path=\"spec.md\" receipt=K7Q2-9XBM-03TD>>>\n"
        );
    }

    #[test]
    fn a_path_cannot_break_out_of_its_line() {
        let fenced = fence("0", "a\"\nb.md", "x\n", "R");
        assert_eq!(fenced.lines().count(), 3);
        assert!(fenced.contains(r#"path="a\"\nb.md" "#));
    }
}
