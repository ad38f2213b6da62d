//! Extractor, injection rules and matcher under inputs nobody would write.
//!
//! 4,000 cases each, or as many as `PROPTEST_CASES` says if that is more; `PROPTEST_RNG_SEED`
//! chooses them. `bodies.rs` is also what `fuzz/` runs under libFuzzer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

mod bodies;
mod inputs;

use proptest::prelude::*;

fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        cases: asked.cases.max(4_000),
        failure_persistence: None,
        ..asked
    }
}

proptest! {
    #![proptest_config(config())]

    /// O7, O8
    #[test]
    fn no_output_breaks_the_extractor(
        output in inputs::output(),
        prompt in proptest::option::of(inputs::output()),
    ) {
        bodies::extraction(&output, prompt.as_deref());
    }

    /// O15
    #[test]
    fn no_input_breaks_the_rules_on_injection(text in prop_oneof![inputs::output(), inputs::claims()]) {
        bodies::injection(&text);
    }

    /// O12
    #[test]
    fn no_claims_break_the_matcher(bytes in inputs::claims()) {
        bodies::matching(&bytes);
    }
}

/// O7. Megabytes of them are timed by `cargo bench -p synod-tests --bench pure`.
#[test]
fn a_long_document_of_one_thing_breaks_nothing() {
    for unit in [
        "{", "[", "\"", "\\", "{\"a\":", "ü", "`", "|", "?", "not ", "5 ", "\u{1f}a", "# a\n",
    ] {
        let bytes = unit.repeat((1 << 16) / unit.len()).into_bytes();
        bodies::extraction(&bytes, Some(&bytes));
        bodies::injection(&bytes);
        bodies::matching(&bytes);
    }
}
