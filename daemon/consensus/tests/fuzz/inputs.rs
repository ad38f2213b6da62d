//! Bytes that are hard on parsers: valid answers that were mutilated, fences in fences, cut
//! characters, deep nesting, huge numbers, lone quotes, long runs of one thing.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::bodies::CODE;

fn answer(claim: &str) -> String {
    format!(
        "{{\"receipts\":{{\"spec.md\":\"{CODE}\"}},\"findings\":[{{\"kind\":\"ambiguity\",\
         \"claim\":\"{claim}\",\"severity\":\"important\",\"resolvability\":\"suggest-fix\",\
         \"suggested_fix\":{{\"findings\":[]}}}}]}}"
    )
}

/// A part of an output.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed: Vec<Vec<u8>> = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ":",
        ",",
        "\\u",
        "\\ud800",
        "\\\"",
        "null",
        "true",
        "-1.5e3",
        "1e99999",
        "-",
        "0x1",
        "\r\n",
        " ",
        "\t",
        "\u{1b}[31m",
        "\u{feff}",
        "\u{202e}",
        "👩\u{200d}🔧",
        "ü",
        "検索",
        "```json\n",
        "```\n",
        "~~~",
        "<think>",
        "tokens used: 12",
        "\"findings\"",
        "\"receipts\":{}",
        "{\"findings\":[]}",
        "\"spec.md\":\"R-7f3a\"",
        "[12:00:01] tool {\"ok\": true} \"went\" on {",
        "{{ name }}",
        "${MODEL_ID}",
        "': \"",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    prop_oneof![
        8 => prop::sample::select(fixed),
        2 => vec(any::<u8>(), 0..8),
        2 => "\\PC{0,12}".prop_map(|text| answer(&text.replace(['"', '\\'], "'")).into_bytes()),
        // Cut somewhere, inside a character too.
        2 => any::<prop::sample::Index>().prop_map(|at| {
            let mut whole = answer("größer als 漢字 👩\u{200d}🔧").into_bytes();
            whole.truncate(at.index(whole.len()));
            whole
        }),
        // One byte is another.
        2 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| {
            let mut whole = answer("the limit is not defined").into_bytes();
            let at = at.index(whole.len());
            whole[at] = byte;
            whole
        }),
        1 => (prop::sample::select(&["{", "[", "\"", "{\"a\":", "[[", "\\", "9", "```\n", "ü"][..]),
              1_usize..400).prop_map(|(unit, times)| unit.repeat(times).into_bytes()),
        1 => vec(any::<u8>(), 0..40).prop_map(|digits| {
            digits.iter().map(|digit| b'0' + digit % 10).collect()
        }),
    ]
}

/// An output. One in some hundreds is long, of one repeated part.
pub fn output() -> impl Strategy<Value = Vec<u8>> {
    let long = (piece(), 1_usize..20_000, piece()).prop_map(|(unit, times, end)| {
        let times = times.min((1 << 20) / unit.len().max(1));
        let mut bytes = unit.repeat(times);
        bytes.extend(end);
        bytes
    });
    prop_oneof![
        400 => vec(piece(), 0..24).prop_map(|pieces| pieces.concat()),
        1 => long,
    ]
}

/// A document, and claims about it, in the form that `bodies::matching` reads.
pub fn claims() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: &[&str] = &[
        "the",
        "limit",
        "Limit,",
        "number",
        "of",
        "retries",
        "is",
        "not",
        "no",
        "defined",
        "undefined",
        "how",
        "many",
        "5",
        "5s",
        "10",
        "FR-1",
        "FR-2",
        "`a_b`",
        "plan.md",
        ">",
        "<5",
        "must",
        "may",
        "only",
        "before",
        "after",
        "?",
        "…",
        "検索の",
        "応答",
        "されていない",
        "ß",
        "İ",
        "ﬁ",
        "Ⅷ",
        "n't",
        "'",
        "’s",
        "-",
        "||",
        "\n## H\n",
        "\n\n",
        "e\u{301}",
        "\u{200b}",
    ];
    let text = |most| {
        vec(prop::sample::select(WORDS), 0..most).prop_map(|words: Vec<&str>| words.join(" "))
    };
    let claim = prop_oneof![
        6 => (text(12), text(4), text(2))
            .prop_map(|(claim, quote, about)| format!("{claim}|{quote}|{about}")),
        1 => "\\PC{0,40}",
        1 => vec(any::<u8>(), 0..40).prop_map(|b| String::from_utf8_lossy(&b).into_owned()),
    ];
    (text(30), vec(claim, 0..10))
        .prop_map(|(input, claims)| format!("{input}\u{1e}{}", claims.join("\u{1f}")).into_bytes())
}
