"""The table of agents as a file: every row is accounted for, whatever it holds, and nothing in it runs."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import agent_rows
from accounts.models import Agent, TeamMembership, User
from accounts.roles import Role
from accounts.selectors import AGENTS, file_rows
from accounts.services import agent_files
from accounts.services.agent_files import Outcome
from core.models import AuditEvent
from core.refusals import Refused
from core.spreadsheets import csv_lines
from tests.conftest import NOW
from tests.factories.accounts import AgentFactory, AgentIdentityFactory, TeamFactory, UserFactory, person

pytestmark = pytest.mark.django_db
HEAD = "source,external_id,name,team,level,hired_on,time_zone,languages,is_bot,login\n"


@pytest.fixture
def admin() -> User:
    return person(Role.ADMIN)


def load(text: str | bytes, admin: User, *, is_check: bool = False) -> Outcome:
    raw = text.encode() if isinstance(text, str) else text
    return agent_files.load(agent_rows.read(raw), by=admin, now=NOW, is_check=is_check)


def told(outcome: Outcome) -> list[tuple[int, str, str]]:
    return [(line.line, line.result, line.reason) for line in outcome.lines]


def test_each_row_is_created_updated_unchanged_or_rejected(admin: User) -> None:
    team = TeamFactory(name="Retail", slug="retail")
    known = AgentIdentityFactory(source="desk", external_id="1", agent=AgentFactory(name="Ada", level="entry")).agent
    AgentIdentityFactory(source="desk", external_id="2", agent=AgentFactory(name="Bo"))

    outcome = load(
        HEAD
        + "desk,1,Ada,RETAIL,senior,2024-05-31,Europe/Berlin,en de,no,\n"
        + "desk,2,Bo,,,,,,,\n\n"
        + "desk,3,Cy,retail,,,,,,\n"
        + "desk,4,,,,,,,,\n",
        admin,
    )

    assert told(outcome) == [
        (2, "updated", ""),
        (3, "unchanged", ""),
        (5, "created", ""),
        (6, "rejected", "Nobody is known by this number yet, and a new agent needs a name."),
    ]
    known.refresh_from_db()
    assert (known.level, str(known.hired_on), known.languages) == ("senior", "2024-05-31", ["en", "de"])
    assert TeamMembership.objects.filter(team=team, ends_at=None).count() == 2
    assert sorted(AuditEvent.objects.values_list("verb", flat=True)) == [
        "agent.changed", "agent.created", "agent.moved", "agent.moved",
    ]  # fmt: skip


def test_uploading_a_download_changes_nothing(admin: User) -> None:
    agent = AgentFactory(name="=HYPERLINK(1)", languages=["en"], user=UserFactory())
    AgentIdentityFactory(agent=agent, source="desk", external_id="-7")
    agent.memberships.create(team=TeamFactory(), starts_at=NOW)

    downloaded = b"".join(csv_lines(AGENTS, file_rows(Agent.objects.all())))

    assert b"\n" not in downloaded.split(b"\r\n")[1]
    assert b",'=HYPERLINK(1)," in downloaded
    assert b"desk,'-7," in downloaded
    assert told(load(downloaded, admin)) == [(2, "unchanged", "")]


def test_a_check_says_the_same_and_writes_nothing(admin: User) -> None:
    outcome = load(HEAD + "desk,1,Ada,,,,,,,\n", admin, is_check=True)

    assert told(outcome) == [(2, "created", "")]
    assert (Agent.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",1,Ada,,,,,,,", "The source is missing."),
        ("desk,,Ada,,,,,,,", "The external_id is missing, or longer than 255 characters."),
        ("desk,1,Ada,Mars,,,,,,", "There is no team “Mars” in use."),
        ("desk,1,Ada,,wizard,,,,,", "The level is one of: entry, experienced, senior, lead."),
        (
            "desk,1,Ada,nowhere,wizard,,,,maybe,",
            "The level is one of: entry, experienced, senior, lead. "
            "Write yes or no under is_bot. There is no team “nowhere” in use.",
        ),
        ("desk,1,Ada,,,31.05.2024,,,,", "Write the day under hired_on as 2024-05-31."),
        ("desk,1,Ada,,,0024-05-31,,,,", "Nobody was hired on that day."),
        ("desk,1,Ada,,,,Mars/Base,,,", "Choose a time zone of the list, such as Europe/London."),
        ("desk,1,Ada,,,,,english!,,", "“english!” is no language code. Write en, de or pt-BR."),
        ("desk,1,Ada,,,,,,perhaps,", "Write yes or no under is_bot."),
        ("desk,1,Ada,,,,,,,who@example.com", "No active log-in has the address who@example.com."),
        ("desk,1,Ada,,,,,,yes,taken@example.com", "A bot has no log-in."),
        ("desk,1,Ada,,,,,,,taken@example.com", "This log-in is already the agent Bo."),
        (f"desk,1,{'x' * 201},,,,,,,", "The name is longer than 200 characters."),
    ],
)
def test_a_row_without_sense_is_rejected_with_the_reason_and_the_others_are_taken(
    admin: User, cells: str, reason: str
) -> None:
    AgentFactory(name="Bo", user=UserFactory(email="taken@example.com"))

    outcome = load(HEAD + cells + "\ndesk,2,Cy,,,,,,,\n", admin)

    assert told(outcome) == [(2, "rejected", reason), (3, "created", "")]


def test_the_same_number_twice_is_told_with_both_lines(admin: User) -> None:
    outcome = load(HEAD + "desk,1,Ada,,,,,,,\nDesk,1,Bo,,,,,,,\n", admin)

    assert told(outcome) == [(2, "created", ""), (3, "rejected", "Line 2 is about the same agent.")]


def test_one_log_in_is_not_given_to_two_rows(admin: User) -> None:
    UserFactory(email="l@example.com")

    outcome = load(HEAD + "desk,1,Ada,,,,,,,l@example.com\ndesk,2,Bo,,,,,,,L@example.com\n", admin)

    assert told(outcome)[1] == (3, "rejected", "This log-in is already the agent Ada.")
    assert Agent.objects.get(name="Ada").user is not None


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("source;external_id;name\ndesk;1;Ada\n".encode("utf-8-sig"), [(2, "created", "")]),
        ("Source\tExternal ID\tName\r\ndesk\t1\t日本 Ада\r\n".encode("utf-16"), [(2, "created", "")]),
        (b'source,external_id,name\n\n"desk","1","A\nB"\ndesk,2,C', [(3, "created", ""), (5, "created", "")]),
        (b"external_id,source,name,shoe size\n1,desk,Ada,44\n", [(2, "created", "")]),
    ],
)
def test_files_come_in_many_shapes(admin: User, raw: bytes, result: list[tuple[int, str, str]]) -> None:
    assert told(load(raw, admin)) == result


@pytest.mark.parametrize(
    ("raw", "code", "sentence"),
    [
        (b"", "empty", "This file is empty."),
        (b"name,team\nAda,Retail\n", "column_missing", "The first line lacks this: source, external_id."),
        (b"source,source,external_id\n", "column_twice", "The first line names the column source twice."),
        ("source,external_id,name\ndesk,1,Zoë\n".encode("latin-1"), "bad_encoding", "Line 2 is not UTF-8."),
        (b"\xff\xfe\x00", "bad_encoding", "Line 1 is not UTF-8."),
        (b"source,external_id\ndesk,\x001\n", "not_text", "This file holds NUL characters, so it is no CSV file."),
        (b'source,external_id\n"desk"x,1\n', "unreadable", "Line 2 cannot be read as CSV:"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text", "This file holds NUL characters"),
        (b"source,external_id\n" + b"desk,1\n" * 10_001, "too_many_rows", "This file has more than 10,000 rows."),
        (b"x" * (agent_rows.LARGEST + 1), "too_large", "This file is larger than 2 MB. Send it in parts."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(raw: bytes, code: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        agent_rows.read(raw)

    assert (caught.value.refusal.code, str(caught.value.refusal)[: len(sentence)]) == (code, sentence)


def test_many_rows_cost_few_statements(admin: User) -> None:
    TeamFactory(slug="retail")
    rows = "".join(f"desk,{n},Agent {n},retail,,,,,,\n" for n in range(400))

    with CaptureQueriesContext(connection) as caught:
        load(HEAD + rows, admin)

    assert Agent.objects.count() == 400
    assert len(caught) < 40


def test_the_page_counts_and_names_the_rejected_rows(client: Client, admin: User) -> None:
    client.force_login(admin)
    file = SimpleUploadedFile("team.csv", (HEAD + "desk,1,Ada,,,,,,,\ndesk,2,,,,,,,,\n").encode())

    page = client.post("/people/agents/file/", {"file": file}).content.decode()

    assert "What team.csv did" in page
    assert "Nobody is known by this number yet, and a new agent needs a name." in page
    assert Agent.objects.count() == 1


def test_the_page_says_beside_the_field_what_is_wrong_with_a_file(client: Client, admin: User) -> None:
    client.force_login(admin)

    response = client.post("/people/agents/file/", {"file": SimpleUploadedFile("x.csv", b"\xffname")})

    assert response.status_code == 422
    assert "Line 1 is not UTF-8." in response.content.decode()


def test_the_download_is_filtered_as_the_list_is(client: Client, admin: User) -> None:
    client.force_login(admin)
    for name in ("Ada", "Bo"):
        AgentIdentityFactory(agent=AgentFactory(name=name))

    response = client.get("/people/agents/export/?q=ada")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.split(",")[2] for line in lines] == ["name", "Ada"]
