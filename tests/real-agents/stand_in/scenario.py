"""What the model of one agent does: `DIR/LABEL.json`, an object with any of these keys.

  text         the answer; "$RECEIPTS" in it becomes the object of receipts that stand in the question
  ballot       the same for questions that hold findings to vote on; without it they get the text too
  status       answer with this HTTP error;        retry_after  seconds for its header Retry-After
  times        only the first so many questions meet the error or the fault, those after it are answered
  key          any other key gets 401
  tool         a command for the agent's shell: asked for until the question holds a tool's result
  edit         {"path", "text"}: a file to be written by the agent's own tool, the same way
  delay        seconds before the first byte;      chunk_delay  seconds between two pieces of the answer
  chunks       number of pieces (3)
  fault        between the first two pieces: "hang" (until the client goes away), "drop" (the connection), "error"
  body         an answer with status 200 that is not the protocol's
  stop         "end", "length" (the limit of tokens), "refusal"
  input, cached, output, reasoning            usage of each answer (1234, 200, 56, 7)

Questions without tools (for a title of a session) are no part of it: they are answered plainly and not counted.
A label without a file answers {"status": "ok"}.
"""

import json
from dataclasses import dataclass

END = 'SYNOD INPUT END nonce='
BEGIN = '<<<SYNOD INPUT nonce='
FINDINGS = ' path="findings" receipt='
ANSWER = '{"status": "ok", "summary": "the stand-in answers"}'
FAULTS = ('hang', 'drop', 'error')


@dataclass(frozen=True)
class Reply:
    """One answer of the model, whatever the protocol."""

    text: str
    pieces: list
    call: tuple  # (name, arguments) of a tool, or None
    stop: str
    fault: str  # one of FAULTS, or None
    chunk_delay: float
    input: int
    cached: int
    output: int
    reasoning: int


def read(folder, label):
    try:
        return json.loads((folder / f'{label}.json').read_text(encoding='utf-8'))
    except FileNotFoundError:
        return {}


def is_faulty(scenario, number):
    return number <= scenario.get('times', number)


def reply(scenario, number, question, call):
    text = scenario.get('text', ANSWER)
    if 'ballot' in scenario and any(FINDINGS in part for part in strings(question)):
        text = scenario['ballot']
    if '$RECEIPTS' in text:
        text = text.replace('"$RECEIPTS"', json.dumps(receipts(strings(question)), ensure_ascii=False))
    chunks = max(1, scenario.get('chunks', 3))
    length = max(1, -(-len(text) // chunks))
    fault = scenario.get('fault') if is_faulty(scenario, number) else None
    if fault is not None and fault not in FAULTS:
        raise ValueError(f'expected one of {FAULTS} as fault, found {fault!r}')
    return Reply(
        text=text,
        pieces=[text[i : i + length] for i in range(0, len(text), length)],
        call=call,
        stop='call' if call else scenario.get('stop', 'end'),
        fault=fault,
        chunk_delay=scenario.get('chunk_delay', 0),
        input=scenario.get('input', 1234),
        cached=scenario.get('cached', 200),
        output=scenario.get('output', 56),
        reasoning=scenario.get('reasoning', 7),
    )


def strings(value):
    """Every string within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def receipts(texts):
    """`path` to `receipt` of the last prompt of a gate in these texts: only lines with its own nonce count."""
    found = {}
    for text in texts:
        if BEGIN not in text:
            continue
        lines = text.split('\n')
        own = next((line[len(BEGIN) :].split(' ')[0] for line in lines if line.startswith(BEGIN)), None)
        if own is None:
            continue
        found = {}
        for line in lines:
            if line.startswith(f'{END}{own} path=') and line.endswith('>>>'):
                path, _, receipt = line[len(END) + len(own) + 6 : -3].rpartition(' receipt=')
                found[json.loads(path)] = receipt
    return found
