"""No average goes without what it rests on: neither in an export, nor in an answer of the API, nor on a page.

statistics.md 8, rule 1. What these checks read is the code itself, so that a number which somebody adds fails here
until it is said what it rests on, or why it is no average.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from core.spreadsheets import Carried, Table
from tests.api.asking import schema

APPS = ("accounts", "conversations", "rubrics", "sampling", "reviews", "coaching", "insights", "core", "qa_portal")

# ---- exports -----------------------------------------------------------------------------------------------------

# What else leaves as a file: none of it is a table of the product's own numbers.
FILES = {
    "core/spreadsheets.py": "writes the declared tables",
    "conversations/corrections.py": "rejected lines as they came, to be corrected",
    "conversations/views/imports.py": "rejected lines as they came, to be corrected",
    "rubrics/": "a rubric as YAML or JSON: weights that people set",
    "reviews/views/calibration.py": "the receipt of a calibration: numbers of the lots",
    "sampling/": "the receipt of a draw: numbers of the lots",
    "coaching/views/sessions.py": "a 1:1 in a calendar",
    "coaching/api/sessions.py": "a 1:1 in a calendar",
}
LEAVES = re.compile(r"csv\.(writer|DictWriter)|attachment; filename|\bapplication/(jsonl|x-ndjson)|openpyxl|xlsxwriter")


def test_every_file_that_leaves_is_a_declared_table_or_holds_no_average() -> None:
    get_resolver().url_patterns  # noqa: B018  # imports every view, and with it every table
    leaving = {path for path, text in sources() if LEAVES.search(text)}
    unknown = {path for path in leaving if not path.startswith(tuple(FILES))}

    assert {
        path for path in unknown if not re.search(r"csv_lines|_csv\b|coaching_rows\.csv|export\.", read(path))
    } == set()
    assert len(Table.known) >= 7
    assert {column for table in Table.known for one in table.averages for column in one.company} != set()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("agent", "mean"), "Say what these columns rest on, or why they are no averages: mean."),
        (("agent", "pass_rate", "n"), "Say what these columns rest on, or why they are no averages: pass_rate."),
    ],
)
def test_a_column_that_sounds_like_an_average_is_declared(columns: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Table(columns)


def test_an_average_in_a_table_needs_each_column_of_its_company() -> None:
    carried = Carried("mean", ("n",), ("frame_size",), ("response_rate",), "pool", "low", "high", "reason")
    whole = ("agent", "mean", *sorted(carried.company))

    for left_out in sorted(carried.company):
        with pytest.raises(ValueError, match=f"These columns are declared and not there: {left_out}\\."):
            Table(tuple(name for name in whole if name != left_out), averages=(carried,))


# ---- the API ------------------------------------------------------------------------------------------------------

# Parts of answers whose shape the schema leaves open, and why no average hides there.
OPEN = {
    "AuditEvent.params": "the terms of what was done, as codes",
    "CoachingRows.rows": "the rows of a declared table, columns named beside",
    "ConversationDetail.metadata": "what the source sent with the conversation",
    "Document.document": "a rubric: weights that people set",
    "Problem.details": "what is missing or wrong in a request",
    "SourceMasking.result": "how many texts were masked: counts",
    "Table.words": "what words of an uploaded table stand for",
}
# Numbers that several things were put together to, beside the averages of scores (tests/insights/test_nine_rules.py).
PUT_TOGETHER = re.compile(r"(^|_)(rate|share|effect|difference|median|alpha|exact|within|coefficient|sd|seconds)$")
COUNT = re.compile(r"(^|_)(n|k|plans|agents|started|decided|drawn|reviews|reviewed)$")
LIMITS = ({"low", "high"}, {"exact_low", "exact_high"})
WHY = {"reason", "sentence", "is_presumed", "says"}
# The rate of response is itself what an average carries: a count of what was drawn and is due, nothing estimated.
COUNTED = {"response_rate"}
BESIDE = {
    "Planner.difference": "the difference that a manager asks the planner about",
    "PeriodChange.difference": "between newest and before, which stand beside it with their counts",
}


def is_open(field: Any) -> bool:
    """Say whether a field of the schema may hold anything."""
    if not isinstance(field, dict) or field.keys() & {"$ref", "allOf", "enum"}:
        return False
    if "oneOf" in field:
        return any(is_open(one) for one in field["oneOf"])
    kinds = field.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "array" in kinds:
        return is_open(field.get("items", {"type": "any"}))
    if "object" in kinds and not field.get("properties"):
        return is_open(field.get("additionalProperties", {"type": "any"}))
    return "any" in kinds


def answered() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the parts of answers by name; what is sent in is no concern here."""
    for name, part in schema()["components"]["schemas"].items():
        if not name.endswith("Request"):
            yield name, part.get("properties", {})


