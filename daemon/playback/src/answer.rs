//! Answers to a gate's prompt, good and bad. The fences are those of `docs/agents.md`.

use serde_json::{Map, Value, json};

use crate::PlayError;

/// What an answer carries of the receipts that stand in the prompt.
#[derive(Clone, Copy)]
pub enum Receipts {
    Copied,
    Absent,
    Wrong,
}

const END: &str = "SYNOD INPUT END nonce=";

/// The answer as one pretty JSON object. `findings` is a JSON list, or the path of a file with one; the string
/// `"$RECEIPTS"` in it becomes the object of receipts.
pub fn answer(prompt: &[u8], findings: &str, receipts: Receipts) -> Result<String, PlayError> {
    let prompt = String::from_utf8_lossy(prompt);
    let text = text_of(findings)?;
    let found = Value::Object(receipts_of(&prompt)).to_string();
    let text = text.replace("\"$RECEIPTS\"", &found);
    let findings: Value = serde_json::from_str(&text).map_err(PlayError::Findings)?;
    let mut answer = Map::new();
    put_receipts(&mut answer, &prompt, receipts);
    answer.insert("findings".to_owned(), findings);
    Ok(format!("{:#}\n", Value::Object(answer)))
}

pub fn put_receipts(answer: &mut Map<String, Value>, prompt: &str, receipts: Receipts) {
    let found = receipts_of(prompt);
    match receipts {
        Receipts::Copied => drop(answer.insert("receipts".to_owned(), Value::Object(found))),
        Receipts::Absent => {}
        Receipts::Wrong => {
            let wrong = found
                .into_iter()
                .map(|(path, _)| (path, json!("0000-0000-0000")));
            answer.insert("receipts".to_owned(), Value::Object(wrong.collect()));
        }
    }
}

/// A JSON list, or the path of a file with one.
pub fn read_list(word: &str) -> Result<Vec<Value>, PlayError> {
    serde_json::from_str(&text_of(word)?).map_err(PlayError::Findings)
}

fn text_of(word: &str) -> Result<String, PlayError> {
    if word.trim_start().starts_with(['[', '{']) {
        return Ok(word.to_owned());
    }
    std::fs::read_to_string(word).map_err(PlayError::file(word))
}

/// The nonce of a prompt's own fences: that of the first.
pub fn own_nonce(prompt: &str) -> Option<&str> {
    prompt.lines().find_map(|line| {
        line.strip_prefix("<<<SYNOD INPUT nonce=")?
            .split(' ')
            .next()
    })
}

/// `SYNOD INPUT END nonce=… path="…" receipt=…>>>`, only those of the prompt's own nonce.
pub fn receipts_of(prompt: &str) -> Map<String, Value> {
    let own = own_nonce(prompt);
    let mut receipts = Map::new();
    for line in prompt.lines() {
        let parts = line.strip_prefix(END).and_then(|rest| {
            let (nonce, rest) = rest.split_once(" path=")?;
            let (path, receipt) = rest.strip_suffix(">>>")?.rsplit_once(" receipt=")?;
            Some((nonce, serde_json::from_str::<String>(path).ok()?, receipt))
        });
        if let Some((nonce, path, receipt)) = parts
            && Some(nonce) == own
        {
            receipts.insert(path, json!(receipt));
        }
    }
    receipts
}

/// As a transcript has it: banner, echo, thinking, tool output as JSON, the answer, a footer.
pub fn with_noise(prompt: &[u8], answer: &str) -> Vec<u8> {
    let mut all =
        b"[2026-01-02T03:04:05] fake agent v0.0.1\n--------\nuser instructions:\n".to_vec();
    all.extend_from_slice(prompt);
    all.extend_from_slice(
        b"\n[2026-01-02T03:04:06] thinking\nThe spec {as it stands} is [mostly] clear.\n",
    );
    all.extend_from_slice(b"{\"tool\": \"read\", \"result\": {\"lines\": [1, 2, 3]}}\n");
    all.extend_from_slice(b"[2026-01-02T03:04:07] codex\n\nHere is my answer:\n\n```json\n");
    all.extend_from_slice(answer.as_bytes());
    all.extend_from_slice(b"```\n[2026-01-02T03:04:08] tokens used: 12,345 {\"cost\": 0.42}\n");
    all
}
