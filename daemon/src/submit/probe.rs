//! Probes: a gate's subject with known faults in it, for its agents alone. Nothing is written into the user's folder.

use synod_config::{GateDef, Subject, cut::Shown};
use synod_consensus::{
    Input,
    probe::{Sort, plant},
};
use synod_core::entity::Probe;

use super::{SubmitError, gate::shown};

/// A subject as the agents of a probe are shown it.
pub(super) struct Planted {
    pub subject: Subject,
    pub inputs: Vec<Input>,
    pub probe: Probe,
}

/// Plants what an answer to this gate can report, where its prompts show the text.
pub(super) fn planted(
    gate: &GateDef,
    subject: &Subject,
    inputs: &[Input],
    seed: u64,
) -> Result<Planted, SubmitError> {
    // What a gate's limits cut off nobody can find.
    let (visible, rest): (Vec<Input>, Vec<&str>) = inputs
        .iter()
        .map(|input| {
            let left = Shown::limited(&input.text, gate.limit_of(&input.path))
                .cut
                .map_or(0, |cut| cut.left);
            let (text, rest) = input.text.split_at(input.text.len() - left);
            let path = input.path.clone();
            (
                Input {
                    path,
                    text: text.to_owned(),
                },
                rest,
            )
        })
        .unzip();
    let mut planted = plant(&visible, Sort::seen_by(gate.answers), seed);
    let key = serde_json::to_value(&planted.key);
    let (false, Ok(faults)) = (planted.key.faults.is_empty(), key) else {
        return Err(SubmitError::NothingToPlant {
            gate: gate.name.clone(),
        });
    };
    for (input, rest) in planted.inputs.iter_mut().zip(rest) {
        input.text.push_str(rest);
    }
    Ok(Planted {
        subject: Subject::of_texts(
            subject.name.clone(),
            subject.path.clone(),
            subject.root.clone(),
            shown(gate.answers, &planted.inputs),
        ),
        inputs: planted.inputs,
        probe: Probe { seed, faults },
    })
}
