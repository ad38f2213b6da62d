#!/usr/bin/env python3
"""Runs a gate and prints what it found, knowing nothing of Synod but its socket.

Every message is learnt from the daemon by gRPC reflection: there is no generated code and no .proto file.

    pip install grpcio grpcio-reflection
    synod daemon start
    python3 examples/api/reflect.py examples/checkout
"""

import os
import sys
import uuid

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# The states a run does not leave by itself; `awaiting-human` waits for answers.
ENDS = {"passed", "passed-degraded", "rejected", "failed", "no-quorum", "deadline-exceeded", "cancelled",
        "awaiting-human"}


def socket_path():
    """Where the daemon listens: as the programs find it."""
    if path := os.environ.get("SYNOD_SOCKET"):
        return path
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        return f"{runtime}/synod/synod.sock"
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return f"{state}/synod/synod.sock"


class Service:
    """A service whose methods are found by reflection and called with plain dictionaries."""

    def __init__(self, channel, pool, name):
        self._channel, self._service = channel, pool.FindServiceByName(name)

    def __getattr__(self, name):
        method = self._service.methods_by_name[name]
        request, response = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        make = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
        call = make(
            f"/{self._service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        return lambda fields: call(json_format.ParseDict(fields, request()))


def follow(feed, run, revision, agents):
    """Prints what is committed about a run, until it does not go on by itself."""
    for message in feed.Subscribe({"since_revision": revision}):
        change = message.change
        kind = change.WhichOneof("entity")
        if kind == "execution" and change.execution.id in agents:
            print(f"  {change.revision:>4}  {change.execution.agent}: {change.execution.state}")
        elif kind == "attempt" and change.attempt.execution_id in agents:
            attempt = change.attempt
            end = f", exit code {attempt.exit_code}" if attempt.HasField("exit_code") else ""
            print(f"  {change.revision:>4}  {agents[attempt.execution_id]}: process {attempt.state}{end}")
        elif kind == "run" and change.run.id == run.id:
            print(f"  {change.revision:>4}  {change.run.name}: {change.run.state}")
            if change.run.state in ENDS:
                return


def main(spec):
    # The daemon knows its callers by their user id; there is no TLS and no password.
    channel = grpc.insecure_channel(f"unix:{socket_path()}")
    database = ProtoReflectionDescriptorDatabase(channel)
    print("services:", ", ".join(sorted(database.get_services())))
    pool = DescriptorPool(database)
    supervisor = Service(channel, pool, "synod.v1.Supervisor")
    feed = Service(channel, pool, "synod.v1.StatusFeed")

    # 1. Submit. A repeat with the same request_id is not a second run.
    submitted = supervisor.SpawnQualityGate({
        "request_id": str(uuid.uuid4()),
        "gate": "clarify",
        "subject": os.path.abspath(spec),
        "env": dict(os.environ),
    })
    run = submitted.run
    print(f"{run.name}: {'attached to' if submitted.attached else 'started'} at revision {submitted.revision}")

    # 2. Follow every change from there on, until the run has come to its end.
    agents = {execution.id: execution.agent for execution in run.executions}
    if run.state not in ENDS:
        follow(feed, run, submitted.revision, agents)

    # 3. Read the whole of it.
    run = supervisor.GetRun({"id": run.id}).run
    print(f"\n{run.state}: {run.verdict.trust}")
    for finding in run.findings:
        voices = ", ".join(voice.agent for voice in finding.voices)
        print(f"- [{finding.severity}] {finding.text}")
        print(f"    {finding.agreement}, {finding.decision}; said by {voices}")
        for anchor in finding.anchors[:1]:
            print(f"    {anchor.path}, bytes {anchor.start} to {anchor.end}")
    print(f"{run.open_questions} questions are open")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: reflect.py FOLDER-OR-MARKDOWN-FILE")
    try:
        main(sys.argv[1])
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
