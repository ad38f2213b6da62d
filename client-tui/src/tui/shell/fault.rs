//! A fault on purpose, for the test that the terminal is given back (row T4). Only in builds with debug
//! assertions, and only where `SYNOD_TEST_PANIC` names a place: `view` or `task`.

/// A place where a panic may be wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// While a frame is drawn.
    View,
    /// In a task beside the loop.
    Task,
}

#[cfg(debug_assertions)]
/// Panics here, if somebody wished for it.
pub fn at(place: Place) {
    let name = match place {
        Place::View => "view",
        Place::Task => "task",
    };
    let wished = std::env::var_os("SYNOD_TEST_PANIC").is_some_and(|wish| wish == name);
    assert!(!wished, "a panic wished for in the {name}");
}

#[cfg(not(debug_assertions))]
/// Never in a release.
pub fn at(_place: Place) {}
