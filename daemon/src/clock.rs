//! The only place where the daemon reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use synod_core::time::Now;

/// Reads the time for one boot.
#[derive(Debug, Clone)]
pub struct Clock {
    boot_id: String,
}

impl Clock {
    /// A clock of this boot.
    #[must_use]
    pub fn new(boot_id: String) -> Self {
        Self { boot_id }
    }

    /// This moment. `CLOCK_MONOTONIC` stands still while the machine sleeps: a deadline does not run down.
    #[must_use]
    pub fn now(&self) -> Now {
        let mono = clock_gettime(ClockId::Monotonic);
        Now {
            utc_us: utc_us(),
            mono_us: u64::try_from(mono.tv_sec).unwrap_or(0) * 1_000_000
                + u64::try_from(mono.tv_nsec).unwrap_or(0) / 1_000,
            boot_id: self.boot_id.clone(),
        }
    }
}

/// Microseconds since 1970, UTC.
#[must_use]
pub fn utc_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
