//! Words into lines of a width.

/// The text in lines of at most `width` characters, the first begun with `first`, the others with `rest`.
/// A word longer than a line stands alone and is not cut: quotes and paths stay whole.
pub fn wrap(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut length = first.chars().count();
    let mut empty = true;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if !empty && length + 1 + word_length > width {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            length = rest.chars().count();
            empty = true;
        }
        if !empty {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
        empty = false;
    }
    lines.push(line);
    lines
}

/// As [`wrap`], with the same number of blanks before every line.
pub fn indented(text: &str, width: usize, by: usize) -> Vec<String> {
    let margin = " ".repeat(by);
    wrap(text, width, &margin, &margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_the_width_and_hang_under_the_first() {
        assert_eq!(
            wrap("alice said that it is so", 14, "- ", "  "),
            ["- alice said", "  that it is", "  so"]
        );
    }

    #[test]
    fn a_word_longer_than_a_line_is_not_cut() {
        assert_eq!(
            wrap("a verylongpath/without/blanks b", 8, "", ""),
            ["a", "verylongpath/without/blanks", "b"]
        );
    }
}
