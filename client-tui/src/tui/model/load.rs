//! What became of the wish to read something from the daemon.

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Load {
    /// Nobody wished for it yet.
    #[default]
    Unread,
    /// The answer is awaited.
    Asked,
    /// It could not be read, for this reason; safe to show.
    Failed(String),
    /// It was read.
    Read,
}
