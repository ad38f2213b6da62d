"""Which tool an agent offers for what a scenario wants done, and how it is called."""

import json

# Names of shells, as agents offer them, and what each wants to be told.
SHELLS = {
    'Bash': lambda command: {'command': command, 'description': 'as told'},
    'bash': lambda command: {'command': command, 'description': 'as told'},
    'run_shell_command': lambda command: {'command': command, 'description': 'as told'},
    'exec_command': lambda command: {'cmd': command, 'yield_time_ms': 600000},
    'shell_command': lambda command: {'command': command, 'timeout_ms': 600000},
    'shell': lambda command: {'command': ['bash', '-lc', command], 'timeout_ms': 600000},
    'local_shell': lambda command: {'command': ['bash', '-lc', command]},
}
# The same for writing a whole file.
WRITERS = {
    'Write': lambda path, text: {'file_path': path, 'content': text},
    'write': lambda path, text: {'filePath': path, 'content': text},
    'write_file': lambda path, text: {'file_path': path, 'content': text},
}


def call(scenario, offered):
    """`(name, arguments)`, arguments being an object, or a text for a tool that takes free text; or None."""
    if 'edit' in scenario:
        path, text = scenario['edit']['path'], scenario['edit']['text']
        for name, arguments in WRITERS.items():
            if name in offered:
                return name, arguments(path, text)
        if 'apply_patch' in offered:
            lines = ''.join(f'+{line}\n' for line in text.splitlines())
            return 'apply_patch', f'*** Begin Patch\n*** Add File: {path}\n{lines}*** End Patch'
    if 'tool' in scenario:
        for name, arguments in SHELLS.items():
            if name in offered:
                return name, arguments(scenario['tool'])
        if 'exec' in offered:  # tools are called from JavaScript there
            arguments = json.dumps({'cmd': scenario['tool'], 'yield_time_ms': 600000})
            return 'exec', f'const r = await tools.exec_command({arguments});\ntext(JSON.stringify(r));'
    return None
