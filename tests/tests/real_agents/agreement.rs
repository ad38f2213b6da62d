//! One gate, answered by CLIs of different makers.

use serde_json::json;

use crate::{Rig, finding, with};

const CLAIM: &str = "FR-1 gives no time for quickly.";
const QUICKLY: &str = "answer a search quickly";

#[test]
fn what_all_clis_report_is_confirmed_by_as_many_families() {
    let Some(rig) = Rig::new() else { return };
    if rig.clis.len() < 2 {
        return; // nobody agrees alone
    }
    let seen = with(finding(CLAIM, QUICKLY), json!({"answer": "200 ms"}));
    for cli in &rig.clis {
        rig.models.find(*cli, &json!([seen]));
    }
    let ended = rig.ask(&[]);
    ended.answered(&rig, rig.clis.iter().copied());
    // So few families settle nothing that is important by themselves, however they agree.
    assert_eq!(ended.end(), (10, "awaiting-human"), "{:#?}", ended.run);
    let [found] = &ended.run.findings[..] else {
        panic!("expected one finding, found {:#?}", ended.run.findings);
    };
    assert_eq!(found.voices.len(), rig.clis.len());
    assert_eq!(
        (found.agreement.as_str(), found.decision.as_str()),
        ("confirmed", "ask")
    );
    assert_eq!(found.ballots.len(), rig.clis.len());
    assert!(found.ballots.iter().all(|cast| cast.real == "yes"));
    for cli in &rig.clis {
        let asked = rig.models.asked(*cli);
        assert_eq!(asked, 2, "{}: once in each round", cli.name());
    }
    rig.world.assert_invariants();
}

#[test]
fn clis_that_want_different_things_make_a_question() {
    let Some(rig) = Rig::new() else { return };
    if rig.clis.len() < 2 {
        return; // nobody agrees alone
    }
    for (cli, answer) in rig
        .clis
        .iter()
        .zip(["200 ms", "2 seconds", "1 minute", "1 h"])
    {
        let seen = with(finding(CLAIM, QUICKLY), json!({"answer": answer}));
        rig.models.find(*cli, &json!([seen]));
    }
    let ended = rig.ask(&[]);
    ended.answered(&rig, rig.clis.iter().copied());
    assert_eq!(ended.end(), (10, "awaiting-human"));
    let [question] = &ended.run.questions[..] else {
        panic!("expected one question, found {:#?}", ended.run.questions);
    };
    assert_eq!(question.options.len(), rig.clis.len(), "{question:#?}");
    rig.world
        .synod(["answer", &question.id, "200 ms"])
        .success();
    let run = rig.world.wait_end(&ended.run.id);
    assert_eq!(run.state, "passed");
    rig.world.assert_invariants();
}
