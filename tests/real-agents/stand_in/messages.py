"""Anthropic Messages."""

import json
import uuid

NAMES = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    403: 'permission_error',
    404: 'not_found_error',
    429: 'rate_limit_error',
    529: 'overloaded_error',
}
STOPS = {'end': 'end_turn', 'call': 'tool_use', 'length': 'max_tokens', 'refusal': 'refusal'}


def refusal(status):
    error = {'type': NAMES.get(status, 'api_error'), 'message': f'the stand-in says {status}'}
    return {'type': 'error', 'error': error, 'request_id': 'req_standin'}


def offered(question):
    return [tool.get('name') for tool in question.get('tools', [])]


def has_result(question):
    contents = [message.get('content') for message in question.get('messages', [])]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return any(part.get('type') == 'tool_result' for part in parts)


def answer(handler, path, question, reply):
    message = {
        'id': 'msg_' + uuid.uuid4().hex[:20],
        'type': 'message',
        'role': 'assistant',
        'model': question.get('model', 'stand-in'),
        'stop_sequence': None,
    }
    # Its input counts what the cache did not hold.
    usage = {
        'input_tokens': reply.input - reply.cached,
        'cache_creation_input_tokens': 0,
        'cache_read_input_tokens': reply.cached,
    }
    call = None
    if reply.call:
        name, arguments = reply.call
        call = {'type': 'tool_use', 'id': 'toolu_' + uuid.uuid4().hex[:20], 'name': name, 'input': arguments}
    if not question.get('stream'):
        content = [call or {'type': 'text', 'text': reply.text}]
        usage['output_tokens'] = reply.output
        return handler.send_json(200, {**message, 'content': content, 'stop_reason': STOPS[reply.stop], 'usage': usage})

    def send(kind, **more):
        handler.send_event({'type': kind, **more}, kind)

    handler.begin_stream()
    usage['output_tokens'] = 1
    send('message_start', message={**message, 'content': [], 'stop_reason': None, 'usage': usage})
    send('ping')
    if call:
        send('content_block_start', index=0, content_block={**call, 'input': {}})
        arguments = json.dumps(call['input'])
        send('content_block_delta', index=0, delta={'type': 'input_json_delta', 'partial_json': arguments})
    else:
        send('content_block_start', index=0, content_block={'type': 'text', 'text': ''})
        overloaded = {'type': 'overloaded_error', 'message': 'the stand-in is overloaded'}
        for piece in handler.pieces(reply, lambda: send('error', error=overloaded)):
            send('content_block_delta', index=0, delta={'type': 'text_delta', 'text': piece})
    send('content_block_stop', index=0)
    stop = {'stop_reason': STOPS[reply.stop], 'stop_sequence': None}
    send('message_delta', delta=stop, usage={'output_tokens': reply.output})
    send('message_stop')
    handler.end_stream()
