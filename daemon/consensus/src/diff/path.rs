//! How git writes paths in diffs: prefixes, quotes with C's escapes, tabs behind names with spaces.
//!
//! A path that is not UTF-8 keeps git's escapes, so that two never become one.

/// A name as git writes one at the end of a line, without its quotes and what a tab parts from it; `None` if it is
/// none.
pub fn plain(word: &str) -> Option<String> {
    if word.starts_with('"') {
        let (name, rest) = quoted(word)?;
        return rest.trim().is_empty().then_some(name);
    }
    // A tab ends a name: what follows is a time, or nothing if the name has spaces.
    let name = word.split('\t').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The two names of `diff --git`, whose border nothing marks if they have spaces. Without quotes it is known only
/// where both are one name but for the prefix; git says the others elsewhere.
pub(super) fn pair(words: &str) -> Option<(String, String)> {
    if words.starts_with('"') {
        let (first, rest) = quoted(words)?;
        return Some((first, plain(rest.strip_prefix(' ')?)?));
    }
    if let Some(second) = words.ends_with('"').then(|| words.find(" \"")).flatten() {
        let (name, rest) = quoted(&words[second + 1..])?;
        return rest.is_empty().then(|| (words[..second].to_owned(), name));
    }
    let middle = words.len() / 2;
    if words.as_bytes().get(middle) == Some(&b' ') {
        let (first, second) = (&words[..middle], &words[middle + 1..]);
        if first == second || unprefixed(first, second).is_some() {
            return Some((first.to_owned(), second.to_owned()));
        }
    }
    // Other names: only where there is no doubt.
    let (first, second) = words.split_once(' ')?;
    (!second.contains(' ')).then(|| (first.to_owned(), second.to_owned()))
}

/// The one path that two prefixed names stand for.
pub(super) fn unprefixed<'n>(old: &'n str, new: &'n str) -> Option<&'n str> {
    let ((one, old), (other, new)) = (prefix(old)?, prefix(new)?);
    (one != other && old == new).then_some(old)
}

/// Git's prefixes: a/ b/, and with `diff.mnemonicPrefix` i/ (index), w/ (work tree), c/ (commit), o/ (object).
fn prefix(name: &str) -> Option<(u8, &str)> {
    let letter = *name.as_bytes().first()?;
    let rest = name.get(1..)?.strip_prefix('/')?;
    (b"abciow".contains(&letter) && !rest.is_empty()).then_some((letter, rest))
}

/// A name without its prefix, if it has one.
pub(super) fn without_prefix(name: &str) -> &str {
    prefix(name).map_or(name, |(_, rest)| rest)
}

/// A quoted name at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => break,
            b'\\' => {
                let (&escaped, after) = rest.split_first()?;
                rest = after;
                bytes.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'"' | b'\\' => escaped,
                    b'0'..=b'3' => {
                        let (digits, after) = rest.split_at_checked(2)?;
                        rest = after;
                        digits.iter().try_fold(escaped - b'0', |sum, digit| {
                            matches!(digit, b'0'..=b'7').then(|| sum * 8 + (digit - b'0'))
                        })?
                    }
                    _ => return None,
                });
            }
            _ => bytes.push(byte),
        }
    }
    // A quote is one byte, so this is between two characters.
    let after = &inner[inner.len() - rest.len()..];
    let written = &inner[..inner.len() - rest.len() - 1];
    let name = String::from_utf8(bytes).unwrap_or_else(|_| written.to_owned());
    (!name.is_empty()).then_some((name, after))
}

/// A path on one line, whatever is in it.
pub(super) fn shown(path: &str) -> String {
    if path.chars().any(char::is_control) {
        format!("{path:?}")
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pair(words), expected, "{words}");
    }

    #[test]
    fn the_names_of_a_header_are_told_apart_though_they_have_spaces() {
        check("a/x b/x", Some(("a/x", "b/x")));
        check("a/x y b/z b/x y b/z", Some(("a/x y b/z", "b/x y b/z")));
        check("x x", Some(("x", "x")));
        check("a/old b/new", Some(("a/old", "b/new")));
        check("a/old name b/new name", None);
    }

    #[test]
    fn quoted_names_are_read_as_c_writes_them() {
        check(
            r#""a/caf\303\251\t\"x\\" "b/caf\303\251\t\"x\\""#,
            Some(("a/café\t\"x\\", "b/café\t\"x\\")),
        );
        check(r#"a/x y "b/\303\251""#, Some(("a/x y", "b/é")));
        check(r#""a/\303\251" b/x"#, Some(("a/é", "b/x")));
        assert_eq!(plain(r#""a/\377""#).as_deref(), Some(r"a/\377"));
        for broken in [
            r#""a"#,
            r#""\9""#,
            r#""\40""#,
            r#""""#,
            "",
            r#""a" b"#,
            r#""\x41""#,
        ] {
            assert_eq!(plain(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_prefix_is_one_only_if_the_sides_have_different_ones() {
        assert_eq!(unprefixed("a/x", "b/x"), Some("x"));
        assert_eq!(unprefixed("i/x", "w/x"), Some("x"));
        assert_eq!(unprefixed("a/x", "a/x"), None);
        assert_eq!(unprefixed("src/x", "src/x"), None);
    }
}
