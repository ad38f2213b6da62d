//! Any bytes, as `bodies::matching` reads them.
#![no_main]
#![allow(dead_code, reason = "one of several bodies")]

#[path = "../../daemon/consensus/tests/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::matching(bytes));
