//! Patterns of paths: `*` and `?` within one name, `**` for any number of folders. Text only: what a path leads to
//! (a symbolic link, another name of the same file) cannot be known here.

/// Whether an absolute path fits a pattern; both are relative to `cwd` unless they begin with `/`.
#[must_use]
pub(crate) fn fits(pattern: &str, path: &str, cwd: &str) -> bool {
    components(&absolute(pattern, cwd), &absolute(path, cwd))
}

/// The names from the root on, with `.` and `..` resolved as text: `src/../../secret` is what it says.
fn absolute<'a>(path: &'a str, cwd: &'a str) -> Vec<&'a str> {
    let path = path.strip_prefix("file://").unwrap_or(path);
    // A home directory is not known here; such a path is nobody's child.
    let base = if path.starts_with('/') || path == "~" || path.starts_with("~/") {
        ""
    } else {
        cwd
    };
    let mut names = Vec::new();
    for name in base.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names
}

/// Row by row, so that no pattern takes longer than its length times the path's.
fn components(pattern: &[&str], path: &[&str]) -> bool {
    // reach[i]: the pattern so far fits the first i names.
    let mut reach = vec![false; path.len() + 1];
    reach[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for i in 0..=path.len() {
            next[i] = if *part == "**" {
                reach[i] || (i > 0 && next[i - 1])
            } else {
                i > 0 && reach[i - 1] && name(part, path[i - 1])
            };
        }
        reach = next;
    }
    reach[path.len()]
}

/// One name, the same way.
fn name(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for part in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for i in 0..=text.len() {
            next[i] = match part {
                '*' => reach[i] || (i > 0 && next[i - 1]),
                '?' => i > 0 && reach[i - 1],
                part => i > 0 && reach[i - 1] && part == text[i - 1],
            };
        }
        reach = next;
    }
    reach[text.len()]
}
