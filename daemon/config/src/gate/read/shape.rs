//! `answers` of a gate: what its answers are a list of.

use synod_consensus::Shape;

use crate::document::{Problems, Section};

pub(super) fn read_shape(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Shape {
    let words = Shape::ALL.map(|shape| format!("{:?}", shape.word()));
    let expected = format!("one of {}", words.join(", "));
    section
        .read("answers", &expected, problems, |value| {
            let word = value.as_str()?;
            Shape::ALL.into_iter().find(|shape| shape.word() == word)
        })
        .map_or(Shape::default(), |at| at.value)
}
