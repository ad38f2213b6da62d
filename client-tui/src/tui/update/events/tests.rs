//! The feed's rows and chains.

use synod_proto::v1::{
    AgentStatusUpdate, AttemptProgress, Change, Failed, Run, Started,
    change::{Entity, Lifecycle},
};

use super::super::super::fixtures::{
    blank, changes, frame, knowing, picture, press, screen, snapshot, three, type_text,
};
use super::super::update;
use super::*;
use crate::{
    link::Away,
    render::samples,
    tui::{
        model::events::chain::{Is, Line},
        msg::{Answer, LinkNews, Msg, Reply},
    },
};

/// Tells a story, a change after another.
struct Story {
    changes: Vec<Change>,
    millis: i64,
    request: &'static str,
}

impl Story {
    fn tell(&mut self, entity: Entity, lifecycle: Option<Lifecycle>) {
        let mut at = samples::at(self.millis / 1000);
        at.nanos = i32::try_from(self.millis % 1000 * 1_000_000).unwrap();
        self.changes.push(Change {
            revision: self.changes.len() as u64 + 1,
            at: Some(at),
            request_id: self.request.into(),
            entity: Some(entity),
            lifecycle,
        });
    }

    fn by(&mut self, millis: i64, request: &'static str) {
        (self.millis, self.request) = (millis, request);
    }

    fn execution(&mut self, seat: usize, from: &str, to: &str) {
        let mut execution = samples::running().executions[seat].clone();
        execution.state = to.into();
        execution.attempts.clear();
        if to != "completed" {
            execution.reason.clear();
        }
        let status = AgentStatusUpdate {
            execution_id: execution.id.clone(),
            agent: execution.agent.clone(),
            from: from.into(),
            to: to.into(),
        };
        let status = Some(Lifecycle::AgentStatus(status));
        self.tell(Entity::Execution(execution), status);
    }

    fn attempt(&mut self, seat: usize, state: &str, lifecycle: Option<Lifecycle>) {
        let mut attempt = samples::running().executions[seat].attempts[0].clone();
        attempt.state = state.into();
        (attempt.exit_code, attempt.reason) = (None, String::new());
        if state == "exited" {
            attempt.signal = Some(15);
            attempt.reason = "cancelled".into();
        }
        self.tell(Entity::Attempt(attempt), lifecycle);
    }

    fn printed(&mut self, seat: usize, bytes: u64, line: &str) {
        let attempt = samples::running().executions[seat].attempts[0].clone();
        self.tell(
            Entity::Progress(AttemptProgress {
                attempt_id: attempt.id,
                execution_id: attempt.execution_id,
                run_id: attempt.run_id,
                output_bytes: bytes,
                last_line: line.into(),
                ..AttemptProgress::default()
            }),
            None,
        );
    }

    fn run(&mut self, state: &str) {
        self.tell(Entity::Run(run(state)), None);
    }
}

fn run(state: &str) -> Run {
    Run {
        state: state.into(),
        executions: Vec::new(),
        ..samples::running()
    }
}

/// A gate of two agents: submitted, started, printing; then cancelled, while the other is already done.
fn story() -> Vec<Change> {
    let mut story = Story {
        changes: Vec::new(),
        millis: 0,
        request: "submit",
    };
    story.run("pending");
    story.execution(0, "", "queued");
    story.execution(1, "", "queued");
    story.by(4, "");
    story.execution(0, "queued", "running");
    story.attempt(0, "starting", None);
    story.run("executing");
    let started = |agent: &str| {
        let agent = agent.to_owned();
        let (attempt_id, pid) = (String::new(), 4242);
        Some(Lifecycle::AgentStarted(Started {
            attempt_id,
            agent,
            pid,
        }))
    };
    story.by(24, "");
    story.attempt(0, "running", started("ambiguity"));
    story.by(1_024, "");
    story.printed(0, 100, "reading spec.md");
    story.by(2_024, "");
    story.printed(0, 1_200, "reading PRD.md");
    story.by(2_100, "");
    story.execution(1, "queued", "running");
    story.execution(1, "running", "completed");
    story.by(74_000, "cancel");
    story.run("executing");
    story.execution(0, "running", "running");
    story.attempt(0, "stopping", None);
    story.by(74_250, "");
    let failed = Failed {
        agent: "ambiguity".into(),
        reason: "cancelled".into(),
        signal: Some(15),
        ..Failed::default()
    };
    story.attempt(0, "exited", Some(Lifecycle::AgentFailed(failed)));
    story.execution(0, "running", "cancelled");
    story.run("cancelled");
    story.changes
}

