//! A client that has never heard of Synod: everything it knows it learnt from the daemon by reflection.
//!
//! No generated type of ours is used here, only those of the reflection and health services.

use std::collections::BTreeMap;

use prost::{Message as _, bytes::Buf};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};
use synod_tests::{World, config};
use tonic::{
    Request, Response, Status, Streaming,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Channel,
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::{programs, world};

/// One question to the reflection service.
async fn ask(channel: &Channel, question: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let mut answers = ServerReflectionClient::new(channel.clone())
        .server_reflection_info(tokio_stream::once(request))
        .await
        .expect("reflection")
        .into_inner();
    let answer = answers.message().await.unwrap().expect("an answer");
    answer.message_response.expect("something in the answer")
}

async fn services(channel: &Channel) -> Vec<String> {
    let answer = ask(channel, MessageRequest::ListServices(String::new())).await;
    let MessageResponse::ListServicesResponse(list) = answer else {
        panic!("expected services, found {answer:?}")
    };
    let mut names: Vec<String> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    names.sort();
    names
}

/// All descriptors that a service needs.
async fn learn(channel: &Channel, service: &str) -> DescriptorPool {
    let mut files: BTreeMap<String, prost_types::FileDescriptorProto> = BTreeMap::new();
    let mut open = vec![MessageRequest::FileContainingSymbol(service.to_owned())];
    while let Some(question) = open.pop() {
        let answer = ask(channel, question).await;
        let MessageResponse::FileDescriptorResponse(found) = answer else {
            panic!("expected a file, found {answer:?}")
        };
        for bytes in found.file_descriptor_proto {
            let file = prost_types::FileDescriptorProto::decode(bytes.as_slice()).unwrap();
            for name in &file.dependency {
                if !files.contains_key(name) {
                    open.push(MessageRequest::FileByFilename(name.clone()));
                }
            }
            files.insert(file.name().to_owned(), file);
        }
    }
    let mut pool = DescriptorPool::new();
    let set = prost_types::FileDescriptorSet {
        file: files.into_values().collect(),
    };
    pool.add_file_descriptor_set(set)
        .expect("descriptors that belong together");
    pool
}

/// Reads and writes messages by their descriptors.
#[derive(Clone)]
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        self.clone()
    }
    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;
    fn encode(&mut self, item: DynamicMessage, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(to)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        DynamicMessage::decode(self.0.clone(), bytes)
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

/// A service that is known by its descriptors alone; messages are JSON.
struct Service {
    channel: Channel,
    pool: DescriptorPool,
    name: &'static str,
}

impl Service {
    async fn learnt(channel: &Channel, name: &'static str) -> Self {
        Self {
            channel: channel.clone(),
            pool: learn(channel, name).await,
            name,
        }
    }

    fn prepare(
        &self,
        method: &str,
        fields: serde_json::Value,
    ) -> (
        tonic::codegen::http::uri::PathAndQuery,
        Request<DynamicMessage>,
        Dynamic,
    ) {
        let service = self
            .pool
            .get_service_by_name(self.name)
            .expect("the service");
        let found = service
            .methods()
            .find(|one| one.name() == method)
            .expect("the method");
        let request = DynamicMessage::deserialize(found.input(), fields).expect("fields as told");
        let path = format!("/{}/{method}", self.name).parse().unwrap();
        (path, Request::new(request), Dynamic(found.output()))
    }

    async fn call(
        &self,
        method: &str,
        fields: serde_json::Value,
    ) -> Result<serde_json::Value, Status> {
        let (path, request, codec) = self.prepare(method, fields);
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.unwrap();
        grpc.unary(request, path, codec)
            .await
            .map(|answer| json(answer.get_ref()))
    }

    async fn stream(&self, method: &str, fields: serde_json::Value) -> Streaming<DynamicMessage> {
        let (path, request, codec) = self.prepare(method, fields);
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.unwrap();
        let answer: Response<_> = grpc.server_streaming(request, path, codec).await.unwrap();
        answer.into_inner()
    }
}

fn json(message: &DynamicMessage) -> serde_json::Value {
    serde_json::to_value(message).unwrap()
}

#[test]
fn a_gate_is_run_followed_and_read_from_reflection_alone() {
    let programs = programs();
    let world = World::new(programs.clone());
    let found = serde_json::json!([{"kind": "ambiguity", "claim": "FR-1 gives no time.", "severity": "critical",
        "resolvability": "need-human", "quotes": [{"path": "spec.md", "text": "quickly"}]}]);
    let script = ["answer", &found.to_string()];
    world.write_config(&config::agent("alice", "red", &programs.fake(&script), ""));
    let spec = world.spec_dir("spec", &[("spec.md", "- FR-1: It shall answer quickly.\n")]);
    world.start_daemon();
    let channel = world.channel();
    world.block_on(async {
        assert_eq!(
            services(&channel).await,
            [
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "synod.v1.StatusFeed",
                "synod.v1.Supervisor",
            ]
        );
        let supervisor = Service::learnt(&channel, "synod.v1.Supervisor").await;
        let feed = Service::learnt(&channel, "synod.v1.StatusFeed").await;

        let submission = serde_json::json!({"requestId": "by-reflection", "gate": "clarify", "subject": spec, "roster": ["alice"]});
        let submitted = supervisor.call("SpawnQualityGate", submission).await.unwrap();
        let id = submitted["run"]["id"].as_str().unwrap().to_owned();

        let mut changes = feed.stream("Subscribe", serde_json::json!({"sinceRevision": "0"})).await;
        let mut lifecycle = Vec::new();
        let result = loop {
            let message = changes.message().await.unwrap().expect("a feed that goes on");
            let change = message.get_field_by_name("change").expect("a field of that name");
            let Value::Message(change) = change.into_owned() else {
                panic!("expected a change, found {message:?}")
            };
            let change = json(&change);
            for word in ["agentStarted", "agentCompleted", "agentFailed"] {
                if change.get(word).is_some() {
                    lifecycle.push(word);
                }
            }
            if let Some(result) = change.get("gateResult") {
                break result.clone();
            }
        };
        assert_eq!(lifecycle, ["agentStarted", "agentCompleted"]);
        assert_eq!(result["runId"], id);
        assert_eq!(result["state"], "awaiting-human");

        let run = supervisor.call("GetRun", serde_json::json!({"id": id})).await.unwrap();
        let findings = run["run"]["findings"].as_array().unwrap();
        assert_eq!(findings[0]["text"], "FR-1 gives no time.");
        assert_eq!(findings[0]["anchors"][0]["quote"], "quickly");
        let question = &run["run"]["questions"][0];
        let answer = serde_json::json!({"requestId": "answered", "questionId": question["id"],
            "contentHash": question["contentHash"], "answer": "200 ms"});
        let answered = supervisor.call("AnswerQuestion", answer).await.unwrap();
        assert_eq!(answered["run"]["state"], "passed");
        let no = supervisor.call("GetRun", serde_json::json!({"id": "nothing"})).await.unwrap_err();
        assert_eq!(no.code(), tonic::Code::NotFound);
    });
}

#[test]
fn health_says_serving_for_the_daemon_and_for_each_service() {
    let world = world();
    world.start_daemon();
    let mut health = HealthClient::new(world.channel());
    for service in ["", "synod.v1.Supervisor", "synod.v1.StatusFeed"] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = world.block_on(health.check(request)).unwrap().into_inner();
        assert_eq!(answer.status().as_str_name(), "SERVING", "{service:?}");
    }
    let request = HealthCheckRequest {
        service: "synod.v1.Nothing".to_owned(),
    };
    let no = world.block_on(health.check(request)).unwrap_err();
    assert_eq!(no.code(), tonic::Code::NotFound);
}
