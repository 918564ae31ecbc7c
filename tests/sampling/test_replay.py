"""Receipts of real draws: they repeat without a database, and against one that was filled in another order."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sampling.design import period_key
from sampling.models import Draw
from sampling.receipts import replay
from sampling.selectors.receipts import receipt_of
from sampling.selectors.rechecks import against_conversations, against_kept_digest
from sampling.services import draws, skips
from tests.conftest import NOW, ROOT
from tests.factories.accounts import TeamFactory
from tests.factories.sampling import SECRET, WEEK, PlanFactory, agent, completion, drawn, master_key, week_of
from tests.support import migrated

DAY = timedelta(days=1)


def content(draw: Draw) -> bytes:
    return "".join(receipt_of(draw)).encode()


def some_draw(**plan: Any) -> Draw:
    made = PlanFactory(**plan)
    week_of(agent("Anna"), 6)
    week_of(agent("Bert"), 1)
    return drawn(made)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(content(some_draw()))
    return path


# ---- from the database to the file


@pytest.mark.django_db
def test_the_receipt_of_a_draw_repeats_it() -> None:
    draw = some_draw()

    result = replay(content(draw))

    assert (result.differences, result.units, result.picks) == ((), 7, 3)
    assert (result.plan, result.period, result.frame_digest) == (str(draw.plan.identity), "2026-W09", draw.frame_digest)


@pytest.mark.django_db
def test_the_receipt_reveals_the_key_of_its_period_and_not_the_master_key() -> None:
    master_key()
    draw = some_draw()

    text = content(draw).decode()

    assert text.count(period_key(SECRET, str(draw.plan.identity), "2026-W09").hex()) == 1
    assert text.count(SECRET.hex()) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["spam", "too_long", "expired", "language"])
def test_the_receipt_follows_skips_and_its_frame_stays(reason: str) -> None:
    draw = some_draw()
    before = replay(content(draw))
    pick = draw.picks.get(rank=1, agent__name="Anna")

    skips.record(pick, reason=reason, by=None, now=NOW)

    after = replay(content(draw))
    assert (after.differences, after.frame_digest) == ((), before.frame_digest)
    assert (after.digest == before.digest) is (reason == "language")


@pytest.mark.django_db
def test_the_receipt_of_an_empty_or_voided_draw_repeats_it() -> None:
    draw = draws.void(drawn(PlanFactory()), reason="nothing in it", by=None, now=NOW)

    assert replay(content(draw)).matches


@pytest.mark.django_db
def test_writing_a_receipt_takes_the_same_queries_for_one_agent_and_for_three(django_assert_num_queries: Any) -> None:
    week_of(agent("Anna"), 3)
    one = drawn(PlanFactory())
    for name in ("Bert", "Carl"):
        week_of(agent(name), 3)
    many = drawn(PlanFactory())

    for draw in (one, many):
        fresh = Draw.objects.select_related("plan").get(pk=draw.pk)
        # The units are read twice: the seals over all lines stand at the beginning.
        with django_assert_num_queries(5):
            content(fresh)


# ---- the command


@pytest.mark.django_db
def test_the_command_says_that_the_receipt_matches_with_its_counts(receipt: Path) -> None:
    said = run(str(receipt))

    assert said.splitlines()[0] == (
        f"The receipt matches: {Draw.objects.get().plan.name}, 2026-W09. 7 conversations in 2 strata were numbered and "
        "ordered again, and the same 3 picks came out."
    )


@pytest.mark.django_db
def test_the_command_names_the_line_that_was_changed(receipt: Path) -> None:
    lines = receipt.read_text().splitlines()
    number = next(i for i, line in enumerate(lines, start=1) if '"kind":"pick"' in line)
    changed = lines[number - 1].replace('"rank":1', '"rank":2')
    receipt.write_text("\n".join([*lines[: number - 1], changed, *lines[number:]]))

    code, said = refused(str(receipt))

    assert (code, {line.split(":")[0].strip() for line in said.splitlines()[1:]}) == (1, {f"line {number}"})


@pytest.mark.django_db
def test_the_command_compares_with_a_published_digest(receipt: Path) -> None:
    digest = Draw.objects.get().frame_digest

    assert run(str(receipt), "--digest", digest.upper())[:19] == "The receipt matches"
    assert refused(str(receipt), "--digest", "0" * 64)[0] == 1


@pytest.mark.parametrize(("text", "code"), [("hello", 2), ("{}", 2), ("", 2)])
def test_the_command_says_in_one_sentence_that_a_file_is_no_receipt(text: str, code: int, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)

    assert refused(str(path))[0] == code
    assert refused(str(path))[1].startswith("This is not a receipt of a draw")


def test_the_command_says_that_there_is_no_file(tmp_path: Path) -> None:
    code, said = refused(str(tmp_path / "none.json"))

    assert (code, said.endswith("cannot be read: No such file or directory.")) == (2, True)


@pytest.mark.django_db
def test_the_command_works_in_a_process_that_can_reach_no_database(receipt: Path) -> None:
    environment = {"PATH": "", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "QA_VAR": str(receipt.parent)}
    command = [sys.executable, str(ROOT / "manage.py"), "replay", str(receipt)]

    good = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    receipt.write_text(receipt.read_text().replace('"N":6', '"N":5'))
    bad = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (good.returncode, good.stdout[:19], good.stderr) == (0, "The receipt matches", "")
    assert (bad.returncode, bad.stdout) == (1, "")


# ---- against the conversations of a database


@pytest.mark.django_db
def test_the_frame_comes_together_from_the_conversations_it_was_frozen_from(receipt: Path) -> None:
    said = run(str(receipt), "--database")

    assert "The same frame comes together in this database." in said


@pytest.mark.django_db
def test_a_conversation_that_is_not_here_is_named_by_its_line(receipt: Path) -> None:
    unpicked = Draw.objects.get().strata.get(agent__name="Anna").unit_at(6)
    renamed = completion(agent("Carl"), at=WEEK - 60 * DAY).conversation
    renamed.completions.model.objects.filter(pk=unpicked.completion_id).update(conversation=renamed, number=7)

    found = against_conversations(replay(receipt.read_bytes()))

    line = next(i for i, text in enumerate(receipt.read_text().splitlines(), 1) if f'"{unpicked.external_id}"' in text)
    assert [(one.line, one.found) for one in found if one.expected[:3] == "zen" and one.line != 2] == [(line, "none")]


@pytest.mark.django_db
def test_a_conversation_of_the_period_that_the_frame_left_out_is_named(receipt: Path) -> None:
    completion(agent("Carl"), at=WEEK + DAY, name="left out")

    found = against_conversations(replay(receipt.read_bytes()))

    assert [(one.line, one.expected) for one in found] == [(2, "zen left out (1)")]


@pytest.mark.django_db
def test_a_late_conversation_is_looked_up_but_not_missed() -> None:
    plan = PlanFactory(quota_per_agent=9)
    anna = agent("Anna")
    drawn(plan)
    completion(anna, at=WEEK + DAY, known_at=NOW + DAY, name="late")
    second = drawn(plan, moment=WEEK + 7 * DAY, now=NOW + 7 * DAY)

    result = replay(content(second))

    assert (result.units, against_conversations(result)) == (1, [])


@pytest.mark.django_db
def test_the_population_of_a_receipt_is_found_by_name() -> None:
    team = TeamFactory(slug="retail")
    plan = PlanFactory(population={"team": [str(team.pk)]}, quota_per_agent=9)
    completion(agent("Anna"), at=WEEK + DAY, team=team)
    completion(agent("Bert"), at=WEEK + DAY, team=TeamFactory())

    result = replay(content(drawn(plan)))

    assert (result.units, against_conversations(result)) == (1, [])


@pytest.mark.django_db
def test_a_receipt_of_another_frame_than_the_plan_keeps_is_refused(receipt: Path) -> None:
    Draw.objects.update(frame_digest="0" * 64)

    assert [one.line for one in against_kept_digest(replay(receipt.read_bytes()))] == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"reviewee_rule": "nobody"},
        {"reviewee_rule": "last", "population": []},
        {"reviewee_rule": ["last"]},
        {"reviewee_rule": "last", "population": {"source": ["none of this name"]}},
        {"reviewee_rule": "last", "population": {"team": [["nested"]], "channel": 7}},
    ],
)
def test_settings_that_somebody_made_up_break_nothing(settings: dict[str, Any]) -> None:
    draw = some_draw()
    draw.frozen_settings = {"name": "Made up", **settings}

    found = against_conversations(replay(content(draw)))

    assert [one.line for one in found] == [2]


# ---- real conversations, another database, another order


def test_star_drawn_again_in_another_database_after_another_order_gives_the_same_receipt(
    shared_data: Path, tmp_path: Path
) -> None:
    with gzip.open(shared_data / "data" / "star.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = file.readlines()
    receipts = []
    for name, order in (("first", lines), ("second", sorted(lines, key=lambda line: line[::-1]))):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(order), encoding="utf-8")
        receipts.append(drawn_in_a_database_of_its_own(tmp_path / name, path))

    assert receipts[0]["text"] == receipts[1]["text"]
    result = replay(receipts[0]["text"].encode())
    assert (result.differences, result.picks > 50) == ((), True)
    pools = {line["pool"] for line in json.loads(receipts[0]["text"])["lines"] if line["kind"] == "pick"}
    labels = {stratum.head.label for stratum in result.frame}
    assert (pools, len(labels) > 1) == ({"random", "targeted"}, True)
    # The database that never made the first draw says the same of its receipt.
    said = manage(tmp_path / "second", "replay", str(receipts[0]["path"]), "--database")
    assert "The same frame comes together in this database." in said


def drawn_in_a_database_of_its_own(folder: Path, conversations: Path) -> dict[str, Any]:
    migrated.copy_to(folder / "qa_portal.sqlite3")
    manage(folder, "import_conversations", str(conversations), "--source", "STAR")
    made = manage(folder, "shell", "--verbosity", "0", "--command", DRAW_BY_HAND)
    path = folder / "receipt.json"
    path.write_text(json.loads(made.splitlines()[-1]), encoding="utf-8")
    return {"path": path, "text": path.read_text(encoding="utf-8")}


def manage(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={"PATH": "", "QA_VAR": str(folder), "DATABASE_URL": "", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


DRAW_BY_HAND = """
import json, uuid
from datetime import UTC, date, datetime
from rubrics.services import starters
from sampling import periods
from sampling.models import MasterKey, Plan
from sampling.selectors.receipts import receipt_of
from sampling.services import draws
now = datetime(2026, 3, 4, 10, tzinfo=UTC)
version = starters.install(by=None, now=now)[0]
MasterKey.objects.create(number=1, secret=b"m" * 32, created_at=now)
plan = Plan.objects.create(
    identity=uuid.UUID("7b0e8e42-1c7d-4d31-9f0e-5d4f7a1a9b10"), name="STAR", rubric=version.rubric,
    quota_per_agent=3, starts_on=date(2020, 1, 1), created_at=now, time_zone="Europe/Berlin", population={"q": "a"},
    strata=["channel", "risk"], allocation="risk", targeted_per_period=20, risk_rules=[
        {"name": "Long", "weight": 3.0, "certain": False, "when": [{"fact": "messages_at_least", "value": "20"}]},
        {"name": "Slow", "weight": 1.5, "certain": False, "when": [{"fact": "longest_wait", "value": "1"}]},
    ],
)
draw = draws.freeze(plan, period=periods.containing(plan, datetime(2020, 5, 14, tzinfo=UTC)), now=now)
print(json.dumps("".join(receipt_of(draw))))
"""
