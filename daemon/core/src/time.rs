//! The time, as the core is told it: never read here.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One moment, on two clocks.
///
/// Deadlines count monotonic time within a boot (a suspended laptop does not use them up) and UTC across
/// boots, where the monotonic clock began anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Microseconds since 1970, UTC.
    pub utc_us: i64,
    /// Microseconds on the monotonic clock of this boot.
    pub mono_us: u64,
    /// The boot, as the kernel names it.
    pub boot_id: String,
}

impl Now {
    /// How long ago `since` was; zero if the clocks say it lies ahead.
    #[must_use]
    pub fn since(&self, since: &Self) -> Duration {
        let us = if self.boot_id == since.boot_id {
            self.mono_us.saturating_sub(since.mono_us)
        } else {
            u64::try_from(self.utc_us.saturating_sub(since.utc_us)).unwrap_or(0)
        };
        Duration::from_micros(us)
    }

    /// How long until `limit` after `since` has passed; `None` once it has.
    #[must_use]
    pub fn until(&self, since: &Self, limit: Duration) -> Option<Duration> {
        limit
            .checked_sub(self.since(since))
            .filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(utc_s: i64, mono_s: u64, boot: &str) -> Now {
        Now {
            utc_us: utc_s * 1_000_000,
            mono_us: mono_s * 1_000_000,
            boot_id: boot.to_owned(),
        }
    }

    /// C6.
    #[test]
    fn a_clock_that_jumps_does_not_move_a_deadline_within_a_boot() {
        let start = now(1_000, 10, "a");
        let limit = Duration::from_mins(1);
        assert_eq!(
            now(900_000, 40, "a").until(&start, limit),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            now(-5, 40, "a").until(&start, limit),
            Some(Duration::from_secs(30))
        );
        assert_eq!(now(1_000, 70, "a").until(&start, limit), None);
    }

    /// C6.
    #[test]
    fn across_boots_a_deadline_counts_wall_time() {
        let start = now(1_000, 500, "a");
        let limit = Duration::from_mins(1);
        assert_eq!(
            now(1_020, 1, "b").until(&start, limit),
            Some(Duration::from_secs(40))
        );
        assert_eq!(now(1_061, 1, "b").until(&start, limit), None);
    }

    /// C6.
    #[test]
    fn a_wall_clock_set_back_across_boots_gives_the_whole_limit_again_and_no_more() {
        let start = now(1_000, 500, "a");
        let limit = Duration::from_mins(1);
        assert_eq!(now(10, 1, "b").until(&start, limit), Some(limit));
    }
}
