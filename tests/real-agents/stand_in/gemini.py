"""Gemini generateContent, whole and as a stream."""

NAMES = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    503: 'UNAVAILABLE',
}
STOPS = {'end': 'STOP', 'call': 'STOP', 'length': 'MAX_TOKENS', 'refusal': 'SAFETY'}


def refusal(status):
    message = f'the stand-in says {status}'
    return {'error': {'code': status, 'message': message, 'status': NAMES.get(status, 'UNKNOWN')}}


def offered(question):
    return [one.get('name') for tool in question.get('tools', []) for one in tool.get('functionDeclarations', [])]


def has_result(question):
    # Of this turn: the last message is what the tool gave back.
    contents = question.get('contents', [])
    last = contents[-1].get('parts', []) if contents else []
    return any('functionResponse' in part for part in last)


def answer(handler, path, question, reply):
    # Thoughts stand beside the candidates here.
    usage = {
        'promptTokenCount': reply.input,
        'cachedContentTokenCount': reply.cached,
        'candidatesTokenCount': reply.output,
        'thoughtsTokenCount': reply.reasoning,
        'totalTokenCount': reply.input + reply.output + reply.reasoning,
    }
    model = path.split('/models/')[-1].split(':')[0]

    def chunk(parts, is_last):
        candidate = {'content': {'parts': parts, 'role': 'model'}, 'index': 0}
        whole = {'candidates': [candidate], 'modelVersion': model, 'responseId': 'stand-in'}
        if is_last:
            candidate['finishReason'] = STOPS[reply.stop]
            whole['usageMetadata'] = usage
        return whole

    def fail():
        handler.send_event(refusal(500))

    parts = [{'text': reply.text}]
    if reply.call:
        name, arguments = reply.call
        parts = [{'functionCall': {'name': name, 'args': arguments}}]
    if 'streamGenerateContent' not in path:
        return handler.send_json(200, chunk(parts, True))
    handler.begin_stream()
    if reply.call:
        handler.send_event(chunk(parts, True))
        return handler.end_stream()
    count = len(reply.pieces)
    for number, piece in enumerate(handler.pieces(reply, fail), 1):
        handler.send_event(chunk([{'text': piece}], number == count))
    if not count:
        handler.send_event(chunk([{'text': ''}], True))
    handler.end_stream()