/// Attached from the first revision on, with these changes come.
fn having(changes: Vec<Change>, columns: u16, rows: u16) -> Model {
    let mut model = blank(columns, rows);
    model.link.state = LinkState::Live;
    update(&mut model, Msg::Link(snapshot(Vec::new(), 0)));
    update(&mut model, Msg::Link(LinkNews::Changes(changes)));
    model.toasts = crate::tui::model::toast::Toasts::default();
    press(&mut model, "E");
    model
}

/// Changes of one run from a revision on, as many as wanted.
fn many(revisions: std::ops::RangeInclusive<u64>) -> Vec<Change> {
    let one = |revision| Change {
        revision,
        at: Some(samples::at(50)),
        entity: Some(Entity::Run(Run {
            revision,
            ..run("executing")
        })),
        ..Change::default()
    };
    revisions.map(one).collect()
}

fn reply(model: &mut Model, since: u64, until: u64, outcome: Result<Vec<Change>, String>) {
    let feed_id = "feed".to_owned();
    let call = Call::History {
        feed_id,
        since,
        until,
    };
    let outcome = outcome.map(Answer::History);
    update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
}

fn revision(model: &Model) -> Option<u64> {
    model.events.revision_at(model.events.cursor.index)
}

#[test]
fn pictures_of_the_feed() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let model = having(story(), columns, rows);
        insta::assert_snapshot!(format!("feed_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn pictures_of_a_chain() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = having(story(), columns, rows);
        press(&mut model, "k k enter");
        insta::assert_snapshot!(format!("chain_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn the_first_look_asks_for_what_came_before_once() {
    let mut model = knowing(three(), 80, 24);
    let ask = Cmd::Call(Call::History {
        feed_id: "feed".to_owned(),
        since: 0,
        until: 100,
    });
    assert_eq!(press(&mut model, "E"), [ask]);
    assert!(screen(&model).contains("reading earlier"));
    assert_eq!(press(&mut model, "m R E"), []);
    reply(&mut model, 0, 100, Ok(many(1..=100)));
    assert_eq!(revision(&model), Some(100), "the newest is followed");
    assert_eq!(press(&mut model, "R E"), []);
    press(&mut model, "g m");
    assert!(screen(&model).contains("that was the first of all changes"));
}

#[test]
fn earlier_changes_that_cannot_be_had_are_told_and_asked_for_again_on_demand() {
    let mut model = knowing(three(), 100, 24);
    press(&mut model, "E");
    reply(&mut model, 0, 100, Err("the daemon is busy".into()));
    let shown = screen(&model);
    assert!(shown.contains("could not be read (the daemon is busy)"));
    assert_eq!(press(&mut model, "m").len(), 1);
    reply(&mut model, 0, 100, Ok(Vec::new()));
    assert!(screen(&model).contains("nothing has happened yet"));
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    model.events.before = Before::More;
    assert_eq!(press(&mut model, "m"), []);
}

#[test]
fn the_selected_change_stays_selected_while_others_come() {
    let mut model = having(many(1..=100), 80, 24);
    press(&mut model, "k k k");
    let top = model.events.cursor.top;
    update(&mut model, Msg::Link(LinkNews::Changes(many(101..=150))));
    frame(&mut model);
    assert_eq!((revision(&model), model.events.cursor.top), (Some(97), top));
    assert!(screen(&model).contains("53 newer"));
    press(&mut model, "f");
    assert_eq!(revision(&model), Some(150));
    update(&mut model, Msg::Link(LinkNews::Changes(many(151..=9_000))));
    frame(&mut model);
    assert_eq!(revision(&model), Some(9_000));
    assert!(screen(&model).contains("following"));
}

#[test]
fn what_fell_out_of_the_ring_moves_the_selection_no_further_than_it_must() {
    let mut model = having(many(1..=100), 80, 24);
    press(&mut model, "g");
    update(&mut model, Msg::Link(LinkNews::Changes(many(101..=6_000))));
    frame(&mut model);
    assert_eq!(revision(&model), Some(1_001));
    assert!(screen(&model).contains("1001"));
    press(&mut model, "k");
    assert!(screen(&model).contains("earlier changes, up to revision 1000, are not loaded"));
}

/// T2
#[test]
fn changes_that_a_snapshot_made_up_for_are_a_row_and_can_be_loaded() {
    let mut model = having(many(1..=10), 80, 24);
    update(&mut model, Msg::Link(snapshot(three(), 20)));
    update(&mut model, Msg::Link(LinkNews::Changes(many(21..=22))));
    frame(&mut model);
    assert!(screen(&model).contains("resynced: revisions 11–20 are not shown here"));
    let load = Cmd::Call(Call::History {
        feed_id: "feed".to_owned(),
        since: 10,
        until: 20,
    });
    assert_eq!(press(&mut model, "k k enter"), [load]);
    reply(&mut model, 10, 20, Ok(many(11..=20)));
    assert!(!screen(&model).contains("resynced"), "{}", screen(&model));
    assert_eq!(model.events.rows(), 22);
}

#[test]
fn another_feed_begins_anew() {
    let mut model = having(story(), 80, 24);
    press(&mut model, "k enter");
    update(&mut model, Msg::Link(snapshot(three(), 5)));
    frame(&mut model);
    assert!(model.events.chain.is_none());
    assert_eq!(model.events.ring.count(), 0);
    assert_eq!(model.events.ring.newest(), 5);
}

#[test]
fn a_filter_holds_for_runs_agents_and_words_and_for_what_comes_later() {
    let mut model = having(story(), 100, 24);
    press(&mut model, "/");
    type_text(&mut model, "ambiguity !queued");
    press(&mut model, "enter");
    let shown = screen(&model);
    assert!(shown.contains("started, pid 4242") && shown.contains("filter “ambiguity"));
    assert!(!shown.contains("testability"), "{shown}");
    let before = model.events.rows();
    let execution = samples::running().executions[0].clone();
    let news = changes(&model, vec![Entity::Execution(execution)]);
    update(&mut model, news);
    frame(&mut model);
    assert_eq!(model.events.rows(), before + 1);
    press(&mut model, "/");
    type_text(&mut model, " nothing-like-it");
    frame(&mut model);
    assert!(screen(&model).contains("nothing matches"));
    press(&mut model, "esc");
    assert_eq!(model.events.rows(), story().len() + 1);
}

#[test]
fn a_chain_goes_from_the_command_to_the_end_and_esc_leads_back() {
    let mut model = having(story(), 100, 30);
    // The attempt's end by the cancel.
    press(&mut model, "k k");
    let before = revision(&model);
    press(&mut model, "enter");
    let shown = screen(&model);
    for words in [
        "submit: gate clarify on",
        "started, pid 4242",
        "printed, 1200 bytes so far, in 2 changes over 1.0s: reading PRD.md",
        "testability: running → completed",
        "cancel the run",
        "◆ ended by signal 15 (cancelled)",
        "+0.250s",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    press(&mut model, "esc");
    assert!(model.events.chain.is_none());
    assert_eq!(revision(&model), before);
}

#[test]
fn a_chain_grows_with_what_comes_of_it_and_folds_agents() {
    let all = story();
    let mut model = having(all[..9].to_vec(), 100, 30);
    press(&mut model, "k enter");
    let at = model.events.chain.as_ref().unwrap().cursor.index;
    assert!(!screen(&model).contains("cancel the run"));
    update(&mut model, Msg::Link(LinkNews::Changes(all[9..].to_vec())));
    frame(&mut model);
    assert!(screen(&model).contains("cancel the run"));
    assert_eq!(model.events.chain.as_ref().unwrap().cursor.index, at);
    let folded = |model: &Model| {
        let chain = model.events.chain.as_ref().unwrap();
        let of = |line: &Line| matches!(line.is, Is::Folded(_));
        chain.lines.iter().position(of)
    };
    let line = folded(&model).unwrap();
    model.events.chain.as_mut().unwrap().cursor.index = line;
    press(&mut model, "enter");
    assert_eq!(folded(&model), None, "{}", screen(&model));
    press(&mut model, "enter");
    assert_eq!(folded(&model), Some(line));
}

#[test]
fn a_chain_says_what_is_not_loaded_and_loads_it() {
    let all = story();
    let mut model = knowing(Vec::new(), 100, 30);
    update(&mut model, Msg::Link(snapshot(Vec::new(), 8)));
    model.events = EventsPlace::default();
    update(&mut model, Msg::Link(LinkNews::Changes(all[8..].to_vec())));
    press(&mut model, "E enter");
    assert!(
        screen(&model).contains("earlier changes are not loaded"),
        "{}",
        screen(&model)
    );
    let asked = model.events.asked.unwrap();
    assert_eq!(asked, (0, 8));
    reply(&mut model, 0, 8, Ok(all[..8].to_vec()));
    assert!(screen(&model).contains("submit: gate clarify"));
    assert!(!screen(&model).contains("not loaded"));
}

#[test]
fn o_opens_the_run_and_y_copies_the_id() {
    let mut model = having(story(), 80, 24);
    let id = samples::running().id;
    assert_eq!(press(&mut model, "y"), [Cmd::Copy(id.clone())]);
    assert_eq!(
        press(&mut model, "o"),
        [Cmd::Call(Call::GetRun { run: id })]
    );
}

/// T4
#[test]
fn a_flood_is_bounded() {
    let mut model = having(many(1..=10), 200, 60);
    model.events.filter = "executing".into();
    for second in 0..10_u64 {
        let from = 11 + second * 10_000;
        let flood = many(from..=from + 9_999);
        update(&mut model, Msg::Link(LinkNews::Changes(flood)));
        frame(&mut model);
    }
    assert_eq!(model.events.ring.count(), 5_000);
}

#[test]
fn no_size_panics() {
    for (columns, rows) in [(1, 1), (20, 5), (21, 6), (30, 7), (500, 200)] {
        let mut model = having(story(), columns, rows);
        picture(&model);
        press(&mut model, "k enter j k G g");
        picture(&model);
    }
}

/// T2: after a refusal the link begins anew, and the snapshot's cause says nothing about another database.
#[test]
fn changes_of_another_database_are_not_mixed_with_those_known() {
    let mut model = knowing(three(), 100, 24);
    let news = changes(&model, vec![Entity::Run(samples::running())]);
    update(&mut model, news);
    assert!(model.events.ring.count() > 0);
    let LinkNews::Snapshot { snapshot, .. } = snapshot(three(), 5_000) else {
        unreachable!("the fixture is a snapshot");
    };
    let feed_id = "another".to_owned();
    update(
        &mut model,
        Msg::Link(LinkNews::Snapshot { feed_id, snapshot }),
    );
    assert_eq!(model.events.ring.count(), 0);
    assert_eq!(model.events.ring.newest(), 5_000);
}
