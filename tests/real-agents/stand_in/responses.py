"""OpenAI Responses."""

import json
import time
import uuid

CODES = {401: 'invalid_api_key', 429: 'rate_limit_exceeded'}


def refusal(status):
    message = f'the stand-in says {status}'
    return {'error': {'message': message, 'type': 'api_error', 'code': CODES.get(status), 'param': None}}


def offered(question):
    return [tool.get('name') or tool.get('type') for tool in question.get('tools', [])]


def has_result(question):
    items = question.get('input')
    items = items if isinstance(items, list) else []
    # Of this turn: what came after the last thing a user said.
    for item in reversed(items):
        if str(item.get('type', '')).endswith('_call_output'):
            return True
        if item.get('role') == 'user':
            return False
    return False


def item_of(reply):
    call_id = 'call_' + uuid.uuid4().hex[:12]
    match reply.call:
        case (name, str(text)):
            kind = {'type': 'custom_tool_call', 'id': 'ctc_1', 'name': name, 'input': text}
            return {**kind, 'call_id': call_id, 'status': 'completed'}
        case (name, arguments):
            kind = {'type': 'function_call', 'id': 'fc_1', 'name': name, 'arguments': json.dumps(arguments)}
            return {**kind, 'call_id': call_id, 'status': 'completed'}
        case _:
            content = [{'type': 'output_text', 'text': reply.text, 'annotations': []}]
            message = {'type': 'message', 'id': 'msg_' + uuid.uuid4().hex[:12], 'role': 'assistant'}
            return {**message, 'status': 'completed', 'content': content}


def answer(handler, path, question, reply):
    base = {
        'id': 'resp_' + uuid.uuid4().hex[:20],
        'object': 'response',
        'created_at': int(time.time()),
        'model': question.get('model', 'stand-in'),
        'status': 'in_progress',
        'output': [],
        'usage': None,
        'parallel_tool_calls': False,
        'tools': [],
        'tool_choice': 'auto',
    }
    item = item_of(reply)
    usage = {
        'input_tokens': reply.input,
        'input_tokens_details': {'cached_tokens': reply.cached},
        'output_tokens': reply.output,
        'output_tokens_details': {'reasoning_tokens': reply.reasoning},
        'total_tokens': reply.input + reply.output,
    }
    final = {**base, 'status': 'completed', 'output': [item], 'usage': usage}
    if reply.stop == 'length':
        final |= {'status': 'incomplete', 'incomplete_details': {'reason': 'max_output_tokens'}}
    if not question.get('stream'):
        return handler.send_json(200, final)
    sent = 0

    def send(kind, **more):
        nonlocal sent
        handler.send_event({'type': kind, 'sequence_number': sent, **more}, kind)
        sent += 1

    def fail():
        error = {'code': 'server_error', 'message': 'the stand-in fails'}
        send('response.failed', response={**base, 'status': 'failed', 'error': error})

    handler.begin_stream()
    send('response.created', response=base)
    send('response.in_progress', response=base)
    begun = {**item, 'status': 'in_progress'}
    if reply.call:
        send('response.output_item.added', output_index=0, item=begun)
    else:
        send('response.output_item.added', output_index=0, item={**begun, 'content': []})
        place = {'item_id': item['id'], 'output_index': 0, 'content_index': 0}
        empty = {'type': 'output_text', 'text': '', 'annotations': []}
        send('response.content_part.added', **place, part=empty)
        for piece in handler.pieces(reply, fail):
            send('response.output_text.delta', **place, delta=piece)
        send('response.output_text.done', **place, text=reply.text)
        send('response.content_part.done', **place, part=item['content'][0])
    send('response.output_item.done', output_index=0, item=item)
    send('response.incomplete' if reply.stop == 'length' else 'response.completed', response=final)
    handler.end_stream()
