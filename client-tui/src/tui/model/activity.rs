//! How much was printed when: a few slots of time for a sparkline.

use jiff::Timestamp;

/// Slots kept.
pub const SLOTS: usize = 16;
/// Seconds in a slot.
const SECONDS: i64 = 3;

/// Bytes in each of the last slots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Activity {
    bytes: [u64; SLOTS],
    /// The number of the newest slot, counted from the epoch.
    newest: i64,
}

impl Activity {
    /// Something was printed. What is older than the slots kept is dropped.
    pub fn add(&mut self, at: Timestamp, bytes: u64) {
        let slot = slot_of(at);
        if slot > self.newest {
            self.bytes = self.seen_from(slot);
            self.newest = slot;
        }
        let ago = usize::try_from(self.newest - slot).unwrap_or(SLOTS);
        if let Some(count) = SLOTS
            .checked_sub(ago + 1)
            .and_then(|n| self.bytes.get_mut(n))
        {
            *count = count.saturating_add(bytes);
        }
    }

    /// The slots as of a moment, oldest first.
    pub fn until(&self, now: Timestamp) -> [u64; SLOTS] {
        self.seen_from(slot_of(now).max(self.newest))
    }

    fn seen_from(&self, newest: i64) -> [u64; SLOTS] {
        let moved = usize::try_from(newest - self.newest)
            .unwrap_or(SLOTS)
            .min(SLOTS);
        let mut bytes = [0; SLOTS];
        bytes[..SLOTS - moved].copy_from_slice(&self.bytes[moved..]);
        bytes
    }
}

fn slot_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(second, 0).unwrap()
    }

    #[test]
    fn bytes_stand_in_their_slot_and_move_out_with_time() {
        let mut activity = Activity::default();
        activity.add(at(300), 5);
        activity.add(at(301), 2);
        activity.add(at(306), 9);
        activity.add(at(303), 1);
        let mut expected = [0; SLOTS];
        (expected[13], expected[14], expected[15]) = (7, 1, 9);
        assert_eq!(activity.until(at(307)), expected);
        assert_eq!(activity.until(at(312))[11..], [7, 1, 9, 0, 0]);
        assert_eq!(activity.until(at(900)), [0; SLOTS]);
        activity.add(at(1), 77);
        assert_eq!(activity.until(at(307)), expected);
    }
}
