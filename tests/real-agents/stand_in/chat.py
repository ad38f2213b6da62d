"""OpenAI Chat Completions."""

import json
import time
import uuid

from responses import refusal

__all__ = ['answer', 'has_result', 'offered', 'refusal']

STOPS = {'end': 'stop', 'call': 'tool_calls', 'length': 'length', 'refusal': 'content_filter'}


def offered(question):
    return [tool.get('function', {}).get('name') for tool in question.get('tools', [])]


def has_result(question):
    return any(message.get('role') == 'tool' for message in question.get('messages', []))


def answer(handler, path, question, reply):
    base = {
        'id': 'chatcmpl-' + uuid.uuid4().hex[:12],
        'created': int(time.time()),
        'model': question.get('model', 'stand-in'),
    }
    usage = {
        'prompt_tokens': reply.input,
        'completion_tokens': reply.output,
        'total_tokens': reply.input + reply.output,
        'prompt_tokens_details': {'cached_tokens': reply.cached},
        'completion_tokens_details': {'reasoning_tokens': reply.reasoning},
    }
    calls = None
    if reply.call:
        name, arguments = reply.call
        function = {'name': name, 'arguments': json.dumps(arguments)}
        calls = [{'index': 0, 'id': 'call_' + uuid.uuid4().hex[:12], 'type': 'function', 'function': function}]
    if not question.get('stream'):
        message = {'role': 'assistant', 'content': None, 'tool_calls': calls} if calls else None
        message = message or {'role': 'assistant', 'content': reply.text}
        choice = {'index': 0, 'message': message, 'finish_reason': STOPS[reply.stop]}
        return handler.send_json(200, {**base, 'object': 'chat.completion', 'choices': [choice], 'usage': usage})

    def send(choices, **more):
        handler.send_event({**base, 'object': 'chat.completion.chunk', 'choices': choices, **more})

    def delta(value, finish=None):
        send([{'index': 0, 'delta': value, 'finish_reason': finish}])

    def fail():
        error = {'message': 'the stand-in fails', 'type': 'server_error', 'code': 'server_error'}
        handler.send_event({'error': error})

    handler.begin_stream()
    delta({'role': 'assistant', 'content': ''})
    if calls:
        delta({'tool_calls': calls})
    else:
        for piece in handler.pieces(reply, fail):
            delta({'content': piece})
    delta({}, STOPS[reply.stop])
    send([], usage=usage)
    handler.send_event('[DONE]')
    handler.end_stream()
