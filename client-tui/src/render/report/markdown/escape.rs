//! Foreign words in Markdown: they are read as words, whatever is in them.
//!
//! Every punctuation mark that Markdown or HTML could make something of where it stands is escaped. What sites make of plain text
//! after it was rendered (mentions, issues, links) is broken by a zero-width space, as there is no escape for it.

const BREAK: char = '\u{200b}';

/// Words on one line.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before: Option<char> = None;
    let mut number = true;
    while let Some(c) = rest.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            // At the beginning these begin a heading, a list, a rule or an underline.
            '#' | '-' | '+' | '=' if before.is_none() => out.extend(['\\', c]),
            '.' | ')' if number && before.is_some() => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        number &= c.is_ascii_digit();
        let next = rest.peek().copied();
        if breaks(before, c, next) {
            out.push(BREAK);
        }
        before = Some(c);
    }
    out
}

/// Whether a site could make something of what meets here: `@name`, `#12`, `!34`, `://`, `www.`,
/// `GH-12`.
fn breaks(before: Option<char>, c: char, next: Option<char>) -> bool {
    let Some(next) = next else {
        return false;
    };
    match c {
        '@' | '#' | '!' | '~' | '$' | '%' | '&' => next.is_alphanumeric() || next == '"',
        ':' => next == '/',
        'w' | 'W' => before.is_some_and(|b| b.eq_ignore_ascii_case(&'w')) && next == '.',
        '-' => before.is_some_and(|b| b.eq_ignore_ascii_case(&'h')) && next.is_ascii_digit(),
        _ => false,
    }
}

/// Words as code: nothing in them is read as anything else. Backquotes are fenced by more of them.
pub(super) fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(inline(text), expected, "{text}");
    }

    #[test]
    fn markup_and_html_are_words() {
        check(
            "<b>*x*</b> & `y`",
            "&lt;b&gt;\\*x\\*&lt;/b&gt; &amp; \\`y\\`",
        );
        check("![a](b) | c", "!\\[a\\](b) \\| c");
        check("# - a - b", "\\# - a - b");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_linked() {
        check("@ada", "@\u{200b}ada");
        check("see #12", "see #\u{200b}12");
        check("https://x", "https:\u{200b}//x");
        check("GH-12", "GH-\u{200b}12");
        check("www.x", "www\u{200b}.x");
        check("1. x. y", "1\\. x. y");
        check("12) x (1)", "12\\) x (1)");
        check("at 300 ms, 50 %", "at 300 ms, 50 %");
    }

    #[test]
    fn code_is_fenced_by_more_backquotes_than_it_holds() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" "), "");
    }
}
