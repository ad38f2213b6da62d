//! The nearest known name to a misspelt one. It owns the threshold, not the sentence.

/// The known name most like `found`, if one is near enough to be worth a suggestion.
///
/// Jaro–Winkler above 0.8 (the threshold clap and rustc-like tools settle near) keeps `famly` →
/// `family` and drops `colour` → `cwd`; differences in case or `-` against `_` always count.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let wanted = plain(found);
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&wanted, &plain(name)), name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let known = ["adapter", "argv", "cwd", "env", "family", "max_running"];
        let check = |found: &str, expected: Option<&str>| {
            assert_eq!(nearest(found, known).as_deref(), expected, "{found}");
        };
        check("famly", Some("family"));
        check("Family", Some("family"));
        check("max-running", Some("max_running"));
        check("arvg", Some("argv"));
        check("colour", None);
        check("", None);
    }
}
