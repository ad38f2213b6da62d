//! A tree of two thousand: in a program of its own, so that no other test shares the machine with
//! it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests may

#[path = "it/support.rs"]
#[allow(dead_code)] // made for all tests, and this is one of them
mod support;

use support::{Setup, check_cancelled, in_each};

/// P8
#[test]
fn two_thousand_deaf_children_are_gone_within_the_grace_and_a_second() {
    in_each(|containment| {
        let script = "trap '' TERM; i=0
            while [ $i -lt 2000 ]; do sleep 1000 & i=$((i+1)); done
            echo ready; wait";
        check_cancelled(Setup::sh(containment, script).launch());
    });
}
