"""The library can be changed: what a workspace writes takes the place of what is shipped, and no plan changes by it."""

from __future__ import annotations

import pytest
from django.test import Client

from coaching.models import LibraryEntry, Plan
from coaching.selectors import library as read
from coaching.services import library, proposals
from coaching.services.library import EntryEdit
from coaching.suggestions import choose
from core.models import AuditEvent
from core.refusals import Refused
from tests.api.asking import asking, post, put
from tests.conftest import NOW
from tests.factories.accounts import person
from tests.factories.coaching import look, member, skill

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEY = "empathy/name-it"
OWN = EntryEdit(
    number=0, kind="read", text="Read our guide on tone.", levels=["entry"], days=5, link="https://x.example/"
)


def test_an_own_suggestion_comes_first_and_a_retired_one_goes_in_new_plans_only():
    empathy, manager = skill("empathy"), person("manager")
    agents = [member(level="entry") for _ in range(2)]
    look(agents[0], empathy, week="2026-W08", state="opened")
    proposals.propose("2026-W08", now=NOW)

    added = library.add(empathy, OWN, by=manager, now=NOW)
    library.write(KEY, EntryEdit(0, "practise", "Name it.", ["entry"], 7, is_retired=True), by=manager, now=NOW)
    look(agents[1], empathy, week="2026-W08", state="opened")
    proposals.propose("2026-W08", now=NOW)

    before, after = (list(plan.actions.values_list("library_key", "link")) for plan in Plan.objects.order_by("pk"))
    assert (added.key, added.number) == ("empathy/read-our-guide-on-tone", 1)
    assert before[0] == (KEY, "")
    assert after[0] == (added.key, "https://x.example/")
    assert KEY not in dict(after)
    assert [one.key for one in read.page(empathy).retired] == [KEY]
    events = AuditEvent.objects.filter(verb="library.entry_written").order_by("pk")
    assert list(events.values_list("params", flat=True)) == [
        {"key": added.key, "retired": False}, {"key": KEY, "retired": True}
    ]  # fmt: skip


def test_words_of_a_skill_the_project_does_not_know_and_of_one_it_does():
    juggling, empathy, manager = skill("juggling"), skill("empathy"), person("manager")
    assert read.advice("juggling") is None

    library.say(juggling, cost="It drops.", focus=" One ball. \n\n Two balls. ", number=0, by=manager, now=NOW)
    library.say(empathy, cost="They leave.", focus="Listen.", number=0, by=manager, now=NOW)
    library.say(empathy, cost="They leave us.", focus="Listen.", number=1, by=manager, now=NOW)

    juggling = read.advice("juggling")
    assert (juggling.focus, choose(juggling.suggestions, level="entry")) == (("One ball.", "Two balls."), [])
    assert (read.advice("empathy").cost, read.page(empathy).words_number) == ("They leave us.", 2)
    assert len(read.advice("empathy").suggestions) >= 5
    assert read.everything()["empathy"] == read.advice("empathy")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "  "}, "no_text"),
        ({"levels": []}, "no_levels"),
        ({"levels": ["boss"]}, "no_levels"),
        ({"kind": "nap"}, "unknown_kind"),
        ({"channels": ["pigeon"]}, "unknown_kind"),
        ({"days": 0}, "bad_days"),
    ],
)
def test_a_suggestion_that_cannot_be_followed_is_refused(changes, code):
    values = {"number": 0, "kind": "read", "text": "Read.", "levels": ["entry"], "days": 5, **changes}
    with pytest.raises(Refused) as refused:
        library.add(skill(), EntryEdit(**values), by=person("manager"), now=NOW)

    assert (refused.value.refusal.code, LibraryEntry.objects.count()) == (code, 0)


def test_the_later_of_two_edits_is_told_and_only_managers_write():
    skill("empathy")
    manager, edited = person("manager"), EntryEdit(0, "practise", "Name it.", ["entry"], 7)
    library.write(KEY, edited, by=manager, now=NOW)
    codes = []
    for by, key in ((manager, KEY), (person("supervisor"), KEY), (manager, "empathy/no-such")):
        with pytest.raises(Refused) as refused:
            library.write(key, edited, by=by, now=NOW)
        codes.append(refused.value.refusal.code)

    assert codes == ["stale_library", "wrong_role", "no_suggestion"]


def test_pages_and_the_api_do_the_same():
    skill("empathy")
    manager, client = person("manager"), Client()
    client.force_login(manager)
    sent = {"number": 0, "kind": "read", "text": "Read it.", "levels": ["entry", "lead"], "days": 5}

    by_page = client.post("/coaching/library/empathy/entries/name-it/", sent)
    stale = client.post("/coaching/library/empathy/entries/name-it/", sent)
    by_script = post(asking(manager), "coaching-library/empathy/change/", {**sent, "key": KEY, "number": 1, "days": 6})
    other = post(asking(manager), "coaching-library/empathy/change/", {**sent, "key": "adaptability/x", "number": 0})
    words = client.post("/coaching/library/empathy/words/", {"number": 0, "cost": "They leave.", "focus": "A\nB\nC\nD"})
    shown = asking(person("supervisor")).get("/api/v1/coaching-library/empathy/").json()

    assert [one.status_code for one in (by_page, stale, by_script, other, words)] == [302, 409, 200, 422, 422]
    changed = next(one for one in shown["suggestions"] if one["key"] == KEY)
    assert (changed["text"], changed["days"], changed["number"]) == ("Read it.", 6, 2)
    said = {"number": 0, "cost": "They leave.", "focus": "A"}
    bad = client.post("/coaching/library/empathy/words/", {**said, "examples": "Only one line."})
    own = client.post("/coaching/library/empathy/words/", {**said, "examples": "Sorry.\nThe gift is late.\nA fact."})
    kept = put(asking(manager), "coaching-library/empathy/", {**said, "number": 1, "focus": ["A"]})
    none = put(asking(manager), "coaching-library/empathy/", {**said, "number": 2, "focus": ["A"], "examples": []})
    assert [one.status_code for one in (bad, own, kept, none)] == [422, 302, 200, 200]
    assert kept.json()["examples"] == [{"instead": "Sorry.", "better": "The gift is late.", "because": "A fact."}]
    assert (none.json()["examples"], len(shown["examples"])) == ([], 4)
    page = client.get("/coaching/library/empathy/").content.decode()
    assert "Read it." in page
    assert (
        client.get("/coaching/library/").status_code == client.get("/coaching/library/empathy/new/").status_code == 200
    )
