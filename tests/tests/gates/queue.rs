//! Many at once: all end, limits hold, the oldest goes first, a restart forgets nobody.

use std::collections::{BTreeMap, BTreeSet};

use synod_proto::v1::{self, change::Entity, spawn_agent_request::Work};
use synod_tests::World;

use crate::{Cast, SPEC, cast::release, world};

/// What the feed tells of who ran when.
#[derive(Default)]
struct Traffic {
    /// Most attempts alive at a time, in all and by provider.
    most: usize,
    most_of: BTreeMap<String, usize>,
    /// Executions by provider: as they were queued, and as they were started.
    queued: BTreeMap<String, Vec<String>>,
    started: BTreeMap<String, Vec<String>>,
}

fn traffic(world: &World) -> Traffic {
    let mut seen = Traffic::default();
    let mut providers: BTreeMap<String, String> = BTreeMap::new();
    let mut alive: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for change in world.feed() {
        match change.entity {
            Some(Entity::Execution(execution)) => {
                let v1::Execution { id, provider, .. } = execution;
                let known = providers.insert(id.clone(), provider.clone());
                seen.queued
                    .entry(provider)
                    .or_default()
                    .extend(known.is_none().then_some(id));
            }
            Some(Entity::Attempt(attempt)) => {
                let provider = providers[&attempt.execution_id].clone();
                let started = seen.started.entry(provider.clone()).or_default();
                if !started.contains(&attempt.execution_id) {
                    started.push(attempt.execution_id);
                }
                let of = alive.entry(provider.clone()).or_default();
                if attempt.ended_at.is_some() {
                    of.remove(&attempt.id);
                } else {
                    of.insert(attempt.id);
                }
                let most_of = seen.most_of.entry(provider.clone()).or_default();
                *most_of = alive[&provider].len().max(*most_of);
                seen.most = alive
                    .values()
                    .map(BTreeSet::len)
                    .sum::<usize>()
                    .max(seen.most);
            }
            _ => {}
        }
    }
    seen
}

/// Submits one prompt to each of these agents, all at once. Returns the runs' ids.
fn submit_all(world: &World, agents: &[&str]) -> Vec<String> {
    let client = world.supervisor();
    let calls: Vec<_> = agents
        .iter()
        .enumerate()
        .map(|(n, agent)| {
            let mut client = client.clone();
            let request = v1::SpawnAgentRequest {
                request_id: format!("submit-{n}"),
                cwd: world.work().to_str().unwrap().to_owned(),
                work: Some(Work::Agent(v1::AgentPrompt {
                    name: (*agent).to_owned(),
                    prompt: b"work".to_vec(),
                })),
                ..Default::default()
            };
            async move {
                client
                    .spawn_agent(request)
                    .await
                    .unwrap()
                    .into_inner()
                    .run
                    .unwrap()
                    .id
            }
        })
        .collect();
    world.block_on(async {
        let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.push(task.await.unwrap());
        }
        ids
    })
}

/// R14
#[test]
fn a_hundred_queued_agents_all_end_within_the_limits_oldest_first_across_a_restart() {
    let world = world();
    let (go, starts) = (world.at("go"), world.at("starts"));
    let script = ["append", &starts, "start", "wait-file", &go];
    let limits = "[limits]\nmax_running = 5\n[providers.acme]\nmax_running = 2\n[providers.free]\nmax_running = \"unlimited\"\n";
    Cast::with_limits(&world, limits)
        .agent_with("a", "red", &script, "provider = \"acme\"\n")
        .agent_with("f", "red", &script, "provider = \"free\"\n")
        .agent("l", "red", &script)
        .enter();
    world.start_daemon();
    let agents: Vec<&str> = ["a", "f", "a", "l"].into_iter().cycle().take(100).collect();
    let ids = submit_all(&world, &agents);
    synod_tests::eventually("five at work", || {
        let text = std::fs::read_to_string(&starts).unwrap_or_default();
        (text.lines().count() == 5).then_some(())
    });
    world.kill_daemon();
    release(&world, "go");
    world.start_daemon();
    for id in &ids {
        assert_eq!(world.wait_end(id).state, "passed");
    }
    let text = std::fs::read_to_string(&starts).unwrap();
    assert_eq!(text.lines().count(), 100, "each was started once");
    let seen = traffic(&world);
    assert_eq!(seen.most, 5, "the limit of all is reached and holds");
    assert_eq!(
        seen.most_of["acme"], 2,
        "the provider's limit is reached and holds"
    );
    for (provider, queued) in &seen.queued {
        assert_eq!(
            &seen.started[provider], queued,
            "{provider}: the oldest goes first"
        );
    }
    world.assert_invariants();
}

