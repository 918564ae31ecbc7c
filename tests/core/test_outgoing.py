"""What leaves the installation: to checked addresses only, once resolved, within limits, with nothing of ours."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from core.addresses import is_public
from core.outgoing import Limits, NotSent, check_address, send, system_resolver
from tests.support.loopback import serving

LIMITS = Limits(size=1024 * 1024, seconds=5, silence=2)


def to(*addresses):
    """Return a resolver that knows these addresses only, and counts how often it is asked."""

    def resolve(host, port):
        resolve.asked.append(host)
        return list(addresses)

    resolve.asked = []
    return resolve


def get(url, **options):
    with send("GET", url, limits=options.pop("limits", LIMITS), **options) as answer:
        return answer.status, b"".join(answer.chunks())


def why(url, **options):
    with pytest.raises(NotSent) as refused:
        get(url, **options)
    return refused.value.code


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "1.1.1.1"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.1", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_inside_networks_are_not_public_whatever_they_are_called(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/a.csv", "not_https"),
        ("ftp://example.com/a.csv", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("gopher://example.com/", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("https://", "bad_address"),
        ("", "bad_address"),
        ("example.com/a.csv", "bad_address"),
        ("https://example.com:99999/", "bad_address"),
        ("https://example.com:0x1bb/", "bad_address"),
        ("https://[::1", "bad_address"),
        ("https://exa mple.com/", "bad_address"),
        ("https://example.com/\r\nHost: inside", "bad_address"),
        ("https://user@example.com/", "bad_address"),
        ("https://user:secret@example.com/", "bad_address"),
        ("https://example.com@127.0.0.1/", "bad_address"),
        ("https://ex..ample.com/", "bad_address"),
        ("https://example.com:22/", "bad_port"),
        ("https://example.com/" + "a" * 9000, "bad_address"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused_before_anything_is_looked_up(url, code):
    resolve = to("8.8.8.8")

    assert why(url, resolve=resolve) == code
    assert resolve.asked == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["fd00::1"],
    ],
)
def test_a_name_that_leads_inside_is_refused_also_when_only_one_of_its_addresses_does(found):
    assert why("https://innocent.example/", resolve=to(*found)) == "private_address"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_this_machine_is_refused_under_each_of_its_spellings(host):
    def numeric(name, port):
        # What the system's resolver makes of spelt-out numbers, without asking anybody for names.
        return (
            system_resolver(name, port) if name in {"localhost", "::1"} else [socket.inet_ntoa(socket.inet_aton(name))]
        )

    assert why(f"https://{host}/", resolve=numeric) == "private_address"


def test_a_name_nobody_knows_is_said_so():
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    assert (why("https://nowhere.example/", resolve=unknown), why("https://x.example/", resolve=to())) == (
        "unknown_host",
        "unknown_host",
    )


def test_the_address_that_was_checked_is_the_one_that_is_asked(settings):
    with serving(lambda handler: handler.answer(b"hello")) as server:
        settings.OUTGOING_HOSTS = {f"files.example:{server.port}"}
        resolve = to("127.0.0.1")

        # The name exists nowhere: a second look-up would fail, here and in an attack that answers differently then.
        found = get(f"http://files.example:{server.port}/week.csv?a=b#part", resolve=resolve)

    assert (found, resolve.asked) == ((200, b"hello"), ["files.example"])
    assert (server.seen[0]["path"], server.seen[0]["host"]) == ("/week.csv?a=b", f"files.example:{server.port}")


def test_nothing_of_the_surroundings_is_used_or_sent(settings, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine files.example login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(lambda handler: handler.answer(b"", **{"Set-Cookie": "a=b"})) as server:
        settings.OUTGOING_HOSTS = {"files.example"}
        for _ in range(2):
            get(f"http://files.example:{server.port}/", resolve=to("127.0.0.1"))

    assert [sorted(one) for one in server.seen] == [
        ["accept", "accept-encoding", "connection", "host", "path", "user-agent"]
    ] * 2


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://127.0.0.1:{port}/secret", "not_https"),
        ("https://127.0.0.1/secret", "private_address"),
        ("https://localhost/secret", "private_address"),
        ("//169.254.169.254/latest/meta-data", "not_https"),
        ("https://user:secret@files.example/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
    ],
)
def test_a_redirect_goes_through_every_check_again(target, code, settings):
    def lead_on(handler):
        handler.answer(b"", 302, Location=target.format(port=handler.server.port))

    with serving(lead_on) as server:
        settings.OUTGOING_HOSTS = {f"files.example:{server.port}"}

        def resolve(host, port):
            return ["127.0.0.1"] if host == "files.example" else [host if host[0].isdigit() else "127.0.0.1"]

        assert why(f"http://files.example:{server.port}/", resolve=resolve) == code
    assert len(server.seen) == 1


def test_a_redirect_that_may_be_followed_is_and_one_without_end_is_not(settings):
    def lead_on(handler):
        if handler.path == "/once":
            handler.answer(b"", 307, Location="there")
        elif handler.path == "/there":
            handler.answer(b"here")
        else:
            handler.answer(b"", 301, Location="/again")

    with serving(lead_on) as server:
        settings.OUTGOING_HOSTS = {f"files.example:{server.port}"}
        home = f"http://files.example:{server.port}"

        assert get(f"{home}/once", resolve=to("127.0.0.1")) == (200, b"here")
        assert why(f"{home}/again", resolve=to("127.0.0.1")) == "too_many_redirects"
    assert len(server.seen) == 2 + LIMITS.redirects + 1


def _too_much(handler):
    handler.answer(b"x" * 2_000_000)


def _much_without_saying(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _silent(handler):
    handler.server.stopped.wait()


def _dripping(handler):
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.stopped.wait(0.02):
        handler.wfile.write(b"x")


def _dripping_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.stopped.wait(0.02):
        handler.wfile.write(b"A: b\r\n")


def _broken_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"only this")
    handler.close_connection = True


def _no_http(handler):
    handler.wfile.write(b"220 smtp.example ESMTP\r\n")
    handler.close_connection = True


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (_too_much, "too_large"),
        (_much_without_saying, "too_large"),
        (_silent, "too_slow"),
        (_dripping, "too_slow"),
        (_dripping_headers, "too_slow"),
        (_broken_off, "broken_off"),
        (_no_http, "unreachable"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_too_much_too_slow_and_broken_answers_end_in_time(reply, code, settings, capfd):
    limits = Limits(size=1024 * 1024, seconds=0.6, silence=0.5)
    with serving(reply) as server:
        settings.OUTGOING_HOSTS = {f"files.example:{server.port}"}

        assert why(f"http://files.example:{server.port}/", resolve=to("127.0.0.1"), limits=limits) == code


def test_a_closed_port_does_not_answer(settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        settings.OUTGOING_HOSTS = {"files.example"}

        assert why(f"http://files.example:{port}/", resolve=to("127.0.0.1")) == "unreachable"


def test_the_certificate_has_to_bear_the_name_that_was_asked_for(settings, tmp_path):
    certificate = _certificate(tmp_path, "files.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=certificate)
    with serving(lambda handler: handler.answer(b"hello")) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        settings.OUTGOING_HOSTS = {"files.example", "other.example"}

        def ask(name, **options):
            return get(f"https://{name}:{server.port}/", resolve=to("127.0.0.1"), **options)

        assert ask("files.example", trust=trust) == (200, b"hello")
        for name, options in (("other.example", {"trust": trust}), ("files.example", {})):
            with pytest.raises(NotSent) as refused:
                ask(name, **options)
            assert refused.value.code == "untrusted"


def test_letters_beyond_ascii_are_sent_as_utf_8_and_names_as_idna(settings):
    assert check_address("https://bücher.example/").hostname == "xn--bcher-kva.example"
    with serving(lambda handler: handler.answer(b"")) as server:
        settings.OUTGOING_HOSTS = {"files.example"}
        get(f"http://files.example:{server.port}/Gespr%C3%A4che-für.csv", resolve=to("127.0.0.1"))

    assert server.seen[0]["path"] == "/Gespr%C3%A4che-f%C3%BCr.csv"


def _certificate(folder, name):
    """Make a certificate for a name, signed by itself, and return the file that holds it and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
