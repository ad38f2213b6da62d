//! The way to the daemon: finding or starting it, calls that are repeated when it dies under them, and
//! streams that go on where they were cut.
//!
//! Repeating is safe because every mutating call carries a request id; continuing is exact because changes
//! have revisions and output has offsets. Nothing here knows what a verb wants.

mod dial;
mod start;

mod session;

mod changes;
mod tail;
mod watch;

#[cfg(test)]
mod tests;

pub use changes::{Changes, FeedItem, Follow};
pub use dial::Dial;
pub use session::{Away, Session, bounded, is_lost};
pub use tail::{
    Output, TailItem, from as tail_from, part as tail_part, request as tail_request, tail,
};
/// The daemon's commands and queries over a channel.
pub type Supervisor =
    synod_proto::v1::supervisor_client::SupervisorClient<tonic::transport::Channel>;

pub use watch::{WatchItem, get_run, look_up, watch};
