//! What it plays is understood as what it plays: the readers of the daemon name the failure that the script asked
//! for. Catalogue rows P3 to P6, from the side of who prints.

use synod_adapters::{Adapter, Conclusion, Ending, Reader};
use synod_shared::words::Reason;

use crate::support::play;

#[track_caller]
fn read(adapter: Adapter, script: &[&str]) -> (Conclusion, Reader) {
    let all: Vec<&str> = ["as", adapter.as_str()]
        .iter()
        .chain(script)
        .copied()
        .collect();
    let played = play("a prompt", &all);
    let mut reader = Reader::new(adapter);
    let mut events = Vec::new();
    for line in played.stdout.lines() {
        reader.line(line.as_bytes(), &mut events);
    }
    let ending = Ending::Exited(played.code);
    let conclusion = reader.conclude(ending, played.stderr.as_bytes(), 1_000_000);
    (conclusion, reader)
}

const PRINTED: [Adapter; 4] = [
    Adapter::Claude,
    Adapter::Codex,
    Adapter::Gemini,
    Adapter::Opencode,
];

#[test]
fn an_answer_is_read_with_its_session_its_tokens_and_its_text() {
    for adapter in PRINTED {
        let script = [
            "session",
            "s-1",
            "model",
            "m-1",
            "usage",
            "1000",
            "400",
            "50",
            "5",
            "calls",
            "bash",
            "ls",
            "returned",
            "a b",
            "final",
            "It is so.",
            "done",
        ];
        let (conclusion, reader) = read(adapter, &script);
        assert_eq!(
            conclusion.reason,
            Reason::Completed,
            "{adapter}: {}",
            conclusion.detail
        );
        assert_eq!(reader.final_text(), Some("It is so."), "{adapter}");
        let record = reader.record();
        assert_eq!(record.session_id.as_deref(), Some("s-1"), "{adapter}");
        assert_eq!(record.usage.input_tokens, 1000, "{adapter}");
        assert_eq!(record.usage.cached_tokens, 400, "{adapter}");
    }
}

#[test]
fn every_failure_is_read_as_what_it_is() {
    for adapter in PRINTED {
        for (failure, reason) in [
            ("401", Reason::BadKey),
            ("429", Reason::RateLimited),
            ("500", Reason::ServerError),
            ("529", Reason::Overloaded),
            ("unknown-model", Reason::UnknownModel),
            ("context", Reason::ContextTooLong),
            ("quota", Reason::QuotaGone),
        ] {
            let (conclusion, _) = read(adapter, &["fails", failure]);
            assert_eq!(
                conclusion.reason, reason,
                "{adapter} {failure}: {}",
                conclusion.detail
            );
        }
        let (conclusion, _) = read(adapter, &["says", "Hm.", "no-final"]);
        assert_eq!(conclusion.reason, Reason::TransportCut, "{adapter}");
    }
    for (failure, reason) in [
        ("refusal", Reason::Refused),
        ("max-tokens", Reason::Truncated),
        ("login", Reason::LoginNeeded),
    ] {
        let (conclusion, _) = read(Adapter::Claude, &["fails", failure]);
        assert_eq!(
            conclusion.reason, reason,
            "{failure}: {}",
            conclusion.detail
        );
    }
    let (conclusion, _) = read(Adapter::Opencode, &["says", "Hm.", "fails", "max-tokens"]);
    assert_eq!(conclusion.reason, Reason::Truncated);
    let (conclusion, _) = read(Adapter::Gemini, &["fails", "login"]);
    assert_eq!(
        conclusion.reason,
        Reason::LoginNeeded,
        "{}",
        conclusion.detail
    );
}

#[test]
fn a_time_to_try_again_is_read() {
    for adapter in PRINTED {
        let (conclusion, _) = read(adapter, &["fails", "429", "retry-after", "600"]);
        assert_eq!(conclusion.reason, Reason::RateLimited, "{adapter}");
        assert!(
            conclusion.retry_at_us.is_some(),
            "{adapter}: {conclusion:?}"
        );
    }
}
