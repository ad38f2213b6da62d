//! The shim with real processes, under each containment this machine offers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests may

mod support;

mod directory;

mod starts;

mod output;

mod spoken;

mod endings;

mod trees;

mod claims;

mod crashes;

mod containment;
