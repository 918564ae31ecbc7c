"""Logs carry the request and never what people wrote."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from core.logs import JsonFormatter, LineFormatter, safe
from core.request_ids import set_request_id

SECRET = "My card number is 4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def request_id():
    set_request_id("request-0001")
    yield
    set_request_id("")


def record(message, *arguments, exc_info=None):
    return logging.LogRecord("reviews.tasks", logging.WARNING, __file__, 1, message, arguments, exc_info)


def failed():
    try:
        raise ValueError(SECRET)
    except ValueError:
        return sys.exc_info()


def test_a_record_is_one_json_object():
    said = json.loads(JsonFormatter().format(record("Review %d waits for %s", 7, "reviews.tasks.fill_queue")))

    said.pop("time")
    assert said == {
        "level": "WARNING",
        "logger": "reviews.tasks",
        "message": "Review 7 waits for reviews.tasks.fill_queue",
        "request_id": "request-0001",
    }


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter(discreet=True)])
def test_what_somebody_wrote_does_not_reach_the_log(formatter):
    written = formatter.format(record("Could not read %s: %s", SECRET, ValueError(SECRET), exc_info=failed()))

    assert "4111" not in written
    assert "Could not read (37 characters): builtins.ValueError" in written


def test_an_error_leaves_its_type_and_its_places():
    said = json.loads(JsonFormatter().format(record("Broken", exc_info=failed())))

    assert said["error"] == "builtins.ValueError"
    assert [place.rsplit(" ", 1)[1] for place in said["places"]] == ["failed"]


def test_a_record_with_named_values_keeps_the_harmless_ones():
    values = {"name": "core.tasks.heartbeat", "id": "0a-1b", "exc": SECRET}

    said = json.loads(JsonFormatter().format(record("Task %(name)s[%(id)s]: %(exc)s", values)))

    assert said["message"] == "Task core.tasks.heartbeat[0a-1b]: (37 characters)"


def test_a_value_that_does_not_fit_its_place_is_no_error():
    said = json.loads(JsonFormatter().format(record("Read %d lines", SECRET)))

    assert said["message"] == "Read %d lines"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (12, 12),
        ("GET", "GET"),
        ("/conversations/7/", "/conversations/7/"),
        ("two words", "(9 characters)"),
        ("marta@example.com", "(17 characters)"),
        ("Größe", "(5 characters)"),
        ("a\nb", "(3 characters)"),
        ("x" * 121, "(121 characters)"),
        (KeyError(SECRET), "builtins.KeyError"),
    ],
)
def test_a_value_is_kept_when_it_is_a_number_or_an_identifier(value, written):
    assert safe(value) == written


def test_a_developer_sees_the_whole_error_in_lines():
    written = LineFormatter("[%(request_id)s] %(message)s").format(record("Broken", exc_info=failed()))

    assert written.startswith("[request-0001] Broken\nTraceback")
    assert written.endswith(f"ValueError: {SECRET}")
