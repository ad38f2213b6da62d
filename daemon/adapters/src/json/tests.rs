use super::*;

#[track_caller]
fn check(line: &[u8], expected: Option<&str>) {
    assert_eq!(with(line, |line| line.to_string()).as_deref(), expected);
}

#[test]
fn what_is_json_reads_as_it_is() {
    check(
        br#" {"a":[1,-2,3.5,"x\ny"],"b":{"c":null,"d":true}} "#,
        Some(r#"{"a":[1,-2,3.5,"x\ny"],"b":{"c":null,"d":true}}"#),
    );
}

#[test]
fn what_is_none_reads_as_nothing() {
    for line in [
        &b""[..],
        b"hello",
        b"{\"a\":",
        b"{} {}",
        b"[1,",
        b"\x00",
        b"{\"a\":1e999}",
    ] {
        check(line, None);
    }
}

/// O8: a character cut in two, as an escape or as bytes; NUL.
#[test]
fn half_characters_are_replaced_and_nothing_else_is_lost() {
    check(
        br#"{"a":"x\ud83d y","b":"\ud83d\ude00","c":"\\ud83d"}"#,
        Some("{\"a\":\"x\u{fffd} y\",\"b\":\"\u{1f600}\",\"c\":\"\\\\ud83d\"}"),
    );
    check(b"{\"a\":\"x\xf0\x9f\"}", Some("{\"a\":\"x\u{fffd}\"}"));
    check(b"{\"a\":\"x\x00y\"}", Some(r#"{"a":"x y"}"#));
}

/// O7: nesting 100,000 deep; the fields beside it are read.
#[test]
fn what_is_too_deep_is_skipped_and_its_neighbours_are_read() {
    let deep = format!(
        "{{\"a\":{}{},\"type\":\"result\"}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let kind = with(deep.as_bytes(), |line| {
        line.get("type").text().map(str::to_owned)
    });
    assert_eq!(kind, Some(Some("result".to_owned())));
    let open = "{\"a\":".repeat(100_000);
    check(open.as_bytes(), None);
}
