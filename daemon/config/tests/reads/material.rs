//! What several tests are made of: subjects in memory, codes, and the reading of fences.

use std::collections::BTreeMap;
use std::path::PathBuf;

use synod_config::{Check, Checklist, GateDef, Gates, Input, Requirement, Subject, receipt_from};

pub const NONCE: &str = "4f1c9a0b27d85e63";

pub fn builtin(name: &str) -> GateDef {
    Gates::builtin().unwrap().get(name).unwrap().clone()
}

pub fn subject(files: &[(&str, &str)]) -> Subject {
    let inputs = files.iter().map(|(path, text)| Input {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
        sha256: String::new(),
    });
    Subject {
        name: "s".to_owned(),
        path: PathBuf::from("/s"),
        root: PathBuf::from("/s"),
        inputs: inputs.collect(),
        content_hash: String::new(),
    }
}

/// A code for each input.
pub fn receipts(subject: &Subject) -> BTreeMap<String, String> {
    let codes = (0u64..).map(|n| receipt_from((0x0a5f_93c7_1d2e_4b68 + n).to_be_bytes()));
    let paths = subject.inputs.iter().map(|input| input.path.clone());
    paths.zip(codes).collect()
}

/// A code for each input, and one for the findings of a later round.
pub fn receipts_of_round(subject: &Subject) -> BTreeMap<String, String> {
    let mut receipts = receipts(subject);
    let code = receipt_from(0x0123_4567_89ab_cdef_u64.to_be_bytes());
    receipts.insert("findings".to_owned(), code);
    receipts
}

/// Two questions about one requirement.
pub fn checklist() -> Checklist {
    let check = |id: &str, question: &str| Check {
        id: id.to_owned(),
        question: question.to_owned(),
    };
    Checklist {
        checks: vec![
            check("actor", "Does it name who or what has to act?"),
            check("measurable", "Does it state a measurable criterion?"),
        ],
        requirements: vec![Requirement {
            id: "FR-1".to_owned(),
            path: "spec.md".to_owned(),
            text: "A \"session\"\nmust end soon.".to_owned(),
        }],
    }
}

/// What a reader of the prompt finds between the fences of this nonce: path, text, receipt.
pub fn read_back(prompt: &str, nonce: &str) -> Vec<(String, String, String)> {
    let open = format!("<<<SYNOD INPUT nonce={nonce} path=");
    let mut found = Vec::new();
    let mut rest = prompt;
    while let Some(start) = rest.find(&open) {
        let (head, body) = rest[start + open.len()..].split_once('\n').unwrap();
        let (path, bytes) = head.rsplit_once(" bytes=").unwrap();
        let bytes = bytes.split(' ').next().unwrap();
        let (text, after) = body.split_at(bytes.parse().unwrap());
        let after = if text.ends_with('\n') {
            after
        } else {
            after.strip_prefix('\n').unwrap()
        };
        let end = format!("SYNOD INPUT END nonce={nonce} path={path} receipt=");
        let (receipt, after) = after
            .strip_prefix(&end)
            .unwrap()
            .split_once(">>>\n")
            .unwrap();
        found.push((
            serde_json::from_str(path).unwrap(),
            text.to_owned(),
            receipt.to_owned(),
        ));
        rest = after;
    }
    found
}
