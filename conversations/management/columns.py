"""What the command line says about the columns of a table, and how the guess is shown there."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from conversations.formats.outcomes import Unreadable
from conversations.formats.table import told
from conversations.formats.table.guess import Guess
from conversations.formats.table.mapping import WordField
from conversations.formats.table.told import Told


def add_arguments(parser: ArgumentParser) -> None:
    """Add what is only asked for tables."""
    group = parser.add_argument_group("tables (CSV)", "guessed unless said; --show-columns shows the guess and ends")
    group.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        dest="maps",
        help="which column holds a field, such as text=Nachricht; FIELD= leaves it empty; repeatable",
    )
    group.add_argument(
        "--keep", action="append", default=[], metavar="COLUMN", help="keep a column as a custom field; repeatable"
    )
    group.add_argument(
        "--word",
        action="append",
        default=[],
        metavar="FIELD:WORD=MEANING",
        dest="words",
        help="what a word stands for, such as role:Kundin=customer or role:*=agent; repeatable",
    )
    group.add_argument("--rows", choices=["message", "conversation"], help="what one row is")
    group.add_argument("--dates", choices=["day-first", "month-first"], help="how 3/4/2026 is to be read")
    group.add_argument("--sorting", choices=["file", "time", "reversed"], help="the order of messages")
    group.add_argument("--time-zone", metavar="ZONE", help="of times that name none, such as Europe/Berlin")
    group.add_argument("--channel", help="of conversations for which the file names none")
    group.add_argument("--encoding", choices=["utf-8", "cp1252", "utf-16-le", "utf-16-be"])
    group.add_argument("--delimiter", choices=[",", ";", "tab", "|"])
    group.add_argument("--show-columns", action="store_true", help="show what the columns are taken for, and end")


def said(options: dict[str, Any]) -> Told:
    """Return what the options say. Raises CommandError with the first that cannot be understood."""
    document: dict[str, Any] = {
        "columns": dict(_pairs(options["maps"], "--map", "FIELD=COLUMN")),
        "words": _words(options["words"]),
        "metadata": options["keep"] or None,
        "per": options["rows"],
        "delimiter": "\t" if options["delimiter"] == "tab" else options["delimiter"],
    }
    document |= {name: options[name] for name in ("dates", "sorting", "time_zone", "channel", "encoding")}
    try:
        return told.read_told(document)
    except Unreadable as problem:
        raise CommandError(str(problem)) from problem


def in_words(found: Guess) -> str:
    """Say what the columns are taken for, a line each."""
    mapping = found.mapping
    taken = {column: field for field, column in mapping.columns.items()} | dict.fromkeys(mapping.metadata, "kept")
    width = max(len(name) for name in mapping.layout.header)
    lines = [f"One row is one {mapping.per}; {mapping.layout.encoding}, separated by {mapping.layout.delimiter!r}."]
    for column in mapping.layout.header:
        example = next(iter(found.cells(column)), "").replace("\n", " ")[:40]
        lines.append(f"  {column:<{width}}  {taken.get(column, '–'):<22}  {example}")
    dates = " (ambiguous: say --dates)" if found.has_ambiguous_dates and not mapping.dates_are_told else ""
    lines.append(
        f"Dates {mapping.dates}{dates}; times without a zone are {mapping.time_zone}; order: {mapping.sorting}."
    )
    lines.extend(f"Missing: {words}" for words in mapping.missing())
    return "\n".join(lines)


def _pairs(values: list[str], option: str, shape: str) -> Iterator[tuple[str, str]]:
    for value in values:
        name, sign, other = value.partition("=")
        if not sign or not name.strip():
            raise CommandError(f"{option} {value}: write it as {shape}.")
        yield name.strip(), other.strip()


def _words(values: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, meaning in _pairs(values, "--word", "FIELD:WORD=MEANING"):
        field, sign, word = name.partition(":")
        if not sign or field not in WordField.__args__:  # type: ignore[attr-defined]
            raise CommandError(f"--word {name}={meaning}: FIELD is role, channel or kind.")
        found.setdefault(field, {})[word] = meaning
    return found
