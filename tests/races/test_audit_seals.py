"""Sealers at once: every event is sealed once, and the chain is one chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core import audit_check
from core.audit import event, record_many
from core.models import AuditEvent, AuditSeal
from core.services import audit_seals
from tests.factories.accounts import UserFactory

SEALERS = 4


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain_with_every_event_in_it_once(now):
    user = UserFactory()
    record_many([event("user.changed", target=user, by=user, at=now) for _n in range(2500)])
    start = Barrier(SEALERS)

    def seal(_place):
        try:
            start.wait()
            return audit_seals.seal_all(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(SEALERS) as pool:
        made = sum(pool.map(seal, range(SEALERS)))

    sealed = [leaf[0] for seal in AuditSeal.objects.all() for leaf in seal.leaves]
    assert made == AuditSeal.objects.count() == 3
    assert sealed == list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert audit_check.check(now=now).problem == ""
