"""The one door through which requests leave this installation.

Who names the address may be anybody who may import a file, and must not be able to make our server ask for what only
our server can reach. So: https only; the name is resolved once, every address it has is checked, and the connection
goes to the address that was checked; redirects go through the same door; size, time and redirects are limited; no
proxy, cookie, credential or netrc of the surroundings is used. Hosts of the operator's own network are named in
QA_OUTGOING_HOSTS, and only those may be reached inside it or without https.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.addresses import is_public

# Returns the addresses of a host; raises OSError when it has none.
Resolve = Callable[[str, int], list[str]]
CHUNK = 256 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
_SENT = {"User-Agent": "QA-Portal", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


class NotSent(Exception):
    """A request that was not made, or whose answer was not taken: a code for scripts, a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an answer may take: bytes, seconds from the first look-up to the last byte, and hops."""

    size: int
    seconds: float = 30.0
    silence: float = 10.0
    redirects: int = 3


@dataclass(slots=True)
class Answer:
    """What came back. `total` is None when the server does not say how much it sends."""

    status: int
    url: str
    headers: Mapping[str, str]
    total: int | None
    _chunks: Iterator[bytes] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, once. Raises NotSent when it is too large, too slow or breaks off."""
        return self._chunks


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host as this machine knows them."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def check_address(url: str) -> SplitResult:
    """Return the parts of an address that may be asked, before anything is looked up. Raises NotSent."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if not _UNPRINTABLE.search(url) else ""
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or len(url) > 8000 or parts.scheme not in {"http", "https"}:
        raise NotSent("bad_address", _("This is not a web address. It begins with https:// and a host name."))
    if parts.username is not None or parts.password is not None:
        raise NotSent("bad_address", _("The address holds a user name or password. Leave them out."))
    is_known = _is_known(host, port or _default_port(parts))
    if parts.scheme != "https" and not is_known:
        raise NotSent("not_https", _("Only addresses that begin with https:// are asked."))
    if parts.scheme == "https" and port not in (None, 443) and not is_known:
        raise NotSent("bad_port", _("Only the usual port of https (443) is asked."))
    netloc = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{netloc}:{port}" if port else netloc, fragment="")


@contextmanager
def send(
    method: str,
    url: str,
    *,
    limits: Limits,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    resolve: Resolve = system_resolver,
    trust: ssl.SSLContext | None = None,
) -> Iterator[Answer]:
    """Make one request and give its answer, of whatever status. Raises NotSent with the reason when there is none."""
    watch = _Watch(limits.seconds)
    try:
        for _hop in range(limits.redirects + 1):
            parts = check_address(url)
            connection = _connection(parts, limits, watch, resolve, trust or ssl.create_default_context())
            answer = _ask(connection, parts, method, body, headers, watch)
            where = answer.headers.get("Location")
            if answer.status not in REDIRECTS or not where or method not in {"GET", "HEAD"}:
                yield _taken(answer, parts.geturl(), limits, watch)
                return
            connection.close()
            # The next hop is a new address: it goes through every check again.
            url = urljoin(parts.geturl(), where)
        raise NotSent("too_many_redirects", _("The address leads on and on to others."))
    finally:
        watch.end()


class _Watch:
    """Cut the connection when time is over, however slowly the other side drips."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Stop watching and close what is open."""
        self._timer.cancel()
        if self.socket is not None:
            self.socket.close()

    def _cut(self) -> None:
        self.is_over = True
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that it was looked up by."""

    def __init__(
        self, parts: SplitResult, address: str, *, limits: Limits, watch: _Watch, trust: ssl.SSLContext
    ) -> None:
        super().__init__(parts.hostname or "", parts.port or _default_port(parts), timeout=limits.silence)
        self.parts = parts
        self.address = address
        self.watch = watch
        self.trust = trust

    def connect(self) -> None:
        """Connect to the address; the name is only for the certificate and the Host header."""
        self.sock = socket.create_connection((self.address, self.port), timeout=self.timeout)
        self.watch.socket = self.sock
        if self.parts.scheme == "https":
            self.sock = self.trust.wrap_socket(self.sock, server_hostname=self.host)
            self.watch.socket = self.sock


def _connection(parts: SplitResult, limits: Limits, watch: _Watch, resolve: Resolve, trust: ssl.SSLContext) -> _Pinned:
    """Look the name up once, check every address that it has, and return a connection to the first."""
    host, port = parts.hostname or "", parts.port or _default_port(parts)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise _no_such_host(host) from error
    if not addresses:
        raise _no_such_host(host)
    if not _is_known(host, port) and not all(is_public(address) for address in addresses):
        sentence = _("“%(host)s” lies inside a network. Only addresses of the open internet are asked.")
        raise NotSent("private_address", sentence % {"host": host})
    return _Pinned(parts, addresses[0], limits=limits, watch=watch, trust=trust)


def _ask(
    connection: _Pinned,
    parts: SplitResult,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str] | None,
    watch: _Watch,
) -> http.client.HTTPResponse:
    # Letters beyond ASCII are written as bytes of UTF-8; what is written so already stays.
    target = quote(parts._replace(scheme="", netloc="").geturl() or "/", safe="%/:?#[]@!$&'()*+,;=~")
    with _explained(parts, watch):
        connection.request(method, target, body=body, headers={**_SENT, **(headers or {})})
        return connection.getresponse()


def _taken(answer: http.client.HTTPResponse, url: str, limits: Limits, watch: _Watch) -> Answer:
    total = answer.length
    if total is not None and total > limits.size:
        raise _too_large(limits)
    return Answer(answer.status, url, dict(answer.headers.items()), total, _chunks(answer, url, limits, watch))


def _chunks(answer: http.client.HTTPResponse, url: str, limits: Limits, watch: _Watch) -> Iterator[bytes]:
    seen, total = 0, answer.length
    while True:
        with _explained(urlsplit(url), watch):
            chunk = answer.read1(CHUNK)
        if not chunk:
            break
        seen += len(chunk)
        if seen > limits.size:
            raise _too_large(limits)
        yield chunk
    if watch.is_over:
        raise _too_slow()
    if total is not None and seen < total:
        raise NotSent("broken_off", _("The answer broke off before its end."))


@contextmanager
def _explained(parts: SplitResult, watch: _Watch) -> Iterator[None]:
    """Turn what sockets, TLS and HTTP raise into words."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        sentence = _("The certificate of “%(host)s” cannot be trusted: %(why)s.")
        raise NotSent("untrusted", sentence % {"host": parts.hostname, "why": error.verify_message}) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if watch.is_over or isinstance(error, TimeoutError):
            raise _too_slow() from error
        raise NotSent("unreachable", _("“%(host)s” does not answer.") % {"host": parts.hostname}) from error


def _is_known(host: str, port: int) -> bool:
    """Say whether the operator allowed a host of the own network, by its name or its name and port."""
    known: Any = settings.OUTGOING_HOSTS
    return host in known or f"{host}:{port}" in known


def _default_port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80


def _no_such_host(host: str) -> NotSent:
    return NotSent("unknown_host", _("There is no host “%(host)s”.") % {"host": host})


def _too_large(limits: Limits) -> NotSent:
    sentence = _("The answer is larger than %(size)s MB, which is the limit.")
    return NotSent("too_large", sentence % {"size": f"{limits.size // 2**20:,}"})


def _too_slow() -> NotSent:
    return NotSent("too_slow", _("The answer took too long."))
