use super::*;

fn words(adapter: Adapter, purpose: Purpose<'_>, model: Option<&str>) -> String {
    Profile::of(adapter).command(purpose, model, &[]).join(" ")
}

#[test]
fn every_shipped_profile_can_be_read() {
    for adapter in Adapter::ALL {
        let profile = Profile::parse(shipped(*adapter)).unwrap();
        assert_eq!(Profile::of(*adapter), &profile, "{adapter}");
        let known = !matches!(adapter, Adapter::Command | Adapter::Acp);
        assert_eq!(
            known,
            profile.version.is_some() && profile.install_hint.is_some(),
            "{adapter}"
        );
        assert_eq!(known, !profile.program.is_empty(), "{adapter}");
    }
}

#[test]
fn commands_are_the_ones_that_were_tried() {
    let gate = Purpose::Gate;
    let resume = Purpose::Resume { session: "s-1" };
    insta::assert_snapshot!(
                                                                    [
                                                                        words(Adapter::Claude, gate, None),
                                                                        words(Adapter::Claude, Purpose::Run, Some("opus")),
                                                                        words(Adapter::Claude, resume, None),
                                                                        words(Adapter::Codex, gate, Some("m")),
                                                                        words(Adapter::Codex, Purpose::Run, None),
                                                                        words(Adapter::Codex, resume, Some("m")),
                                                                        words(Adapter::Gemini, gate, Some("m")),
                                                                        words(Adapter::Gemini, Purpose::Run, None),
                                                                        words(Adapter::Gemini, resume, None),
                                                                        words(Adapter::Opencode, gate, Some("p/m")),
                                                                        words(Adapter::Opencode, Purpose::Run, None),
                                                                        words(Adapter::Opencode, resume, None),
                                                                    ]
                                                                    .join("\n"),
                                                                    @r"
claude -p --output-format stream-json --verbose --tools Read,Glob,Grep --strict-mcp-config --permission-prompts none
claude -p --output-format stream-json --verbose --permission-mode acceptEdits --allowedTools Bash --permission-prompts none --model opus
claude -p --output-format stream-json --verbose --permission-mode acceptEdits --allowedTools Bash --permission-prompts none --resume s-1
codex exec --json --skip-git-repo-check -s read-only -m m -
codex exec --json --skip-git-repo-check -s workspace-write -
codex exec --json --skip-git-repo-check -s workspace-write -m m resume s-1 -
gemini -o stream-json --skip-trust --approval-mode default -m m
gemini -o stream-json --skip-trust --approval-mode yolo
gemini -o stream-json --skip-trust --approval-mode yolo --resume s-1
opencode run --format json -m p/m
opencode run --format json
opencode run --format json -s s-1
"
                                                                );
}

/// L2: a key of the caller's reaches the agent it is for, and no other does.
#[test]
fn only_listed_variables_are_handed_on() {
    let claude = Profile::of(Adapter::Claude);
    for name in [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL",
        "HTTPS_PROXY",
        "CLAUDE_CODE_USE_BEDROCK",
    ] {
        assert!(claude.hands_on(name), "{name}");
    }
    for name in [
        "OPENAI_API_KEY",
        "ANTHROPIC",
        "LD_PRELOAD",
        "HTTPS_PROXY_X",
        "GITHUB_TOKEN",
    ] {
        assert!(!claude.hands_on(name), "{name}");
    }
    assert!(!Profile::of(Adapter::Command).hands_on("ANTHROPIC_API_KEY"));
}

/// P3: a prompt that the CLI would refuse, or swallow, is refused before the start.
#[test]
fn a_prompt_beyond_the_limit_is_refused_with_both_numbers() {
    let codex = Profile::of(Adapter::Codex);
    let most = "é".repeat(1_048_576);
    assert_eq!(codex.admits(&most), Ok(()));
    let found = 1_048_577;
    assert_eq!(
        codex.admits(&(most + "é")),
        Err(TooLong::Chars {
            most: 1_048_576,
            found
        })
    );
    let sentence = TooLong::Chars {
        most: 1_048_576,
        found,
    }
    .to_string();
    assert!(
        sentence.contains("1048576") && sentence.contains("1048577"),
        "{sentence}"
    );
    // Bytes and characters: three bytes for each of three million characters are too many bytes.
    let gemini = Profile::of(Adapter::Gemini);
    assert_eq!(gemini.admits(&"x".repeat(4_180_000)), Ok(()));
    let chars = gemini.admits(&"x".repeat(4_180_001));
    assert_eq!(
        chars,
        Err(TooLong::Chars {
            most: 4_180_000,
            found: 4_180_001
        })
    );
    let bytes = gemini.admits(&"語".repeat(3_000_000));
    assert_eq!(
        bytes,
        Err(TooLong::Bytes {
            most: 8_388_608,
            found: 9_000_000
        })
    );
}

#[test]
fn a_profile_that_is_wrong_is_refused_with_the_reason() {
    let error = |text: &str| Profile::parse(text).unwrap_err().to_string();
    assert!(error("argvv = []").contains("argvv"));
    assert!(error("first_byte = \"soon\"").contains("\"soon\""));
    assert!(error("model_argv = [\"-m\"]").contains("{model}"));
    assert!(error("prompt = \"mail\"").contains("mail"));
    let file = Profile::parse("prompt = { file = { flag = \"-f\" } }")
        .unwrap()
        .prompt;
    assert_eq!(
        file,
        PromptTransport::File {
            flag: "-f".to_owned()
        }
    );
}

#[test]
fn flags_of_the_users_stand_before_what_continues_a_session() {
    let args = ["--search".to_owned()];
    let words = Profile::of(Adapter::Codex).command(Purpose::Resume { session: "s" }, None, &args);
    let line = words.join(" ");
    assert!(line.ends_with(" --search resume s -"), "{line}");
}
