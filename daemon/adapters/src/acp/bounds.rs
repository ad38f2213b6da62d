//! How much an agent may ask. A request becomes a question: it is committed, sent to all who follow, and listed with
//! its run, so neither one nor all of an attempt's may outgrow a message (`synod_proto::MAX_MESSAGE`, 16 MiB).
//!
//! All bounds are functions of what the two files hold, and a request that was once open stays so: a restarted daemon
//! decides the same. Nothing here is about what is *allowed*: the policy rules first, on all of a request's paths.

use crate::{Choice, Permission};

/// What is shown of a command or a title. A person must see all of a command; what is longer than this nobody reads.
const LONGEST_WHAT: usize = 16 * 1024;
/// A request's id; that of known agents is a number or a UUID.
const LONGEST_ID: usize = 256;
/// Known agents offer up to six.
const MOST_CHOICES: usize = 16;
/// The id of a choice, and what is shown of its name. Ids go back to the agent, so they are never cut.
const LONGEST_CHOICE: usize = 200;
/// What is longer names no file (`PATH_MAX`), and what names more files nobody could judge.
pub(super) const LONGEST_PATH: usize = 4096;
pub(super) const MOST_PATHS: usize = 1000;
/// What is shown of the paths.
const SHOWN_PATHS: usize = 100;
const SHOWN_PATH_BYTES: usize = 16 * 1024;

/// How many of an attempt's requests may wait at a time, and how large they may be together.
const MOST_OPEN: usize = 100;
const OPEN_BYTES: usize = 512 * 1024;
/// How large all requests may be together that an attempt ever has people asked. A question holds its text twice, so
/// twice this and the final text fit into a message.
const ASKED_BYTES: usize = 4 * 1024 * 1024;
/// What a question holds beside its texts.
const QUESTION: usize = 512;

/// The longest sentence about an agent, in characters.
pub(super) const LONGEST_SENTENCE: usize = 1000;
/// How much of an error's message is kept for that, in bytes.
pub(super) const LONGEST_MESSAGE: usize = 4096;
/// The longest name of a method that is repeated to the agent, in bytes.
pub(super) const LONGEST_METHOD: usize = 200;

/// A request as it is shown, or why it is refused.
pub(super) fn shown(mut whole: Permission) -> Result<Permission, &'static str> {
    if whole.request.len() > LONGEST_ID {
        return Err("expected an id of at most 256 bytes, found a longer one");
    }
    if whole.choices.len() > MOST_CHOICES {
        return Err("expected at most 16 options, found more");
    }
    if whole
        .choices
        .iter()
        .any(|one| one.id.len() > LONGEST_CHOICE)
    {
        return Err("expected option ids of at most 200 bytes, found a longer one");
    }
    for choice in &mut whole.choices {
        choice.name = cut(&choice.name, LONGEST_CHOICE);
    }
    whole.paths = shown_paths(whole.paths);
    Ok(whole)
}

fn shown_paths(mut paths: Vec<String>) -> Vec<String> {
    let mut room = SHOWN_PATH_BYTES;
    let fits = paths.iter().take(SHOWN_PATHS).take_while(|path| {
        let fits = path.len() <= room;
        room = room.saturating_sub(path.len());
        fits
    });
    let (fits, all) = (fits.count(), paths.len());
    if fits < all {
        paths.truncate(fits);
        paths.push(format!("… and {} more", all - fits));
    }
    paths
}

/// What is kept of a command or a title.
pub(super) fn what(text: &str) -> String {
    cut(text, LONGEST_WHAT)
}

/// A text of at most this many bytes and, if it was longer, its length.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.get(..text.floor_char_boundary(most)) {
        Some(head) if head.len() < text.len() => {
            format!(
                "{head}… ({} bytes; the whole stands in its output)",
                text.len()
            )
        }
        _ => text.to_owned(),
    }
}

/// Counts the requests that wait, in the agent's order.
#[derive(Debug, Default)]
pub(super) struct Open {
    requests: usize,
    bytes: usize,
}

impl Open {
    /// Whether there is room for one more. The first ones keep their place, and places only become free.
    pub(super) fn takes(&mut self, permission: &Permission) -> bool {
        self.requests += 1;
        self.bytes = self.bytes.saturating_add(size(permission));
        self.requests <= MOST_OPEN && self.bytes <= OPEN_BYTES
    }
}

/// Counts all that people were ever asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    bytes: usize,
}

impl Asked {
    pub(super) fn takes(&mut self, permission: &Permission) -> bool {
        self.bytes = self.bytes.saturating_add(size(permission));
        self.bytes <= ASKED_BYTES
    }
}

fn size(permission: &Permission) -> usize {
    let of_choice = |choice: &Choice| choice.id.len() + choice.name.len();
    let choices: usize = permission.choices.iter().map(of_choice).sum();
    let paths: usize = permission.paths.iter().map(String::len).sum();
    QUESTION + permission.request.len() + permission.what.len() + choices + paths
}