/// R14
#[test]
fn ten_gates_at_once_all_end_within_the_limits() {
    let world = world();
    Cast::with_limits(&world, "[limits]\nmax_running = 6\n")
        .agent_with("alice", "red", &["answer", "[]"], "provider = \"acme\"\n")
        .agent("bob", "blue", &["answer", "[]"])
        .agent("carol", "green", &["answer", "[]"])
        .enter();
    world.start_daemon();
    let specs: Vec<String> = (0..10)
        .map(|n| world.spec_dir(&format!("spec-{n}"), &[("spec.md", SPEC)]))
        .collect();
    let calls: Vec<_> = specs
        .iter()
        .map(|spec| {
            let roster = "alice,bob,carol";
            world.spawn_synod([
                "--json", "gate", "run", "clarify", "--spec", spec, "--roster", roster,
            ])
        })
        .collect();
    for call in calls {
        let run = call.finish().success().json();
        assert_eq!(run["state"], "passed");
        assert_eq!(run["verdict"]["answered"].as_array().unwrap().len(), 3);
    }
    let seen = traffic(&world);
    assert!(seen.most <= 6, "{} at a time", seen.most);
    assert!(
        seen.most_of["acme"] <= 3,
        "a provider's default limit: {:?}",
        seen.most_of
    );
    assert_eq!(world.all_runs().len(), 10);
    world.assert_invariants();
}

/// R14
#[test]
fn a_full_queue_refuses_with_what_to_do_and_takes_work_again_later() {
    let world = world();
    let go = world.at("go");
    Cast::with_limits(&world, "[limits]\nmax_running = 1\nmax_queued = 2\n")
        .agent("a", "red", &["answer", "[]"])
        .agent("b", "blue", &["answer", "[]"])
        .enter();
    let first = world.exec_detached(&[], &["wait-file", &go]);
    world.wait_running(&first);
    let second = world.exec_detached(&[], &["print", "second"]);
    // A gate takes all its seats or none.
    let spec = crate::cast::spec(&world);
    let args = ["gate", "run", "clarify", "--spec", &spec, "--roster", "a,b"];
    let said = world.synod(args).refusal(7);
    assert!(
        said.contains("queue is full") && said.contains("max_queued"),
        "{said}"
    );
    let third = world.exec_detached(&[], &["print", "third"]);
    let refused = world.finish(world.synod_command(["exec", "--", "true"]), None);
    let said = refused.refusal(125);
    assert!(said.contains("queue is full"), "{said}");
    let request = v1::SpawnAgentRequest {
        request_id: "one-more".to_owned(),
        cwd: "/".to_owned(),
        work: Some(Work::Command(v1::CommandLine {
            argv: vec!["true".to_owned()],
            input: Vec::new(),
        })),
        ..Default::default()
    };
    let no = world
        .block_on(world.supervisor().spawn_agent(request.clone()))
        .unwrap_err();
    assert_eq!(no.code(), tonic::Code::ResourceExhausted, "{no}");
    assert_eq!(world.all_runs().len(), 3, "what is refused leaves nothing");
    release(&world, "go");
    for id in [&first, &second, &third] {
        world.synod(["wait", id]).success();
    }
    // A refusal is not remembered: the same request is taken now.
    let run = world
        .block_on(world.supervisor().spawn_agent(request))
        .unwrap()
        .into_inner()
        .run
        .unwrap();
    world.synod(["wait", &run.id]).success();
    world.synod(args).success();
    world.assert_invariants();
}
