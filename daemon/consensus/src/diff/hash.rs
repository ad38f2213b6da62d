//! Which change a diff is, without what git may write in another way.

use super::{Change, Content, Diff, FileChange, LineEnd, Mark};
use crate::text::Fingerprint;

pub(super) fn hash(diff: &Diff<'_>) -> String {
    let mut files: Vec<String> = diff.files.iter().map(file).collect();
    files.sort();
    Fingerprint::new("synod/diff/v1")
        .list(files.iter().map(String::as_str))
        .finish()
}

fn file(file: &FileChange<'_>) -> String {
    let change = match &file.change {
        Change::Added { .. } => "added",
        Change::Deleted { .. } => "deleted",
        Change::Modified { .. } => "modified",
        Change::Renamed { .. } => "renamed",
        Change::Copied { .. } => "copied",
    };
    let print = Fingerprint::new("synod/file-change/v1")
        .part(change)
        .part(file.old_path().unwrap_or_default())
        .part(file.new_path().unwrap_or_default())
        .part(file.modes.old.unwrap_or_default())
        .part(file.modes.new.unwrap_or_default());
    match &file.content {
        // The names of the blobs are all that tells two such changes apart.
        Content::NotShown(_) => print.part("not shown").part(file.section).finish(),
        Content::Text(hunks) => hunks
            .iter()
            .fold(print.part("text"), |print, hunk| {
                let numbers = [
                    hunk.old.first,
                    hunk.old.count,
                    hunk.new.first,
                    hunk.new.count,
                ];
                let print = numbers
                    .iter()
                    .fold(print, |print, number| print.part(&number.to_string()));
                hunk.lines.iter().fold(print, |print, line| {
                    let mark = match (line.mark, line.end) {
                        (Mark::Context, LineEnd::Newline) => " ",
                        (Mark::Added, LineEnd::Newline) => "+",
                        (Mark::Removed, LineEnd::Newline) => "-",
                        (Mark::Context, LineEnd::NoNewline) => " \\",
                        (Mark::Added, LineEnd::NoNewline) => "+\\",
                        (Mark::Removed, LineEnd::NoNewline) => "-\\",
                    };
                    print.part(mark).part(line.text)
                })
            })
            .finish(),
    }
}
