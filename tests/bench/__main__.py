"""All figures, one after another, as one table; it ends with 1 where a goal is missed: python -m tests.bench

Each part's own lines and what it says besides go to the error output as they come; the table comes last, to the
output. A part that fails or leaves a figure out is a missed goal; the others are measured all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import databases
from tests.bench.judging import NO, Line, Row, failed, rows_of, table
from tests.bench.parts import GIGABYTES, PARTS, Part


def main() -> int:
    """Read the command line, measure, and print the table; 1 where something does not hold."""
    options = _asked()
    parts = [part for part in PARTS if not options.only or part.name in options.only]
    began, rows, loads = time.monotonic(), list[Row](), [os.getloadavg()[0]]
    with _folder(options) as folder:
        for place, part in enumerate(parts, start=1):
            _tell(f"── {part.name} ({place} of {len(parts)})")
            code, lines = measured(part, options, folder)
            loads += [line["load"] for line in lines if "load" in line]
            rows += rows_of(part.name, lines, figures=part.figures, databases=options.databases)
            rows += [failed(part.name, code)] if code else []
    sys.stdout.write(table(rows))
    missed = sum(row.holds == NO for row in rows)
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(
        f"\n{_summary(len(rows), missed)} {minutes:.0f} minutes, load {min(loads):.1f} to {max(loads):.1f}"
    )
    sys.stdout.write(f" on {os.cpu_count()} cores, size {options.size}.\n")
    return 1 if missed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--small", dest="size", action="store_const", const="small",
        help="10,000 beside 100,000 conversations: minutes on a laptop, to see that all is well",
    )  # fmt: skip
    size.add_argument(
        "--full", dest="size", action="store_const", const="full",
        help="ten million conversations, as the goals are set; without either, a million",
    )  # fmt: skip
    parser.set_defaults(size="usual")
    parser.add_argument(
        "--only", nargs="+", choices=[part.name for part in PARTS], metavar="PART", help="leave others out"
    )
    parser.add_argument(
        "--keep", type=Path, help="keep the large databases in this folder, and use those that are there"
    )
    return databases.chosen(parser)


@contextmanager
def _folder(options: argparse.Namespace) -> Iterator[Path]:
    """Yield where the parts share their large databases: what is to be kept, or a folder that goes."""
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        yield options.keep
        return
    with tempfile.TemporaryDirectory(prefix="qa-bench-all-", ignore_cleanup_errors=True) as name:
        free = shutil.disk_usage(name).free // 10**9
        if free < GIGABYTES[options.size]:
            sys.exit(
                f"This needs up to {GIGABYTES[options.size]} GB, and {Path(name).parent} has {free}. "
                "Name a roomier folder in TMPDIR, or ask for --small."
            )
        Path(name).chmod(0o755)  # run by root, PostgreSQL is somebody else
        yield Path(name)


def measured(part: Part, options: argparse.Namespace, folder: Path) -> tuple[int, list[Line]]:
    """Run one part; its exit code and the lines of figures that it printed."""
    command = [sys.executable, "-m", f"tests.bench.{part.name}", *part.arguments(options.size)]
    command += ["--database", options.database, *(["--keep", str(folder)] if part.shares else [])]
    lines = list[Line]()
    with subprocess.Popen(command, cwd=databases.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for said in process.stdout:
            _tell(said.rstrip("\n"))
            lines += figures_in(said)
    return process.returncode, lines


def figures_in(said: str) -> Sequence[Line]:
    """Return the measurement that a line holds, if it holds one."""
    try:
        line = json.loads(said)
    except ValueError:
        return []
    return [line] if isinstance(line, dict) and "ours" in line else []


def _summary(count: int, missed: int) -> str:
    if not missed:
        return f"{count} figures, and every goal holds."
    return f"{count} figures, and {missed} missed: see the lines that say {NO}."


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
