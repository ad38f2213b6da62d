"""What was asked: counts, the log, the bodies. Shared by all connections."""

import json
import threading
import time


class Journal:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.counts = {}
        (folder / 'bodies').mkdir(parents=True, exist_ok=True)

    def count(self, label):
        """The number of this question to the model of `label`, from 1."""
        with self.lock:
            self.counts[label] = self.counts.get(label, 0) + 1
            return self.counts[label]

    def keep(self, label, number, body):
        (self.folder / 'bodies' / f'{label}-{number}.json').write_bytes(body)

    def write(self, event, label, **more):
        line = json.dumps({'event': event, 'label': label, 'at': round(time.time(), 3), **more})
        with self.lock, open(self.folder / 'log.jsonl', 'a', encoding='utf-8') as log:
            log.write(line + '\n')
