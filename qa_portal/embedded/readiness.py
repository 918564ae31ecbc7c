"""Find out whether the parts of the product answer."""

from __future__ import annotations

import http.client

from qa_portal.celery import app


def web_answers(port: int) -> bool:
    """Say whether the web server answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(name: str) -> bool:
    """Say whether the worker answers through the broker."""
    try:
        return bool(app.control.ping(destination=[name], timeout=0.3))
    except OSError:
        return False
