//! What reaches an agent, and what becomes of one that does not want it.

use crate::{
    NATIVE, completed,
    stage::{OK, Stage},
};

/// Everything a shell would touch, 300 KB of it, beginning with a dash.
fn hostile_prompt() -> Vec<u8> {
    let piece = "- it's \"quoted\" `id` $(id) ${HOME} $HOME \\ \\n %s !! ~ * ? [a] {b,c}\n\
        EOF\n'EOF'\n<<EOF\n; rm -rf / & | > < \t--help\r\n\u{1b}[31m ünïcödé 漢字 end of piece\n";
    let mut prompt = b"-n --prompt=- ".to_vec();
    while prompt.len() < 300_000 {
        prompt.extend_from_slice(piece.as_bytes());
    }
    prompt
}

#[track_caller]
fn ask(stage: &Stage, prompt: &[u8]) -> synod_proto::v1::Run {
    let args = ["--json", "run", "--agent", stage.adapter, "--detach", "-"];
    let run = stage.world.synod_with_input(args, prompt).success().json();
    stage.world.wait_end(run["id"].as_str().unwrap())
}

/// P3
#[test]
fn a_hostile_prompt_of_300_kb_arrives_byte_for_byte() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        stage.plays(&format!("{adapter}-stream"));
        let prompt = hostile_prompt();
        completed(&ask(&stage, &prompt), OK);
        assert!(stage.prompt() == prompt, "{adapter}: other bytes arrived");
        stage.world.assert_invariants();
    }
}

/// P3: another program in the CLI's place is given its own words and no others.
#[test]
fn without_profile_flags_the_configured_words_are_all_there_is() {
    for adapter in NATIVE {
        let stage = Stage::of(adapter);
        stage.plays(&format!("{adapter}-stream"));
        completed(&ask(&stage, b"--help"), OK);
        assert_eq!(stage.argv(), [""; 0], "{adapter}");
        assert_eq!(stage.prompt(), b"--help");
    }
}

/// P4
#[test]
fn an_agent_may_print_a_megabyte_before_it_reads_or_never_read_at_all() {
    for adapter in NATIVE {
        for (what, reads) in [
            ("late", "cat >/dev/null"),
            ("never", ":"),
            ("closed", "exec <&-"),
        ] {
            let stage = Stage::of(adapter);
            let world = &stage.world;
            let transcript = world.at("transcript");
            let bytes = crate::stage::recorded(&format!("{adapter}-stream"), "stdout.jsonl");
            std::fs::write(&transcript, bytes).unwrap();
            let script = format!(
                "i=0; while [ $i -lt 8 ]; do head -c 131072 /dev/zero | tr '\\0' x; echo; i=$((i+1)); done
                {reads}; cat \"$1\""
            );
            let argv = ["sh", "-c", &script, "sh", &transcript].map(String::from);
            world.write_config(&crate::stage::agent(adapter, &argv, ""));
            let run = ask(&stage, &hostile_prompt());
            let attempt = completed(&run, OK);
            assert!(attempt.output_bytes > Some(1 << 20), "{adapter} {what}");
            world.assert_invariants();
        }
    }
}
