"""Which tool an agent offers for what a scenario wants done, and how it is called."""

import json
import shlex

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
    """`(name, arguments)`, arguments being an object, or a text for a tool that takes free text; or None if nothing is
    wanted, or no tool for it is offered: in a read-only run that is as it should be."""
    if 'edit' in scenario:
        path, text = scenario['edit']['path'], scenario['edit']['text']
        for name, arguments in WRITERS.items():
            if name in offered:
                return name, arguments(path, text)
        # Codex has no such tool for a model that it does not know: its shell does it.
        return shell(f'printf %s {shlex.quote(text)} > {shlex.quote(path)}', offered)
    if 'tool' in scenario:
        return shell(scenario['tool'], offered)
    return None


def shell(command, offered):
    for name, arguments in SHELLS.items():
        if name in offered:
            return name, arguments(command)
    if 'exec' in offered:  # tools are called from JavaScript there
        arguments = json.dumps({'cmd': command, 'yield_time_ms': 600000})
        return 'exec', f'const r = await tools.exec_command({arguments});\ntext(JSON.stringify(r));'
    return None
