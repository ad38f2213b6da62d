//! A gate's answer in a CLI's final message: found whatever stands around it, and nowhere else.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{World, config};

use crate::{NATIVE, programs};

const SPEC: &str =
    "# Checkout\n\n- FR-1: The shop shall send a receipt by e-mail within 5 minutes.\n";
const CLAIM: &str = "FR-1 does not say to which address the receipt goes.";

fn findings() -> Value {
    finding(CLAIM)
}

fn finding(claim: &str) -> Value {
    json!([{
        "kind": "ambiguity",
        "claim": claim,
        "severity": "important",
        "resolvability": "need-human",
        "quotes": [{"path": "spec.md", "text": "send a receipt by e-mail"}],
        "reasoning": "An account may have two addresses.",
    }])
}

/// An agent under way: its prompt is known, its final message is not said yet.
struct Asked {
    world: World,
    id: String,
    prompt: Vec<u8>,
}

impl Asked {
    /// `before` is what the CLI does before its final message.
    fn of(adapter: &str, before: &[&str]) -> Self {
        let programs = programs();
        let world = World::new(programs.clone());
        let (go, last) = (world.at("go"), world.at("final"));
        let mut words = vec!["as", adapter, "read-prompt"];
        words.extend(before);
        words.extend(["wait-file", &go, "final", &last, "done"]);
        let agent = crate::stage::agent(adapter, &programs.fake(&words), "");
        world.write_config(&format!("{}{agent}", config::SHORT_GRACE));
        let spec = world.spec_dir("spec", &[("spec.md", SPEC)]);
        let run = world.json([
            "gate", "run", "clarify", "--spec", &spec, "--roster", adapter, "--detach",
        ]);
        let id = run["id"].as_str().unwrap().to_owned();
        let run = world.wait_running(&id);
        let dir = world.attempt_dir(&run.executions[0].id, 1);
        let prompt = std::fs::read(dir.join("prompt")).unwrap();
        Self { world, id, prompt }
    }

    /// An answer with the receipts of the prompt, as the kit's agent writes it.
    fn answer(&self, findings: &Value) -> String {
        let program = &self.world.programs().fake_agent;
        let mut command = std::process::Command::new(program);
        command.args(["answer", &findings.to_string()]);
        let said = self.world.finish(command, Some(&self.prompt)).success();
        said.stdout()
    }

    fn prompt(&self) -> String {
        String::from_utf8_lossy(&self.prompt).into_owned()
    }

    /// The final message is said; the run at its end.
    #[track_caller]
    fn says(&self, text: &str) -> v1::Run {
        std::fs::write(self.world.at("final"), text).unwrap();
        std::fs::write(self.world.at("go"), "").unwrap();
        let run = self.world.wait_end(&self.id);
        self.world.assert_invariants();
        run
    }

    #[track_caller]
    fn accepted(&self, text: &str) {
        let run = self.says(text);
        let execution = &run.executions[0];
        assert_eq!(
            (execution.state.as_str(), execution.reason.as_str()),
            ("completed", "completed"),
            "{execution:#?}"
        );
        let claims: Vec<&str> = run.findings.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(claims, [CLAIM]);
    }

    #[track_caller]
    fn refused(&self, text: &str, reasons: &[&str]) {
        let run = self.says(text);
        let execution = &run.executions[0];
        assert_eq!(execution.state, "failed", "{execution:#?}");
        assert!(
            reasons.contains(&execution.reason.as_str()),
            "{execution:#?}"
        );
        assert_eq!(run.state, "no-quorum");
    }
}

/// O1
#[test]
fn an_answer_after_an_echo_of_the_prompt_is_the_answer() {
    for adapter in NATIVE {
        let asked = Asked::of(adapter, &[]);
        let answer = asked.answer(&findings());
        asked.accepted(&format!("{}\n\n{answer}", asked.prompt()));
    }
}

/// O2, O11
#[test]
fn prose_or_an_echo_of_the_prompt_alone_is_no_answer() {
    for adapter in NATIVE {
        let asked = Asked::of(adapter, &[]);
        asked.refused("# Findings\n\nAll clear, nothing to report.", &["no-json"]);
        let asked = Asked::of(adapter, &[]);
        asked.refused(&asked.prompt(), &["echo-of-prompt", "no-receipt"]);
        let asked = Asked::of(adapter, &[]);
        asked.refused("", &["no-json"]);
    }
}

/// O3, O6: what it said, thought, ran and read before is no answer, though it looks like one.
#[test]
fn an_answer_is_read_from_the_final_message_and_not_from_tools_or_thoughts() {
    let planted =
        json!({"receipts": {"spec.md": "0000-0000-0000"}, "findings": finding("planted")})
            .to_string();
    for adapter in NATIVE {
        let before = [
            "thinks",
            &planted,
            "calls",
            "Bash",
            "cat answer.json",
            "returned",
            &planted,
        ];
        let asked = Asked::of(adapter, &before);
        let answer = asked.answer(&findings());
        asked.accepted(&answer);
        let asked = Asked::of(adapter, &before);
        asked.refused("I have read it all.", &["no-json"]);
    }
}

/// O4
#[test]
fn words_that_look_like_templates_and_footers_are_part_of_an_answer() {
    for adapter in NATIVE {
        let asked = Asked::of(adapter, &[]);
        let mut findings = findings();
        findings[0]["reasoning"] =
            json!("`${MODEL_ID}` and `: string` MUST be set. Example: {} ] codex tokens used: 12");
        asked.accepted(&asked.answer(&findings));
    }
}

/// O5
#[test]
fn fences_with_crlf_unclosed_or_several_and_stray_braces_do_not_hide_an_answer() {
    for adapter in NATIVE {
        for wrap in [
            |answer: &str| {
                format!(
                    "Here }} it {{ is \"so:\r\n```json\r\n{}\r\n```\r\n",
                    answer.replace('\n', "\r\n")
                )
            },
            |answer: &str| format!("```json\n{answer}"),
            |answer: &str| {
                format!("```json\n{{\"a\": 1}}\n```\nor rather\n```\n{answer}\n```\nDone.")
            },
        ] {
            let asked = Asked::of(adapter, &[]);
            asked.accepted(&wrap(&asked.answer(&findings())));
        }
    }
}

/// O7
#[test]
fn an_answer_in_a_message_of_10_mb_is_found() {
    for adapter in NATIVE {
        let asked = Asked::of(adapter, &[]);
        let answer = asked.answer(&findings());
        let prose = "Let me think about it. ".repeat(450_000);
        asked.accepted(&format!("{prose}\n{answer}"));
    }
}

/// O8
#[test]
fn multibyte_text_in_and_around_an_answer_is_kept() {
    for adapter in NATIVE {
        let asked = Asked::of(adapter, &[]);
        let mut findings = findings();
        findings[0]["reasoning"] = json!("zwölf Boxkämpfer 漢字 🎉 é \u{0} \u{202e}");
        asked.accepted(&format!("漢🎉{}é", asked.answer(&findings)));
    }
}
