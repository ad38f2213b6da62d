//! Names that continue a path, for the forms.

use std::{fs, path::Path};

use tokio::sync::mpsc;

use super::calls::expanded;
use crate::tui::msg::Msg;

/// Most names offered.
const MOST: usize = 200;

/// Looks in the background and tells the loop.
pub fn complete(typed: String, to: mpsc::Sender<Msg>) {
    tokio::task::spawn_blocking(move || {
        let paths = continuations(&typed);
        // The loop may have ended meanwhile.
        let _ = to.blocking_send(Msg::Completions { typed, paths });
    });
}

/// Whole paths as they would be typed, sorted; folders end with a slash. Hidden ones only when a dot was typed.
fn continuations(typed: &str) -> Vec<String> {
    let (folder, begin) = match typed.rfind('/') {
        Some(slash) => typed.split_at(slash + 1),
        None => ("", typed),
    };
    let place = if folder.is_empty() {
        ".".into()
    } else {
        expanded(folder)
    };
    let Ok(entries) = fs::read_dir(Path::new(&place)) else {
        return Vec::new();
    };
    let mut paths: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !begin.starts_with('.');
            if hidden || !name.starts_with(begin) {
                return None;
            }
            // A link to a folder is one.
            let is_folder = fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            let slash = if is_folder { "/" } else { "" };
            Some(format!("{folder}{name}{slash}"))
        })
        .take(MOST)
        .collect();
    paths.sort_unstable();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_offered_with_a_slash_and_hidden_names_only_when_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["checkout", "check.d", ".git"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("change.md"), "").unwrap();
        let found = |typed: &str| {
            let typed = format!("{}/{typed}", dir.path().display());
            let strip = |path: String| {
                path.rsplit_once(typed.rsplit_once('/').unwrap().0)
                    .map(|(_, rest)| rest[1..].to_owned())
                    .unwrap()
            };
            continuations(&typed)
                .into_iter()
                .map(strip)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("ch"), ["change.md", "check.d/", "checkout/"]);
        assert_eq!(found("."), [".git/"]);
        assert_eq!(found("").len(), 3);
        assert!(found("nope").is_empty());
        assert!(continuations("/no/such/place/x").is_empty());
    }
}