def test_no_answer_of_the_api_has_a_part_of_any_shape_without_a_reason() -> None:
    found = {f"{name}.{key}" for name, fields in answered() for key, field in fields.items() if is_open(field)}

    assert found == OPEN.keys()
    assert is_open({"type": "object", "additionalProperties": {}})  # the check itself sees what is open
    assert is_open({"type": "array", "items": {"type": "array", "items": {}}})
    assert is_open({"readOnly": True})


def test_every_rate_and_every_effect_of_the_api_has_its_count_its_limits_and_a_reason() -> None:
    poor = {}
    for name, fields in answered():
        for key, field in fields.items():
            if not PUT_TOGETHER.search(key) or "number" not in field.get("type", "") or key in COUNTED:
                continue
            lacks = [] if any(COUNT.search(one) for one in fields) or "rests_on" in fields else ["a count"]
            lacks += [] if any(limits <= fields.keys() for limits in LIMITS) else ["limits"]
            lacks += [] if fields.keys() & WHY else ["a reason"]
            if lacks and f"{name}.{key}" not in BESIDE:
                poor[f"{name}.{key}"] = lacks

    assert poor == {}


# ---- pages --------------------------------------------------------------------------------------------------------

PRINTED = re.compile(r"([\w.]+)\|(?:figure|score|signed|share|floatformat)\b|{% (?:span|widthratio) ([\w.]+)")
NAMED = re.compile(
    r"{{ *([\w.]*(?<![a-z])(?:mean|average|rate|share|effect|baseline|median|adjusted|difference)\w*) *(?:\|[^}]*)?}}"
)

# What a template may write as a number by itself, by the expression that it writes. Everything that reviews, plans or
# people were put together to goes through <c-average> or <c-estimate>, or stands here with what is beside it.
BY_ITSELF = {
    # Set by people, or asked for.
    "plan.target": "a target that people set", "row.step.expected": "what a level expects, set by people",
    "one.step.expected": "what a level expects, set by people", "one.look.target": "a target that people set",
    "row.target": "a target, or with a decline the level before, with its band beside it",
    "rule.weight": "a weight that people set", "one.rule.weight": "a weight that people set",
    "view.share": "a share of the score by weights that people set",
    "answer.question.precision": "asked for", "answer.question.difference": "asked for",
    # One thing: one review, one conversation, one lot.
    "dispute.disputed.final_score": "one review", "dispute.revision.final_score": "one review",
    "flip.score_after": "one review", "flip.score_before": "one review", "revision.final_score": "one review",
    "revision.raw_score": "one review", "step.before.final_score": "one review",
    "step.revision.final_score": "one review", "line.share": "one review", "revision.coverage": "one review",
    "example.score.bonus": "a worked example", "example.score.coverage": "a worked example",
    "example.score.final_score": "a worked example", "example.score.raw_score": "a worked example",
    "column.score": "one review", "page.agreed_score": "one conversation", "row.agreed_score": "one conversation",
    **dict.fromkeys(("one.deviation.bias", "one.deviation.low", "one.deviation.mad"),
                    "with its limits or the reason for none, and n"),
    "part.mean": "a worked example", "pick.u": "one lot", "lot.u": "one lot", "one.x": "one conversation's weight",
    "one.chance": "one conversation's chance", "conversation.median_response_seconds": "one conversation, all of it",
    # The draw: arithmetic of what is known, nothing reviewed.
    "stratum.estimated_eligible": "marked ~ where it is estimated, with its limits and what was looked at",
    **dict.fromkeys(("stratum.eligible_limits.0",), "the limits of what is eligible"),
    "stratum.inclusion_probability": "drawn over eligible, both in its row", "stratum.targeted": "expected by risk",
    "line.targeted": "expected by risk", "trial.expected": "expected by risk",
    # The planner: half widths that are themselves how sure a number will be, and what they rest on in a list below.
    **dict.fromkeys(("answer.hours", "needed.hours", "answer.spread.sd", "answer.spread.low", "answer.spread.high",
                     "answer.typical.four_weeks",
                     "answer.typical.period", "line.four_weeks", "line.period"), "the planner, with its basis below"),
    **dict.fromkeys(("answer.response.rate", "answer.response.limits.lo", "answer.response.limits.hi"),
                    "the planner: with n and limits in its sentence"),
    # With n, limits or a reason beside it, in the same cell or row.
    **dict.fromkeys(("line.change.difference", "line.change.lo", "line.change.hi"),
                    "a change with its interval, between two averages that stand beside it"),
    **dict.fromkeys(("line.exact", "line.exact_limits.lo", "line.exact_limits.hi", "line.within",
                     "line.within_limits.lo", "line.within_limits.hi", "line.gwet.coefficient", "line.gwet.lo"),
                    "with its limits; its row says how many conversations were judged twice"),
    **dict.fromkeys(("one.share", "one.low", "one.high"), "_skip_share: k of n and limits"),
    **dict.fromkeys(("share.rate", "share.low", "share.high"), "_share: k of n and limits"),
    **dict.fromkeys(("row.rate", "row.low", "row.high"), "with its limits, decided and changed in its row"),
    **dict.fromkeys(("one.pooled.effect", "one.pooled.lo"), "with its limits and how many plans"),
    **dict.fromkeys(("report.first_session.median", "report.first_session.lo"), "with its limits and how many plans"),
    **dict.fromkeys(("row.before", "row.after", "row.difference"), "with n and limits in its line; N and rate above"),
    **dict.fromkeys(("one.look.probability",), "a probability, which is how sure the level is; n and N in its row"),
    **dict.fromkeys(("one.differing", "one.differing_limits.lo", "one.differing_limits.hi", "one.overturn_limits.lo",
                     "one.overturn_limits.hi", "one.not_applicable_limits.lo", "one.not_applicable_limits.hi"),
                    "with its limits and k of n"),
    "row.before_low": "the band of the level before",
    **dict.fromkeys(("person.response_rate", "report.overall.average.response_rate", "one.rests_on.response_rate",
                     "rests.0.response_rate", "rests.1.response_rate"), "what an average carries"),
    # The formula of an outcome, step by step: its means stand above with all they carry.
    **dict.fromkeys(
        tuple(f"outcome.{name}" for name in (
            "baseline_variance", "effect", "expected_by_chance", "high", "level", "level_factor", "low", "observed",
            "omega2", "post_mean", "pre_mean", "se", "shift", "shift_variance", "sigma2")), "a step of the formula"),
    **dict.fromkeys(("worked.baseline_sd", "rests.0.low", "rests.1.low"), "the formula's limits"),
    "worked.worth": "how many reviews of equal weight a mean is worth, in its formula",
}  # fmt: skip
# Names that sound like an average and are words.
WORDS = {"agent.get_level_display", "person.agent.get_level_display", "effect", "line.levels", "plan.shared_at",
         "share", "mean", "meaning", "rate", "observed", "shift", "message.level_tag"}  # fmt: skip
