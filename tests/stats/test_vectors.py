"""Every reference vector, against the function of its name: statistics.md 9."""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import stats

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"


def vectors() -> list[Any]:
    cases = [case for path in sorted(REFERENCE.glob("*.json")) for case in json.loads(path.read_text())["cases"]]
    if not cases:
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason="no reference vectors in ../shared"))]
    return [pytest.param(case, id=case["id"]) for case in cases]


def function_named(name: str) -> Callable[..., Any]:
    modules = [f"stats.{module.name}" for module in pkgutil.iter_modules(stats.__path__)]
    for path in ["stats", *modules, "sampling.design"]:
        found = getattr(importlib.import_module(path), name, None)
        if callable(found):
            return found
    return pytest.fail(f"no function named {name} in stats or sampling.design")


def differences(actual: Any, expected: Any, *, tolerance: float, where: str = "result") -> list[str]:
    """Return what differs: numbers beyond the tolerance, everything else unless equal; extra fields are allowed."""
    if dataclasses.is_dataclass(actual):
        actual = {field.name: getattr(actual, field.name) for field in dataclasses.fields(actual)}
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping) or not set(expected) <= set(actual):
            return [f"{where}: {actual!r} lacks fields of {sorted(expected)}"]
        pairs = [(actual[key], expected[key], f"{where}.{key}") for key in expected]
    elif isinstance(expected, list):
        if isinstance(actual, str) or not hasattr(actual, "__len__") or len(actual) != len(expected):
            return [f"{where}: {actual!r} is not a list of {len(expected)}"]
        pairs = [(one, other, f"{where}[{i}]") for i, (one, other) in enumerate(zip(actual, expected, strict=True))]
    else:
        return [] if same(actual, expected, tolerance=tolerance) else [f"{where}: {actual!r} is not {expected!r}"]
    return [line for one, other, place in pairs for line in differences(one, other, tolerance=tolerance, where=place)]


def same(actual: Any, expected: Any, *, tolerance: float) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return bool(actual == expected)
    if actual is None or isinstance(actual, bool | str):
        return False
    return math.isfinite(actual) and abs(actual - expected) <= tolerance


@pytest.mark.parametrize("case", vectors())
def test_the_function_gives_what_the_reference_vector_expects(case: dict[str, Any]) -> None:
    function = function_named(case["function"])

    actual = function(**case["input"])

    assert differences(actual, case["expected"], tolerance=case["tolerance"]) == []


def test_the_package_exports_what_its_modules_promise():
    if not REFERENCE.exists():
        pytest.skip("no reference vectors in ../shared")
    files = [path for path in REFERENCE.glob("*.json") if path.stem != "sampling"]
    names = {name for path in files for name in json.loads(path.read_text())["functions"]}

    assert names - set(stats.__all__) == set()


@pytest.mark.parametrize(
    ("actual", "expected"),
    [(1.1, 1.0), (None, 0.0), (True, 1), (0.0, None), ([1.0], [1.0, 2.0]), ({"a": 1}, {"b": 1}), (math.nan, 1.0)],
)
def test_the_comparison_sees_a_difference(actual: Any, expected: Any) -> None:
    found = differences(actual, expected, tolerance=1e-6)

    assert len(found) == 1
