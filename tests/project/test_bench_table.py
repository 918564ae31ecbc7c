"""The table of all benchmarks: what holds, what does not, and what was left out."""

from __future__ import annotations

import re

from tests.bench.__main__ import figures_in
from tests.bench.databases import ROOT
from tests.bench.judging import NO, rows_of, table
from tests.bench.parts import PARTS, SIZES
from tests.bench.printing import ratio


def line(name: str, ours: float | None, floor: float | None, *, unit: str = "ms", n: int = 9, **more: object) -> dict:
    known = {"name": name, "database": "sqlite", "ours": ours, "floor": floor, "ratio": ratio(ours, floor)}
    return {**known, "unit": unit, "n": n, **more}


def test_each_figure_is_held_to_its_goal_and_what_is_missing_is_a_miss() -> None:
    lines = [
        line("claim_p95", 9.0, 3.0, target_ratio=3, errors=0),
        line("claim_p95", 9.1, 3.0, target_ratio=3, errors=2),
        line("claim_p50", 1.0, 2.0),
        line("useful", 40.0, 100.0, unit="1/s", target_ratio=0.4, double_claims=0),
        line("useful", 39.0, 100.0, unit="1/s", target_ratio=0.4, reviewers=8),
        line("boot", 3.0, None, unit="s", target=3),
        line("boot", 3.1, None, unit="s", target=3),
        line("memory", 150.0, None, unit="MB"),
        line("nobody", 0.0, 0.0, n=0),
        line("no_floor", 1.0, None, target_ratio=3),
    ]

    rows = rows_of("pages", lines, figures=("claim_*", "boot", "submit_p95"), databases=("sqlite",))

    assert [row.cells for row in rows] == [
        ("claim_p95", "sqlite", "9 ms", "3 ms", "3.00", "≤ 3", "yes"),
        ("claim_p95", "sqlite", "9.1 ms", "3 ms", "3.03", "≤ 3", "NO"),
        ("useful", "sqlite", "40 1/s", "100 1/s", "0.40", "≥ 0.4", "yes"),
        ("useful (reviewers 8)", "sqlite", "39 1/s", "100 1/s", "0.39", "≥ 0.4", "NO"),
        ("boot", "sqlite", "3 s", "–", "–", "≤ 3 s", "yes"),
        ("boot", "sqlite", "3.1 s", "–", "–", "≤ 3 s", "NO"),
        ("memory", "sqlite", "150 MB", "–", "–", "–", "–"),
        ("nobody", "sqlite", "0 ms", "0 ms", "–", "–", "NO"),
        ("no_floor", "sqlite", "1 ms", "–", "–", "≤ 3", "NO"),
        ("pages: double claims", "sqlite", "0", "–", "–", "0", "yes"),
        ("pages: errors", "sqlite", "2", "–", "–", "0", "NO"),
        ("pages: submit_p95", "sqlite", "nothing was printed", "–", "–", "–", "NO"),
    ]
    printed = table(rows).splitlines()
    assert len({len(one) for one in printed}) == 1
    assert [one.split("|")[-2].strip() for one in printed[2:]] == [row.holds for row in rows]


def test_a_part_that_printed_nothing_for_a_database_misses_every_figure() -> None:
    rows = rows_of("draws", [], figures=("week_draw", "week_fill"), databases=("sqlite", "postgresql"))

    assert [(row.database, row.figure, row.holds) for row in rows] == [
        (database, f"draws: {figure}", NO)
        for database in ("sqlite", "postgresql")
        for figure in ("week_draw", "week_fill")
    ]


def test_only_measurements_count_among_what_a_part_says() -> None:
    said = ('{"name": "generate", "seconds": 4}', "7", "The page did not replay it", '{"ours": 1.0}')

    assert [figures_in(one) for one in said] == [[], [], [], [{"ours": 1.0}]]


def test_every_benchmark_is_a_part_and_takes_the_arguments_it_is_given() -> None:
    folder = ROOT / "tests" / "bench"
    commands = set(re.findall(r"-m tests\.bench\.(\w+)", (folder / "README.md").read_text()))

    assert {part.name for part in PARTS} == commands - {"generate"}
    for part in PARTS:
        taken = set(re.findall(r'"(--\w+)"', (folder / f"{part.name}.py").read_text()))
        given = {word for size in SIZES for word in part.arguments(size) if word.startswith("--")}
        assert given <= taken, part.name
