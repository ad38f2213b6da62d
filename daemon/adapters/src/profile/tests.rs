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
    let tried = [
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
    ];
    insta::assert_snapshot!(tried.join("\n"), @r"
claude -p --output-format stream-json --verbose --tools Read,Glob,Grep --strict-mcp-config --permission-prompts none --setting-sources user
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
");
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

/// L2: what opens a whole cloud account, and what is a key of another program's, is handed to nobody unnamed.
#[test]
fn no_profile_hands_on_the_keys_of_an_account_or_of_other_programs() {
    for adapter in Adapter::ALL {
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "GOOGLE_CREDENTIALS",
            "GOOGLE_CLIENT_SECRET",
            "AZURE_OPENAI_API_KEY",
            "GITHUB_TOKEN",
        ] {
            assert!(
                !Profile::of(*adapter).hands_on(name),
                "{adapter} hands on {name}"
            );
        }
    }
    for adapter in [Adapter::Claude, Adapter::Opencode] {
        for name in ["AWS_REGION", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"] {
            assert!(Profile::of(adapter).hands_on(name), "{adapter}: {name}");
        }
    }
    for name in [
        "GEMINI_API_KEY",
        "GOOGLE_API_KEY",
        "GOOGLE_GENAI_USE_VERTEXAI",
    ] {
        assert!(Profile::of(Adapter::Gemini).hands_on(name), "{name}");
    }
}

/// L2: nobody knows whose agent it is, so it gets no provider's key unless its configuration names one.
#[test]
fn an_agent_that_is_spoken_to_is_handed_no_providers_key() {
    let acp = Profile::of(Adapter::Acp);
    for name in [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CODEX_API_KEY",
        "OPENAI_API_KEY",
        "GEMINI_API_KEY",
        "GOOGLE_API_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "OPENCODE_API_KEY",
        "OPENCODE_CONFIG_CONTENT",
    ] {
        assert!(!acp.hands_on(name), "{name}");
    }
    for name in ["CODEX_HOME", "HTTPS_PROXY", "SSL_CERT_FILE"] {
        assert!(acp.hands_on(name), "{name}");
    }
}

/// opencode asks nobody, also when it is spoken to.
#[test]
fn in_a_gate_opencode_has_the_same_tools_taken_away_when_it_is_spoken_to() {
    let rules = &Profile::of(Adapter::Opencode).gate_env;
    assert!(!rules.is_empty());
    assert_eq!(rules, &Profile::of(Adapter::Acp).gate_env);
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
