//! (being written)
use crate::answer::RawFinding;
/// Instructions to reviewers, invisible characters and planted answers in an input.
pub fn scan(_path: &str, _text: &str) -> Vec<RawFinding> {
    Vec::new()
}
