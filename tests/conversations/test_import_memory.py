"""An import holds one batch at a time, however large the file and however long its lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 2**20
FILE = 120 * MEGABYTE
SCRIPT = """
import re, sys
from pathlib import Path
import django


def peak():
    # Not getrusage: its peak is inherited from the process that started this one.
    return re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]


django.setup()
from django.core.management import call_command
# What every import needs, whatever its size.
call_command("import_conversations", sys.argv[1], json=True)
print(peak())
call_command("import_conversations", sys.argv[2], json=True)
print(peak())
"""


def write_file(path):
    """Write conversations of 20 long messages, and one line of 40 MB that is no conversation."""
    text = "The agent looks at both payments and explains what happens next. " * 40
    said = [{"role": ("customer", "agent")[n % 2], "author": ("c", "a-1")[n % 2], "text": text} for n in range(20)]
    messages = json.dumps(said)
    count = FILE // len(messages)
    with path.open("w") as file:
        for number in range(count):
            file.write(f'{{"external_id": "big-{number}", "messages": {messages}}}\n')
        file.write('{"external_id": "' + "x" * 40 * MEGABYTE + '"}\n')
    return count


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="not on this machine: /proc, to read a peak from")
def test_a_file_of_120_megabytes_is_read_in_bounded_memory(tmp_path):
    count = write_file(tmp_path / "big.jsonl")
    (tmp_path / "small.jsonl").write_text(
        '{"external_id": "small", "messages": [{"role": "customer", "text": "Hi"}]}\n'
    )
    migrated.copy_to(tmp_path / "memory.sqlite3")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'memory.sqlite3'}",
        "QA_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "qa_portal.settings",
    }

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "small.jsonl"), str(tmp_path / "big.jsonl")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    before, summary, after = done.stdout.splitlines()[-3:]
    assert (json.loads(summary)["created"], json.loads(summary)["rejected"]) == (count, 1)
    assert int(after) * 1024 < 300 * MEGABYTE
    # Less than the file itself: a reader that keeps what it read would exceed it.
    assert (int(after) - int(before)) * 1024 < FILE
