//! Over any text: no panic, and the planted text differs from the other exactly where the key says.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{examples, input, taken_out};
use crate::anchor::Input;
use crate::probe::{Key, MOST, Sort, Stretch, plant};

/// Pieces that sorts look for, and pieces that break them.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "- **FR-1** The page must answer within 5 s. ",
            "- FR-2 It shall not log passwords. ",
            "It must not log passwords (FR-2).",
            "It must end after 30 minutes",
            "the hash lives 30 min (FR-3)\n",
            "At least 99.9 % must pass.\n",
            "If it fails, it must say so. ",
            "## Glossary\n",
            "- **Hold**: ünder way\n",
            "a hold ends\n",
            "## Tasks\n",
            "- [ ] T-1 do it (FR-1)\n",
            "  - part\n",
            "| T-2 | x | FR-2 |\n",
            "|---|---|---|\n",
            "\n",
            "\n\n",
            "\r\n",
            "```\n",
            "`",
            "](",
            "---\n",
            "> ",
            "\t",
            "é\u{301}",
            "０５ s ",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        any::<String>(),
    ]
}

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

fn documents() -> impl Strategy<Value = Vec<Input>> {
    prop::collection::vec(document(), 0..3).prop_map(|texts| {
        let named = texts.iter().enumerate();
        named
            .map(|(n, text)| input(&format!("{n}-tasks.md"), text))
            .collect()
    })
}

fn stretches(key: &Key) -> Vec<&Stretch> {
    let places = key.faults.iter().map(|fault| &fault.place);
    let places = places.chain(key.controls.iter().map(|control| &control.place));
    places
        .flat_map(|place| place.block.iter().chain(&place.beside))
        .collect()
}

fn holds(inputs: &[Input], seed: u64) {
    let planted = plant(inputs, &Sort::ALL, seed);
    assert_eq!(planted, plant(inputs, &Sort::ALL, seed));
    assert_eq!(taken_out(&planted), inputs);
    let texts: BTreeMap<&str, &str> = planted
        .inputs
        .iter()
        .map(|input| (input.path.as_str(), input.text.as_str()))
        .collect();
    for fault in &planted.key.faults {
        assert_ne!(fault.before, fault.after);
        let text = texts[fault.path.as_str()];
        assert_eq!(fault.line, 1 + text[..fault.start].matches('\n').count());
        if let Some(block) = &fault.place.block {
            assert!(block.start <= fault.start && fault.end <= block.end);
        }
    }
    for stretch in stretches(&planted.key) {
        assert!(!texts[stretch.path.as_str()][stretch.start..stretch.end].is_empty());
    }
    // At most one in a block, few in a document, and none where one is kept for comparison.
    let blocks = planted
        .key
        .faults
        .iter()
        .filter_map(|f| f.place.block.as_ref());
    let mut blocks: Vec<&Stretch> = blocks
        .chain(
            planted
                .key
                .controls
                .iter()
                .filter_map(|c| c.place.block.as_ref()),
        )
        .collect();
    let before = blocks.len();
    blocks.sort();
    blocks.dedup();
    assert_eq!(blocks.len(), before);
    for input in inputs {
        let here = planted.key.faults.iter().filter(|f| f.path == input.path);
        assert!(here.count() <= MOST);
    }
    let stored = serde_json::to_value(&planted.key).unwrap();
    assert_eq!(serde_json::from_value::<Key>(stored).unwrap(), planted.key);
}

#[test]
fn the_examples_differ_exactly_where_the_key_says() {
    for inputs in examples() {
        for seed in 0..12 {
            holds(&inputs, seed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_differs_exactly_where_the_key_says(inputs in documents(), seed in any::<u64>()) {
        holds(&inputs, seed);
    }
}
