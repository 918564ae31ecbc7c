"""Custom fields: what is typed, what it asks, and that the database answers as the pure function does."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conversations import custom_fields
from conversations.custom_field_query import asking
from conversations.custom_fields import Question, holds, parse
from conversations.models import Conversation, Source
from tests.conftest import NOW
from tests.conversations.importing import import_bytes, lines, record
from tests.factories.accounts import person
from tests.factories.conversations import ConversationFactory

FIELDS: dict[str, dict[str, Any]] = {
    "none": {},
    "gold": {"plan": "Gold ", "amount": 120, "vip": True, "order": {"country": "NL", "lines": [{"sku": "a"}]}},
    "free": {"plan": "free", "amount": "99.5", "vip": False, "order": {}, "note": " \u00a0"},
    "list": {"plan": ["Gold", "Team"], "amount": [5, "x"], "order.country": "BE", "order": {"country": "NL"}},
    "odd": {"plan": None, "amount": "12,5", "vip": "yes", 'say "hi"': "it's 5\" = 100%", "Größe": "ÉTÉ"},
    "numbers": {"amount": 1e3, "plan": 7.0, "vip": 0, "list": [], "deep": {"a": {"b": -1.5}}},
}

ASKED = [
    ("plan = gold", {"gold", "list"}),
    ("PLAN = gold", set()),
    ("plan = 7", {"numbers"}),
    ("plan != gold", {"none", "free", "odd", "numbers"}),
    ("plan", {"gold", "free", "list", "numbers"}),
    ("!plan", {"none", "odd"}),
    ("note", set()),
    ("list", set()),
    ("order", {"gold", "list"}),
    ("order.lines", {"gold"}),
    ("amount >= 100", {"gold", "numbers"}),
    ("amount < 1e2", {"free", "list"}),
    ("amount > 120", {"numbers"}),
    ("amount ≤ 120, amount >= 99.5", {"gold", "free"}),
    ("amount = 120.0", {"gold"}),
    ("amount = 12,5", set()),
    ('amount = "12,5"', {"odd"}),
    ("vip = true", {"gold"}),
    ("vip = 0", {"numbers"}),
    ("vip = FALSE, plan", {"free"}),
    ("order.country = nl", {"gold"}),
    ("order.country = BE", {"list"}),
    ("order.country.x", set()),
    ("deep.a.b <= -1.5", {"numbers"}),
    ("Größe = été", {"odd"}),
    ("order.lines.0", set()),
    ("plan = gold, vip = true, !note", {"gold"}),
    ("plan = %s' OR 1=1 --", set()),
    ("$.plan = gold", set()),
]


@pytest.mark.django_db
def test_the_database_answers_every_question_as_the_pure_function_does():
    for number, metadata in FIELDS.items():
        ConversationFactory(external_id=number, metadata=metadata)
    ConversationFactory(external_id="no object", metadata=["plan"])

    answers = {
        typed: {row.external_id for row in asking(Conversation.objects.all(), parse(typed))} - {"no object"}
        for typed, _expected in ASKED
    }
    pure = {
        typed: {number for number, metadata in FIELDS.items() if all(holds(one, metadata) for one in parse(typed))}
        for typed, _expected in ASKED
    }

    assert answers == dict(ASKED)
    assert pure == dict(ASKED)
    assert asking(Conversation.objects.filter(external_id="no object"), parse("!plan, plan != gold")).exists()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", []),
        (" , ,", []),
        ("plan", [Question("plan")]),
        ("! plan", [Question("plan", "!")]),
        ("plan=gold", [Question("plan", "=", "gold")]),
        ('city = "Bergen, NH", x', [Question("city", "=", "Bergen, NH"), Question("x")]),
        ('"a=b" ≠ c=d', [Question("a=b", "!=", "c=d")]),
        ('inch = 5"', [Question("inch", "=", '5"')]),
    ],
)
def test_what_is_typed_is_read_and_written_back_alike(typed, expected):
    assert parse(typed) == expected
    assert parse(", ".join(map(str, expected))) == expected


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("plan =", "Say what “plan” is compared with, or write !plan for those without it."),
        ("amount > gold", "“amount >” compares numbers, and “gold” is none."),
        ("= gold", "“= gold” is not understood. Write the name of a field, or name = value, name >= 10, or !name."),
        ("!a = b", "“!a = b” is not understood. Write the name of a field, or name = value, name >= 10, or !name."),
        ("x" * 101, f"“{'x' * 40}…” is too long for the name of a custom field."),
        (",".join("abcdefghijk"), "At most 10 custom fields can be asked about at once."),
    ],
)
def test_what_asks_nothing_is_told_why(typed, sentence):
    with pytest.raises(custom_fields.Unclear) as told:
        parse(typed)

    assert str(told.value) == sentence


@pytest.mark.django_db
def test_the_list_and_the_api_take_the_same_question_and_offer_the_fields_that_came(client):
    content = lines(
        record("g", metadata={"plan": "gold", "order": {"a=b": 1, "when": None}, "bad\n": 1}),
        record("f", metadata={"plan": "free"}),
        record("n", metadata={}),
    )
    import_bytes(content, NOW)
    client.force_login(person("manager"))

    shown = client.get(reverse("conversations:list"), {"custom": "plan = GOLD"})
    refused = client.get(reverse("conversations:list"), {"custom": "plan >"})
    over_api = client.get("/api/v1/conversations/", {"custom": "!plan"})
    refused_there = client.get("/api/v1/conversations/", {"custom": "plan > x\0"})

    assert Source.objects.get().field_names == ["order.a=b", "order.when", "plan"]
    assert [row.external_id for row in shown.context["rows"]] == ["g"]
    assert shown.context["field_names"] == ['"order.a=b"', "order.when", "plan"]
    assert "Say what “plan” is compared with" in refused.content.decode()
    assert [row["external_id"] for row in over_api.json()["results"]] == ["n"]
    assert refused_there.status_code == 422
