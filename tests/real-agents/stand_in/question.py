"""One HTTP request: which label it is for, which protocol it speaks, and what is said back."""

import gzip
import json
import socket
import time
import zlib
from http.server import BaseHTTPRequestHandler

import chat
import gemini
import messages
import responses
import scenario as scenarios
import tools

# By the end of the path: the protocols, each with `answer(handler, path, question, reply)` and `refusal(status)`.
PROTOCOLS = (
    (lambda path: path.endswith('/messages'), messages),
    (lambda path: path.endswith('/responses'), responses),
    (lambda path: path.endswith('/chat/completions'), chat),
    (lambda path: 'enerateContent' in path, gemini),
)
MODELS = ('stand-in', 'claude-sonnet-4-5', 'gpt-5')


class Gone(Exception):
    """The client went away."""


def handler(journal):
    """The class of handlers that write to this journal."""
    return type('Handler', (Handler,), {'journal': journal})


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        """Nothing on standard error: the journal has it."""

    def do_GET(self):
        self.route(b'')

    def do_HEAD(self):
        self.route(b'')

    def do_POST(self):
        self.route(self.read_body())

    def do_CONNECT(self):
        self.journal.write('egress', '', path=self.path)
        self.send_json(403, {'error': 'there is no way out'})
        self.close_connection = True

    # ---- what comes in

    def read_body(self):
        if 'chunked' in self.headers.get('Transfer-Encoding', '').lower():
            raw = b''
            while size := int(self.rfile.readline().split(b';')[0].strip() or b'0', 16):
                raw += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
        else:
            raw = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        match self.headers.get('Content-Encoding', ''):
            case 'gzip':
                return gzip.decompress(raw)
            case 'deflate':
                return zlib.decompress(raw)
            case _:
                return raw

    def key(self):
        bearer = (self.headers.get('Authorization') or '').removeprefix('Bearer ')
        return self.headers.get('x-api-key') or self.headers.get('x-goog-api-key') or bearer

    def route(self, raw):
        label, _, rest = self.path.lstrip('/').partition('/')
        path = '/' + rest.split('?')[0]
        protocol = next((module for ends, module in PROTOCOLS if ends(path)), None)
        if self.command == 'POST' and protocol is not None:
            question = json.loads(raw)
            # What an agent works on comes with its tools; without any, a CLI wants a title for its session.
            if not protocol.offered(question):
                self.journal.write('beside', label, method=self.command, path=path)
                plain = {'text': 'A title', 'key': scenarios.read(self.journal.folder, label).get('key')}
                return self.serve(protocol, path, plain, 1, question)
            number = self.journal.count(label)
            self.journal.keep(label, number, raw)
            self.journal.write('asked', label, number=number, path=path, bytes=len(raw))
            try:
                self.serve(protocol, path, scenarios.read(self.journal.folder, label), number, question)
                self.journal.write('answered', label, number=number)
            except (Gone, BrokenPipeError, ConnectionError):
                self.journal.write('gone', label, number=number)
                self.close_connection = True
            return
        self.journal.write('beside', label, method=self.command, path=path)
        if path.endswith('/count_tokens'):
            self.send_json(200, {'input_tokens': max(1, len(raw) // 4)})
        elif path.endswith(':countTokens'):
            self.send_json(200, {'totalTokens': max(1, len(raw) // 4)})
        elif path.endswith('/models'):
            self.send_json(200, {'object': 'list', 'data': [model(name) for name in MODELS], 'has_more': False})
        else:
            self.send_json(404, {'error': {'message': f'not found: {path}', 'type': 'not_found_error'}})

    def serve(self, protocol, path, scenario, number, question):
        status = scenario.get('status') if scenarios.is_faulty(scenario, number) else None
        if scenario.get('key') not in (None, self.key()):
            status = 401
        self.wait(scenario.get('delay', 0))
        if status is not None:
            after = scenario.get('retry_after')
            headers = [] if after is None else [('Retry-After', str(after))]
            return self.send_json(status, protocol.refusal(status), headers)
        if 'body' in scenario:
            return self.send_bytes(200, scenario['body'].encode())
        call = tools.call(scenario, protocol.offered(question)) if not protocol.has_result(question) else None
        protocol.answer(self, path, question, scenarios.reply(scenario, number, question, call))

    # ---- what goes out

    def send_json(self, status, value, headers=()):
        self.send_bytes(status, json.dumps(value).encode(), headers)

    def send_bytes(self, status, body, headers=()):
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('request-id', 'req_standin')
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def begin_stream(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Cache-Control', 'no-cache')
        self.send_header('request-id', 'req_standin')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()

    def send_event(self, data, event=None):
        text = data if isinstance(data, str) else json.dumps(data)
        block = ((f'event: {event}\n' if event else '') + f'data: {text}\n\n').encode()
        self.wfile.write(b'%x\r\n%s\r\n' % (len(block), block))
        self.wfile.flush()

    def end_stream(self):
        self.wfile.write(b'0\r\n\r\n')
        self.wfile.flush()

    def pieces(self, reply, error):
        """The pieces of the answer, with what happens between them; `error` sends the protocol's own."""
        for number, piece in enumerate(reply.pieces):
            if number == 1 and reply.fault == 'hang':
                self.wait(3600)
            if number == 1 and reply.fault == 'drop':
                self.connection.shutdown(socket.SHUT_RDWR)
                raise Gone
            if number == 1 and reply.fault == 'error':
                error()
                self.end_stream()
                raise Gone
            if number:
                self.wait(reply.chunk_delay)
            yield piece

    def wait(self, seconds):
        """Waits, unless the client goes away."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.connection.settimeout(min(left, 1.0))
            try:
                if self.connection.recv(1, socket.MSG_PEEK) == b'':
                    raise Gone
                time.sleep(min(left, 0.05))  # another request waits on this connection
            except TimeoutError:
                pass
            finally:
                self.connection.settimeout(None)


def model(name):
    return {'id': name, 'object': 'model', 'type': 'model', 'display_name': name, 'created_at': '2026-01-01T00:00:00Z'}
