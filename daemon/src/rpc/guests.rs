//! Who is connected, and who has to go when one too many comes: whoever has been here longest without asking for
//! anything. If all have asked for something, the newcomer goes.
//!
//! Without it a program that opens connections and says nothing would shut everybody else out.

use std::{
    collections::BTreeMap,
    future::Future as _,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::sync::oneshot;

/// Those who are connected, in the order in which they came.
#[derive(Debug)]
pub struct Guests {
    most: usize,
    here: Mutex<Here>,
}

#[derive(Debug, Default)]
struct Here {
    came: u64,
    by_arrival: BTreeMap<u64, Guest>,
}

#[derive(Debug)]
struct Guest {
    has_asked: Arc<AtomicBool>,
    leave: oneshot::Sender<()>,
}

/// What became of a newcomer.
#[derive(Debug)]
pub enum Admission {
    /// There was room, or room was made.
    Admitted(Seat),
    /// Everybody here has asked for something.
    Full,
}

/// A place among the guests, given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    guests: Arc<Guests>,
    arrival: u64,
    has_asked: Arc<AtomicBool>,
    /// None once it was heard.
    leave: Option<oneshot::Receiver<()>>,
}

impl Guests {
    /// At most so many at a time.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            here: Mutex::default(),
        })
    }

    /// Makes room for one more, if that can be done.
    pub fn admit(self: &Arc<Self>) -> Admission {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.by_arrival.len() >= self.most {
            let silent = here
                .by_arrival
                .iter()
                .find(|(_, guest)| !guest.has_asked.load(Ordering::Relaxed))
                .map(|(arrival, _)| *arrival);
            let Some(guest) = silent.and_then(|arrival| here.by_arrival.remove(&arrival)) else {
                return Admission::Full;
            };
            // One that is leaving by itself needs no telling.
            let _ = guest.leave.send(());
        }
        here.came += 1;
        let arrival = here.came;
        let has_asked = Arc::<AtomicBool>::default();
        let (leave, told) = oneshot::channel();
        here.by_arrival.insert(
            arrival,
            Guest {
                has_asked: Arc::clone(&has_asked),
                leave,
            },
        );
        Admission::Admitted(Seat {
            guests: Arc::clone(self),
            arrival,
            has_asked,
            leave: Some(told),
        })
    }
}

impl Seat {
    /// From now on nobody takes this place.
    pub fn has_asked(&self) {
        self.has_asked.store(true, Ordering::Relaxed);
    }

    /// Whether it has to go; if not, the task is woken when it has.
    pub fn poll_leave(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(leave) = &mut self.leave else {
            return Poll::Ready(());
        };
        let told = Pin::new(leave).poll(context).map(drop);
        if told.is_ready() {
            self.leave = None;
        }
        told
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let here = &self.guests.here;
        let mut here = here.lock().unwrap_or_else(PoisonError::into_inner);
        here.by_arrival.remove(&self.arrival);
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[track_caller]
    fn admitted(guests: &Arc<Guests>) -> Seat {
        match guests.admit() {
            Admission::Admitted(seat) => seat,
            Admission::Full => panic!("there is room"),
        }
    }

    fn has_to_go(seat: &mut Seat) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        seat.poll_leave(&mut context).is_ready()
    }

    #[test]
    fn one_too_many_takes_the_place_of_whoever_was_silent_longest() {
        let guests = Guests::new(3);
        let mut seats = [(); 3].map(|()| admitted(&guests));
        seats[0].has_asked();
        let mut fourth = admitted(&guests);
        assert_eq!(seats.each_mut().map(has_to_go), [false, true, false]);
        let mut fifth = admitted(&guests);
        assert_eq!(seats.each_mut().map(has_to_go), [false, true, true]);
        assert!(!has_to_go(&mut fourth) && !has_to_go(&mut fifth));
    }

    #[test]
    fn where_all_have_asked_the_newcomer_goes_until_a_place_is_given_back() {
        let guests = Guests::new(2);
        let mut seats = [(); 2].map(|()| admitted(&guests));
        seats.iter().for_each(Seat::has_asked);
        assert!(matches!(guests.admit(), Admission::Full));
        assert_eq!(seats.each_mut().map(has_to_go), [false, false]);
        let [first, _second] = seats;
        drop(first);
        let third = admitted(&guests);
        third.has_asked();
        assert!(matches!(guests.admit(), Admission::Full));
    }

    #[test]
    fn one_that_was_told_to_go_gives_back_nothing_a_second_time() {
        let guests = Guests::new(1);
        let first = admitted(&guests);
        let second = admitted(&guests);
        second.has_asked();
        drop(first);
        assert!(matches!(guests.admit(), Admission::Full));
    }
}