EXEMPT = ("templates/components/", "templates/ui.html")


def test_no_template_writes_an_average_by_itself() -> None:
    found = {
        (name, path)
        for path, text in templates()
        for pattern in (PRINTED, NAMED)
        for match in pattern.finditer(text)
        if (name := match[1] or match[2]) not in WORDS
    }

    assert {f"{name} in {path}" for name, path in found if name not in BY_ITSELF} == set()
    assert BY_ITSELF.keys() - {name for name, _path in found} == set()  # nothing is kept that no page writes any more
    assert [match[1] for match in NAMED.finditer("{{ one.pass_rate }} {{ team.mean|default:0 }}")] == [
        "one.pass_rate", "team.mean",
    ]  # fmt: skip


def test_every_band_that_is_drawn_stands_beside_its_numbers() -> None:
    """A drawing says where a number lies, and the numbers beside it say the rest."""
    beside = re.compile(r"<c-(?:estimate :value|average :of)=\"([\w.]+)\"")
    drawn = re.compile(r"<c-interval :value=\"([\w.]+)\"")

    alone = {
        f"{name} in {path}"
        for path, text in templates()
        for name in drawn.findall(text)
        if not {name, name.removesuffix(".mean")} & set(beside.findall(text))
    }

    assert alone == set()


# ---- sentences -----------------------------------------------------------------------------------------------------

