"""Uploads in a bucket: kept, read and deleted over the real protocol, and every failure is one the product knows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from botocore.config import Config
from django.core.files.base import ContentFile

from core.buckets import BucketFailed, BucketStorage


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as uploads need, on this machine: PUT, GET, HEAD and DELETE of whole objects."""

    kept: ClassVar[dict[str, bytes]] = {}
    is_broken: ClassVar[bool] = False

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Wed, 04 Mar 2026 10:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.split("?")[0]
        if self.is_broken:
            self.answer(503)
        elif self.command == "PUT":
            self.kept[name] = sent
            self.answer(200)
        elif self.command == "DELETE":
            self.kept.pop(name, None)
            self.answer(204)
        elif name in self.kept:
            self.answer(200, self.kept[name])
        else:
            self.answer(404)

    do_PUT = do_GET = do_HEAD = do_DELETE = handle_one  # noqa: N815 - the names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture
def bucket() -> Iterator[type[Bucket]]:
    Bucket.kept, Bucket.is_broken = {}, False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Bucket.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    yield Bucket
    server.shutdown()
    thread.join()
    server.server_close()


def storage(bucket: type[Bucket], **options: object) -> BucketStorage:
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5, s3={"addressing_style": "path"})
    return BucketStorage(
        bucket_name="uploads", endpoint_url=bucket.address, region_name="eu-1", access_key="key", secret_key="secret",  # type: ignore[attr-defined]
        client_config=once, location="qa", **options,
    )  # fmt: skip


def test_a_file_is_kept_read_and_deleted(bucket: type[Bucket]) -> None:
    store = storage(bucket)

    name = store.save("imports/week", ContentFile(b"one\ntwo\n"))
    with store.open(name, "rb") as file:
        first, rest = file.readline(), file.read()
    was_there = store.exists(name)
    store.delete(name)

    assert (name, first, rest, was_there) == ("imports/week", b"one\n", b"two\n", True)
    assert bucket.kept == {}
    assert store.exists(name) is False


def test_it_lies_in_its_own_folder_of_the_bucket(bucket: type[Bucket]) -> None:
    storage(bucket).save("imports/week", ContentFile(b"one"))

    assert bucket.kept == {"/uploads/qa/imports/week": b"one"}


def test_a_name_is_given_once(bucket: type[Bucket]) -> None:
    store = storage(bucket)

    names = {store.save("imports/week", ContentFile(b"one")) for _time in range(2)}

    assert len(names) == len(bucket.kept) == 2


def test_a_file_that_is_gone_is_not_found(bucket: type[Bucket]) -> None:
    with pytest.raises(FileNotFoundError):
        storage(bucket).open("imports/gone", "rb")


def test_deleting_what_is_gone_is_no_mistake(bucket: type[Bucket]) -> None:
    storage(bucket).delete("imports/gone")

    assert bucket.kept == {}


def test_a_bucket_that_fails_says_so_as_a_folder_would(bucket: type[Bucket]) -> None:
    store = storage(bucket)
    name = store.save("imports/week", ContentFile(b"one"))
    bucket.is_broken = True

    for work in (
        lambda: store.save("imports/other", ContentFile(b"two")),
        lambda: store.open(name, "rb"),
        lambda: store.delete(name),
        lambda: store.exists(name),
    ):
        with pytest.raises(BucketFailed):
            work()


def test_a_bucket_that_nobody_answers_for_fails_in_the_same_way(bucket: type[Bucket]) -> None:
    store = storage(bucket)
    store.endpoint_url = "http://127.0.0.1:9"

    with pytest.raises(OSError, match="The bucket"):
        store.save("imports/week", ContentFile(b"one"))
