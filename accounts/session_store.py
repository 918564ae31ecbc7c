"""Django's sessions in the database, found by a prepared statement: every request asks for one."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import Prepared, moment, text


class SessionStore(db.SessionStore):
    """The same sessions under the same name, so that those of before stay valid."""

    def _get_session_from_db(self) -> Session | None:
        found = LIVING.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


LIVING = Prepared(lambda: Session.objects.filter(session_key=text("key"), expire_date__gt=moment("now")).order_by())
