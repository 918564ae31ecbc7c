"""Every variable that can be wrong stops the start with a sentence that says how to set it right."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.project.test_operations_guide import SETTINGS
from tests.project.tree import ROOT

PRODUCTION = {"QA_PRODUCTION": "1", "QA_SECRET_KEY": "long and random", "QA_HOSTS": "qa.example.com"}
WRONG: list[tuple[dict[str, str], str]] = [
    ({"QA_PRODUCTION": "maybe"}, "QA_PRODUCTION is 'maybe'. Set it to 1 or 0."),
    ({"QA_DEBUG": "2"}, "QA_DEBUG is '2'. Set it to 1 or 0."),
    ({**PRODUCTION, "QA_DEBUG": "1"}, "QA_PRODUCTION and QA_DEBUG are both on. Turn QA_DEBUG off in production."),
    ({**PRODUCTION, "QA_SECRET_KEY": ""}, "QA_SECRET_KEY is missing."),
    ({**PRODUCTION, "QA_HOSTS": ""}, "QA_HOSTS is missing."),
    ({"QA_HOSTS": "https://qa.example.com"}, "QA_HOSTS holds 'https://qa.example.com'. Names only"),
    ({"QA_ORIGINS": "qa.example.com"}, "QA_ORIGINS holds 'qa.example.com'. Write the whole address"),
    ({"QA_SITE_URL": "qa.example.com"}, "QA_SITE_URL holds 'qa.example.com'. Write the whole address"),
    ({**PRODUCTION, "QA_HTTPS": "si"}, "QA_HTTPS is 'si'. Set it to 1 or 0."),
    ({**PRODUCTION, "QA_HSTS_SECONDS": "-1"}, "QA_HSTS_SECONDS is '-1'. Set it to a whole number, for example 3600."),
    ({"DATABASE_URL": "mysql://db/qa"}, "DATABASE_URL starts with 'mysql'."),
    ({"DATABASE_URL": "postgresql://qa@db:none/qa"}, "DATABASE_URL has a port that is no number, such as 5432."),
    ({"DATABASE_URL": "postgresql://qa@db:5432/"}, "DATABASE_URL names no database"),
    ({"QA_POOLER": "pgbouncer"}, "QA_POOLER is 'pgbouncer'. Set it to 1 or 0."),
    ({"REDIS_URL": "broker:6379"}, "REDIS_URL is no address of a Redis or Valkey."),
    ({"QA_VAR": "/dev/null/qa"}, "/dev/null/qa cannot be made"),
    ({"QA_STORAGE_ENDPOINT": "https://minio.example.com"}, "QA_STORAGE_BUCKET is missing"),
    ({"QA_STORAGE_REGION": "eu-central-1"}, "QA_STORAGE_BUCKET is missing"),
    ({"QA_STORAGE_FOLDER": "qa"}, "QA_STORAGE_BUCKET is missing"),
    ({"QA_STORAGE_BUCKET": "b", "QA_STORAGE_KEY_ID": "k"}, "QA_STORAGE_KEY_ID and QA_STORAGE_SECRET go together."),
    ({"QA_STORAGE_BUCKET": "b", "QA_STORAGE_SECRET": "s"}, "QA_STORAGE_KEY_ID and QA_STORAGE_SECRET go together."),
    ({"QA_STORAGE_BUCKET": "b", "QA_STORAGE_ENDPOINT": "minio:9000"}, "QA_STORAGE_ENDPOINT holds 'minio:9000'."),
    ({"QA_EMAIL_BACKEND": "smtp"}, "QA_EMAIL_BACKEND is 'smtp', which is not installed."),
    ({"QA_EMAIL_PORT": "99999"}, "QA_EMAIL_PORT is '99999'. Set it to a whole number up to 65535, for example 25."),
    ({"QA_EMAIL_TLS": "starttls"}, "QA_EMAIL_TLS is 'starttls'. Set it to 1 or 0."),
    ({"QA_PROXIES": "two"}, "QA_PROXIES is 'two'. Set it to a whole number, for example 0."),
    ({"QA_LINK_MB": "1 GB"}, "QA_LINK_MB is '1 GB'. Set it to a whole number, for example 1024."),
    ({"QA_LOG_FORMAT": "xml"}, "QA_LOG_FORMAT is 'xml'. Set it to one of: json, line."),
    ({"QA_LOG_LEVEL": "loud"}, "QA_LOG_LEVEL is 'loud'. Set it to one of: DEBUG, ERROR, INFO, WARNING."),
]
# Any text is right: it is used as it stands, and what it names answers for itself.
ANY_TEXT = {
    "QA_EMAIL_HOST", "QA_EMAIL_USER", "QA_EMAIL_PASSWORD", "QA_EMAIL_FROM", "QA_METRICS_TOKEN",
    "PROMETHEUS_MULTIPROC_DIR", "QA_OUTGOING_HOSTS",
}  # fmt: skip


def settings(monkeypatch: pytest.MonkeyPatch, folder: Path, **variables: str) -> dict[str, Any]:
    """Read the settings in an environment that holds nothing but these variables."""
    for name in set(os.environ) & (SETTINGS.keys() | {"QA_VAR"}):
        monkeypatch.delenv(name)
    for name, value in {"QA_VAR": str(folder), **variables}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "qa_portal" / "settings.py"))


@pytest.mark.parametrize(("variables", "sentence"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_value_explains_itself(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings(monkeypatch, tmp_path, **variables)

    assert str(refused.value)[: len(sentence)] == sentence


def test_every_variable_is_either_checked_or_any_text() -> None:
    checked = {name for variables, _sentence in WRONG for name in variables}

    assert sorted(SETTINGS.keys() ^ (checked | ANY_TEXT)) == []


def test_nothing_at_all_is_right_for_a_newcomer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = settings(monkeypatch, tmp_path)

    assert found["STORAGES"]["default"] == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    assert (found["PRODUCTION"], found["LOGGING"]["root"]["level"]) == (False, "INFO")


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = {name: " " for name in SETTINGS if name != "QA_VAR"}

    assert settings(monkeypatch, tmp_path, **empty)["EMAIL_PORT"] == 25


def test_a_bucket_is_named_with_everything_that_is_said_about_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = {
        "QA_STORAGE_BUCKET": "uploads", "QA_STORAGE_ENDPOINT": "https://minio.example.com", "QA_STORAGE_REGION": "eu-1",
        "QA_STORAGE_KEY_ID": "key", "QA_STORAGE_SECRET": "secret", "QA_STORAGE_FOLDER": "/qa/",
    }  # fmt: skip

    found = settings(monkeypatch, tmp_path, **said)["STORAGES"]["default"]

    assert found == {
        "BACKEND": "core.buckets.BucketStorage",
        "OPTIONS": {
            "bucket_name": "uploads", "endpoint_url": "https://minio.example.com", "region_name": "eu-1",
            "access_key": "key", "secret_key": "secret", "location": "qa",
        },
    }  # fmt: skip


def test_a_bucket_alone_uses_the_role_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    options = settings(monkeypatch, tmp_path, QA_STORAGE_BUCKET="uploads")["STORAGES"]["default"]["OPTIONS"]

    assert {name: value for name, value in options.items() if value} == {"bucket_name": "uploads"}


def test_behind_a_pooler_nothing_is_expected_of_the_connection_of_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = {"DATABASE_URL": "postgresql://qa:word@db:5432/qa?sslmode=require"}
    found = [settings(monkeypatch, tmp_path, **server, QA_POOLER=pooler)["DATABASES"]["default"] for pooler in "01"]

    assert [one["DISABLE_SERVER_SIDE_CURSORS"] for one in found] == [False, True]
    assert [one["OPTIONS"] for one in found] == [
        {"connect_timeout": "5", "sslmode": "require", "prepare_threshold": 1},
        {"connect_timeout": "5", "sslmode": "require", "prepare_threshold": None},
    ]