WRITES = {"figure", "signed_figure", "span"}
DECIMALS = re.compile(r"%\(\w+\)[+ ]?\.\d+f")
# Where Python writes a number that people read, and what stands beside it.
SENTENCES = {
    "coaching/charts.py:_title": "the level with its band; n, N and rate in the table below",
    "coaching/charts.py:_level": "the level with its band; n in the head of the outcome",
    "coaching/charts.py:_seen": "a target that people set",
    "coaching/charts.py:_mean_in_words": "a mean with its limits and n; N and rate in the outcome's card",
    "coaching/charts.py:_week_of": "the one or two scores of a week",
    "coaching/charts.py:change_parts": "a part of the change with its limits",
    "coaching/charts.py:_limits": "the limits of a part",
    "coaching/charts.py:part_bar": "the value of a bar, whose limits stand in its note",
    "coaching/outcome_words.py:weighed": "how many reviews of equal weight a mean is worth",
    "coaching/outcome_words.py:_moved": "a change; its three parts, limits and counts follow",
    "coaching/outcome_words.py:_parts": "two parts of the change; limits, counts and what it rests on follow",
    "coaching/outcome_words.py:_beyond": "the effect with its limits; counts in the head of the card",
    "coaching/programme_charts.py:_interval": "the effect with its limits and how many agents",
    "coaching/programme_charts.py:_point": "a mean with why it has no limits; n, N and rate in its row",
    "coaching/programme_words.py:between": "the effect with its limits",
    "coaching/rule_words.py:sentences": "a threshold that people set",
    "coaching/selectors/growth.py:_says": "the gap to what is expected; the level with all it carries stands above",
    "coaching/sweep_words.py:seen": "a threshold and a target that people set",
    "coaching/sweep_words.py:_with_band": "the level with its band; what it rests on stands below",
    "coaching/sweep_words.py:_change": "the change with its limits",
    "coaching/words.py:why": "a threshold and a target that people set; what the level rests on stands below",
    "coaching/words.py:looks_note": "a threshold that people set",
    "coaching/words.py:per_cent": "a probability, which is how sure a level is",
    "coaching/words.py:wrong_of": "how many proposals are expected to be wrong, by their own probabilities",
    "core/charts/lines.py:line_chart": "marks of an axis",
    "core/charts/words.py:in_words": "a point with band, n, N",
    "core/charts/words.py:reviews": "counts",
    "core/charts/words.py:rows": "a point with band, n, N and rate in its row",
    "core/charts/words.py:target_words": "a target that people set",
    "core/charts/words.py:_gap": "no number",
    "insights/charts.py:dot_plot": "an estimate with its band and n",
    "insights/charts.py:_in_words": "an estimate with its band and n",
    "insights/charts.py:share_bars": "shares of a whole that was counted",
    "insights/planning/planner.py:chart": "half widths that are themselves how sure a number will be",
    "insights/reports/averages.py:Average.adjusted_differs": "compares, and writes nothing",
    "insights/reports/programme.py:_weeks_title": "a week's mean with its limits; n, N and rate in the table below",
    "insights/views/planner.py:answered": "the pace of reviews, with limits and n, in the planner's basis",
    "reviews/what_if_words.py:Figure.is_known": "compares, and writes nothing",
    "reviews/what_if_words.py:_average": "the change with its limits; N and rate in a sentence of its own",
    "reviews/what_if_words.py:_points": "a mean with its limits and n",
    "reviews/what_if_words.py:_share": "a share with its limits and n",
    "reviews/what_if_words.py:figures": "a mean with its limits and n",
}
MADE_UP = ("core/figures.py", "core/templatetags/", "core/catalogue.py")  # how to write numbers, and the catalogue's


def test_no_sentence_names_a_number_without_what_stands_beside_it() -> None:
    found = {place for path, text in sources() for place in written(path, text)}

    assert found - SENTENCES.keys() == set()
    assert SENTENCES.keys() - found == set()
    naked = 'def says(team):\n    return _("Quality is %(mean).0f.") % {"mean": team.mean}\n'
    assert list(written("insights/new.py", naked)) == ["insights/new.py:says"]


def written(path: str, text: str) -> Iterator[str]:
    """Yield where a file writes a number for people: by the words of core.figures, or rounded within a sentence."""
    stack: list[tuple[ast.AST, str]] = [(ast.parse(text), "")]
    while stack:
        node, place = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            place = f"{place}.{node.name}".lstrip(".")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITES:
            yield f"{path}:{place}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DECIMALS.search(node.value):
            yield f"{path}:{place}"
        stack += [(child, place) for child in ast.iter_child_nodes(node)]


def sources() -> Iterator[tuple[str, str]]:
    """Yield every source of the product, without migrations and the demo company."""
    for app in APPS:
        for path in sorted(Path(app).rglob("*.py")):
            if not {"migrations", "demo"} & set(path.parts) and not str(path).startswith(MADE_UP):
                yield str(path), path.read_text()


def templates() -> Iterator[tuple[str, str]]:
    """Yield every template but the components, which are where averages are written."""
    for path in sorted(Path("templates").rglob("*.*")):
        if not str(path).startswith(EXEMPT):
            yield str(path), path.read_text()


def read(path: str) -> str:
    return Path(path).read_text()
