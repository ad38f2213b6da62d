//! A conversation goes on after the daemon's death at any moment as if nothing had been: the agent is told the same,
//! nothing twice, nothing left out; people are asked the same, once.
//!
//! The world here: a journal and an output that survive, a shim that hands on whole lines of the journal, an agent
//! that follows a plan, and a daemon of which only the two files, the committed answers and the wish to cancel stay.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod agent;
mod world;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use serde_json::Value;
use synod_adapters::acp::{END, Over};

use self::{
    agent::{Act, act},
    world::{Step, World, machine, step},
};

/// In every world, cancelled or not.
#[track_caller]
fn check_sound(world: &World) {
    let heard = &world.agent.heard;
    assert_eq!(heard.iter().filter(|line| *line == END).count(), 1);
    assert_eq!(heard.last().unwrap(), END);
    let methods: Vec<String> = heard[..heard.len() - 1]
        .iter()
        .filter_map(|line| {
            let message: Value = serde_json::from_str(line).unwrap();
            message["method"].as_str().map(str::to_owned)
        })
        .collect();
    let once: BTreeSet<&String> = methods.iter().collect();
    assert_eq!(once.len(), methods.len(), "said twice: {methods:?}");
    let order = [
        "initialize",
        "session/new",
        "session/set_mode",
        "session/prompt",
        "session/cancel",
    ];
    let expected: Vec<&str> = order.into_iter().take(methods.len()).collect();
    assert_eq!(methods, expected);

    // As many answers to each id as there were requests with different words, until it was told to end.
    let mut requests: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for line in &world.agent.out {
        if let Ok(message) = serde_json::from_str::<Value>(line)
            && message["method"].is_string()
            && !message["id"].is_null()
        {
            requests
                .entry(message["id"].to_string())
                .or_default()
                .insert(line);
        }
    }
    for (id, asked) in requests {
        let id: Value = serde_json::from_str(&id).unwrap();
        let answers = heard
            .iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["method"].is_null() && message["id"] == id)
            .count();
        assert_eq!(answers, asked.len(), "answers to {id}");
    }
    assert!(world.daemon.machine.has_ended());
    assert_eq!(world.daemon.machine.next(), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing is said twice, nothing is left out, nobody is asked again; the agent hears what it would have heard.
    #[test]
    fn whenever_the_daemon_dies_the_agent_hears_the_same(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(0), 0..120),
    ) {
        let plan: Vec<Act> = plan.into_iter().chain([Act::Waits]).collect();
        let mut quiet = World::new(&plan);
        quiet.finish();
        check_sound(&quiet);
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        world.finish();
        check_sound(&world);
        prop_assert_eq!(quiet.heard(), world.heard());
        prop_assert_eq!(&quiet.asked, &world.asked);
        prop_assert_eq!(world.daemon.machine.is_over(), Some(Over::Answered));
    }

    /// A wish to cancel ends it, wherever it falls.
    #[test]
    fn whenever_it_is_cancelled_and_the_daemon_dies_the_conversation_ends_in_order(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(1), 0..120),
    ) {
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        world.step(&Step::Cancel);
        world.finish();
        check_sound(&world);
        prop_assert!(world.daemon.machine.is_over().is_some());
    }

    /// Which side's lines are read first makes no difference.
    #[test]
    fn the_order_between_the_two_files_does_not_matter(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(0), 0..80),
        turns in prop::collection::vec(any::<bool>(), 0..200),
    ) {
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        let journal = String::from_utf8(world.journal.clone()).unwrap();
        let mut ours: VecDeque<&str> = journal.lines().collect();
        let mut theirs: VecDeque<&str> = world.agent.out.iter().map(String::as_str).collect();
        let mut mixed = machine();
        for turn in turns {
            let (ours, theirs) = (&mut ours, &mut theirs);
            if turn {
                if let Some(line) = ours.pop_front() { mixed.sent(line.as_bytes()); }
            } else if let Some(line) = theirs.pop_front() { mixed.received(line.as_bytes()); }
        }
        for line in theirs { mixed.received(line.as_bytes()); }
        for line in ours { mixed.sent(line.as_bytes()); }
        world.committed.clear();
        world.asked.clear();
        world.boots();
        prop_assert_eq!(mixed.next(), world.daemon.machine.next());
        prop_assert_eq!(mixed.open(), world.daemon.machine.open());
        prop_assert_eq!(mixed.is_over(), world.daemon.machine.is_over());
    }
}
