//! The place on the screen of this name.

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct EventsPlace {}
