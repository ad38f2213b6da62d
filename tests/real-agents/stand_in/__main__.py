"""A stand-in for the models of real agent CLIs, on the loopback: `python3 tests/real-agents/stand_in DIR`.

Prints its port on one line and serves until it is ended. Speaks as much of Anthropic Messages, OpenAI Responses,
OpenAI Chat Completions and Gemini generateContent as the CLIs need. Standard library only.

A client is pointed at `http://127.0.0.1:PORT/LABEL`; the label stands for one agent. `DIR/LABEL.json` says what
that agent's model does, and is read anew for each request (its keys: scenario.py). `DIR/log.jsonl` tells what was
asked, `DIR/bodies/LABEL-N.json` holds the body of the N-th question to the model, byte for byte.
"""

import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from journal import Journal
from question import handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        # A client that goes away in the middle is one that was ended, which is what some tests are about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    if len(sys.argv) != 2:
        sys.exit('expected one argument, the folder of scenarios: python3 stand_in DIR')
    server = Server(('127.0.0.1', 0), handler(Journal(Path(sys.argv[1]))))
    print(server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


main()
