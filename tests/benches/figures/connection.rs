//! An open connection and a subscriber that notes when it saw what.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
    time::{Instant, SystemTime},
};

use synod_proto::v1::{self, change::Entity, change::Lifecycle, subscribe_response::Message};
use synod_shared::words::RunState;
use synod_tests::{SupervisorClient, World};
use tokio::sync::mpsc;
use tonic::transport::Channel;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::sample::Sample;

/// A change, and when it was seen.
#[derive(Debug)]
pub struct Seen {
    pub at: Instant,
    pub utc_us: i64,
    pub change: v1::Change,
}

impl Seen {
    /// The run whose agent has started.
    pub fn started(&self) -> Option<&str> {
        match (&self.change.lifecycle, &self.change.entity) {
            (Some(Lifecycle::AgentStarted(_)), Some(Entity::Attempt(attempt))) => {
                Some(&attempt.run_id)
            }
            _ => None,
        }
    }

    /// The run that has ended, or waits for a human.
    pub fn settled(&self) -> Option<&str> {
        match &self.change.entity {
            Some(Entity::Run(run)) => {
                let over = run.state == "awaiting-human"
                    || run.state.parse().is_ok_and(RunState::is_terminal);
                over.then_some(run.id.as_str())
            }
            _ => None,
        }
    }

    /// From the turn of the engine that made the change until it was seen, in microseconds: decision, commit,
    /// transport.
    pub fn latency_us(&self) -> f64 {
        let at = self.change.at.as_ref().unwrap();
        let made = at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000;
        (self.utc_us - made) as f64
    }
}

/// Subscribes on a connection of its own; everything from now on arrives, in order.
pub async fn subscribe(world: &World) -> mpsc::UnboundedReceiver<Seen> {
    let mut client = world.feed_client();
    let request = v1::SubscribeRequest::default();
    let mut stream = client.subscribe(request).await.unwrap().into_inner();
    // The snapshot: from here on nothing is missed.
    stream.message().await.unwrap().unwrap();
    let (to, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok(Some(response)) = stream.message().await {
            let (at, utc) = (Instant::now(), SystemTime::UNIX_EPOCH.elapsed().unwrap());
            let Some(Message::Change(change)) = response.message else {
                continue;
            };
            let utc_us = utc.as_micros() as i64;
            if to.send(Seen { at, utc_us, change }).is_err() {
                return;
            }
        }
    });
    seen
}

/// The submission of a command line.
pub fn command(world: &World, argv: Vec<String>) -> v1::SpawnAgentRequest {
    v1::SpawnAgentRequest {
        request_id: request_id(),
        work: Some(v1::spawn_agent_request::Work::Command(v1::CommandLine {
            argv,
            input: Vec::new(),
        })),
        cwd: world.work().to_str().unwrap().to_owned(),
        env: HashMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        ..v1::SpawnAgentRequest::default()
    }
}

/// An id for one request of this process.
pub fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("bench-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Submits, and returns the run's id once that is durable.
pub async fn submit(client: &mut SupervisorClient, request: v1::SpawnAgentRequest) -> String {
    let answer = client.spawn_agent(request).await.unwrap().into_inner();
    answer.run.unwrap().id
}

/// Bare calls over the daemon's socket, one after the other.
pub fn health_checks(world: &World, n: usize) -> Sample {
    let mut client: HealthClient<Channel> = HealthClient::new(world.channel());
    world.block_on(async move {
        let mut sample = Sample::default();
        for at in 0..n + n / 10 {
            let began = Instant::now();
            client.check(HealthCheckRequest::default()).await.unwrap();
            if at >= n / 10 {
                sample.push(began.elapsed());
            }
        }
        sample
    })
}
