//! Tries a gate's templates before anything depends on them, over made-up inputs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use synod_consensus::extract;

use crate::gate::{Companion, GateDef, RESERVED};
use crate::receipt::{nonce_from, receipt_from};
use crate::subject::{Input, Subject};

use super::template::check_names;
use super::{
    BallotItem, Check, Checklist, Dispute, PromptError, Requirement, VARIABLES, render, rounds,
};

/// The names a gate's templates use, then a rendering of each; the first round's with a role and
/// without. No prompt may pass for an answer to itself.
pub(crate) fn check(gate: &GateDef) -> Result<(), PromptError> {
    check_names(&gate.prompt, &VARIABLES)?;
    let subject = sample(gate);
    let mut receipts: BTreeMap<String, String> = subject
        .inputs
        .iter()
        .map(|input| (input.path.clone(), receipt_from([0; 8])))
        .collect();
    let nonce = nonce_from([0; 8]);
    let checklist = Checklist {
        checks: vec![Check {
            id: "sample".to_owned(),
            question: "Is it a sample?".to_owned(),
        }],
        requirements: vec![Requirement {
            id: "FR-1".to_owned(),
            path: gate.inputs[0].path.clone(),
            text: "Sample".to_owned(),
        }],
    };
    for role in [None, Some("a sample role")] {
        let prompt = render(gate, role, &subject, &checklist, &nonce, &receipts)?;
        // No receipts are asked for: an example has to be no answer by its shape alone.
        if extract(prompt.as_bytes(), &gate.schema, &BTreeMap::new(), None).is_ok() {
            return Err(PromptError::ExampleCounts {
                file: gate.prompt.file.clone(),
            });
        }
    }
    receipts.insert(RESERVED.to_owned(), receipt_from([0; 8]));
    let item = BallotItem {
        label: "F1".to_owned(),
        kind: "ambiguity".to_owned(),
        claim: "A sample.".to_owned(),
        quotes: Vec::new(),
        options: Vec::new(),
    };
    if let Some(template) = &gate.ballot_prompt {
        check_later(template)?;
        rounds::render_ballot(
            gate,
            &subject,
            std::slice::from_ref(&item),
            "{}",
            &nonce,
            &receipts,
        )?;
    }
    if let Some(template) = &gate.arbiter_prompt {
        check_later(template)?;
        let dispute = Dispute {
            item,
            positions: Vec::new(),
        };
        rounds::render_arbitration(gate, &subject, &[dispute], "{}", &nonce, &receipts)?;
    }
    Ok(())
}

fn check_later(template: &Companion) -> Result<(), PromptError> {
    Ok(check_names(template, &rounds::VARIABLES)?)
}

fn sample(gate: &GateDef) -> Subject {
    let inputs = gate.inputs.iter().map(|input| Input {
        path: input.path.clone(),
        text: "# Sample\n".to_owned(),
        sha256: String::new(),
    });
    Subject {
        name: "sample".to_owned(),
        path: PathBuf::new(),
        root: PathBuf::new(),
        inputs: inputs.collect(),
        content_hash: String::new(),
    }
}
