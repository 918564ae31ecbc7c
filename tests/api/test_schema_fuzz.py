"""Whatever fits the schema, or just misses it, is answered as the schema says: no 5xx, no status without a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qa_portal.wsgi import application
from tests.api.company import Company, founded
from tests.conftest import NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Of some 260 operations; each is sent twice: as it was made up, and about something that exists. The second database
# has the same answers but for what itself refuses.
EXAMPLES = {"sqlite": 4, "postgresql": 2}

schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
schema.config.phases.update(phases=["fuzzing"])
schema.config.generation.update(modes=list(schemathesis.GenerationMode))


@pytest.fixture(scope="module")
def company_of_all(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """Found the company once: each operation is tried inside a savepoint, which takes back what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            company = founded()
        yield company
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def company(company_of_all: Company, db: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the company's connection while requests come and go, as Django's own test client does."""
    request.node.company = company_of_all
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES[connection.vendor],
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_answers_as_its_schema_says(case: schemathesis.Case, request: pytest.FixtureRequest) -> None:
    company = request.node.company
    ask(case, company)
    resource = case.path.split("/")[3]
    real = {}
    if "id" in case.path_parameters:
        known = company.ids[resource]
        real["id"] = str(known[len(str(case.body)) % len(known)])
    if "slug" in case.path_parameters:
        slugs = company.slugs_of(resource)
        real["slug"] = slugs[len(str(case.query)) % len(slugs)]
    if "number" in case.path_parameters:
        real["number"] = "1"
    if real:
        case.path_parameters.update(real)
        ask(case, company)


def ask(case: schemathesis.Case, company: Company) -> None:
    case.call_and_validate(headers=company.headers, checks=CHECKS)
