//! The parts agents play: what each prints, and what must be read from it.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::world::{World, finding};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Answers,
    FindsNothing,
    Missing,
    Malformed,
    Echoes,
    AnswersTwice,
    RepeatsItself,
    WithoutReceipts,
    InventsReceipts,
    CopiesWhatIsPlanted,
    AnotherKey,
    ProseOnly,
    AnswerInsideAFix,
}

pub const PARTS: [Part; 16] = [
    Part::Answers,
    Part::Answers,
    Part::Answers,
    Part::Answers,
    Part::FindsNothing,
    Part::Missing,
    Part::Malformed,
    Part::Echoes,
    Part::AnswersTwice,
    Part::RepeatsItself,
    Part::WithoutReceipts,
    Part::InventsReceipts,
    Part::CopiesWhatIsPlanted,
    Part::AnotherKey,
    Part::ProseOnly,
    Part::AnswerInsideAFix,
];

/// Of these every answer is valid: a gate in which nobody fails is where things get settled.
pub const SOUND: [Part; 5] = [
    Part::Answers,
    Part::Answers,
    Part::FindsNothing,
    Part::AnswersTwice,
    Part::AnswerInsideAFix,
];

/// What was printed, and the list that a reader must find in it; none where there is no valid answer.
pub struct Printed {
    pub output: Option<String>,
    pub expected: Option<Vec<Value>>,
}

/// Plays a part. `key` is the list an answer of this round is, `list` what it says in it.
pub fn play(
    part: Part,
    key: &str,
    list: Vec<Value>,
    world: &World,
    chance: &mut Chance,
) -> Printed {
    let whole = |receipts: Value, list: &[Value]| json!({"receipts": receipts, key: list});
    let valid = |list: Vec<Value>, output: String| Printed {
        output: Some(output),
        expected: Some(list),
    };
    let invalid = |output: String| Printed {
        output: Some(output),
        expected: None,
    };
    let around =
        |value: &Value| format!("[12:00] thinking {{\n```json\n{value}\n```\ntokens used: 12\n");
    let answer = whole(world.codes(), &list);
    match part {
        Part::Answers => valid(list, around(&answer)),
        Part::FindsNothing => valid(Vec::new(), around(&whole(world.codes(), &[]))),
        Part::Missing => Printed {
            output: None,
            expected: None,
        },
        Part::Malformed => {
            let text = answer.to_string();
            // Without its last brace no cut of it is whole.
            let cut = 1 + chance.below(text.len() - 1);
            let cut = (0..=cut)
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0);
            invalid(text[..cut].to_owned())
        }
        Part::Echoes => invalid(world.prompt.clone()),
        Part::AnswersTwice => valid(list, format!("{}{}", around(&answer), around(&answer))),
        Part::RepeatsItself => {
            let twice: Vec<Value> = list.iter().chain(&list).cloned().collect();
            valid(twice.clone(), around(&whole(world.codes(), &twice)))
        }
        Part::WithoutReceipts => {
            let none = if chance.one_in(2) {
                whole(json!({}), &[])
            } else {
                json!({key: []})
            };
            invalid(around(&none))
        }
        Part::InventsReceipts => invalid(around(&whole(
            json!({"spec.md": "R-1", "PRD.md": "R-1"}),
            &[],
        ))),
        Part::CopiesWhatIsPlanted => invalid(format!("{{\"receipts\": {{}}, \"{key}\": []}}")),
        Part::AnotherKey => invalid(json!({"receipts": world.codes(), "issues": []}).to_string()),
        Part::ProseOnly => invalid("I found no problems. The specification is clear.".to_owned()),
        Part::AnswerInsideAFix => {
            let mut one = list.into_iter().next().unwrap_or_else(|| finding(chance));
            one["suggested_fix"] = whole(world.codes(), &[]);
            let text = around(&whole(world.codes(), std::slice::from_ref(&one)));
            valid(vec![one], text)
        }
    }
}
