//! Words without their endings. Knows no language and no meaning.

/// A word without its ending, so that "retry", "retries" and "retried" are one topic. Crude, and
/// the same for every language: a stem too many splits.
pub(crate) fn stem(word: &str) -> String {
    const ENDINGS: [&str; 17] = [
        "ations", "ation", "ungen", "ings", "ions", "ment", "ing", "ion", "ung", "ely", "es", "ed",
        "ly", "en", "em", "s", "e",
    ];
    const LEAST: usize = 3;
    let word = word.strip_suffix("'s").unwrap_or(word);
    if let Some(kept) = word
        .strip_suffix("ies")
        .or_else(|| word.strip_suffix("ied"))
        && kept.chars().count() >= LEAST
    {
        return format!("{kept}y");
    }
    let kept = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|kept| kept.chars().count() >= LEAST && !word.ends_with("ss"));
    let kept = kept.unwrap_or(word);
    let mut chars = kept.chars().rev();
    match (chars.next(), chars.next()) {
        (Some(last), Some(before)) if last == before && kept.chars().count() > LEAST => {
            kept[..kept.len() - last.len_utf8()].to_owned()
        }
        _ => kept.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_have_one_stem_and_other_words_another() {
        let same = |words: &[&str]| words.windows(2).all(|w| stem(w[0]) == stem(w[1]));
        assert!(same(&["retry", "retries", "retried"]));
        assert!(same(&["charge", "charges", "charged", "charging"]));
        assert!(same(&["log", "logs", "logged", "logging"]));
        assert!(same(&["access", "accesses", "accessed"]));
        assert!(same(&["gateway", "gateways", "gateway's"]));
        assert!(same(&["Änderung", "Änderungen"]));
        assert!(!same(&["refund", "refuse"]));
        assert!(!same(&["receive", "receipt"]));
        assert!(!same(&["customer", "custom"]));
    }

    #[test]
    fn short_words_and_foreign_scripts_stay_whole() {
        for word in ["use", "ring", "ed", "s", "", "検索", "é"] {
            assert_eq!(stem(word), word);
        }
    }
}
