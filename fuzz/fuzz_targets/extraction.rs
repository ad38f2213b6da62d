//! Any output, with any prompt: what stands before the first NUL, if there is one.
#![no_main]
#![allow(dead_code, reason = "one of several bodies")]

#[path = "../../daemon/consensus/tests/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => bodies::extraction(&bytes[at + 1..], Some(&bytes[..at])),
        None => bodies::extraction(bytes, None),
    }
});
