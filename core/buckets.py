"""Uploads in a bucket. What goes wrong there is an OSError, as with a folder: nobody has to know which it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

IN_MEMORY = 8 * 1024 * 1024


class BucketFailed(ConnectionError):
    """The bucket could not be reached, or refused. A running import waits and tries again."""


class BucketStorage(S3Storage):
    """Keep files in a private bucket, each name once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "file_overwrite": False,
                "default_acl": None,  # private, as the bucket is
                "max_memory_size": IN_MEMORY,  # beyond that a file that is read lies in a temporary one
                "transfer_config": TransferConfig(use_threads=False),
                "client_config": Config(
                    connect_timeout=5,
                    read_timeout=30,
                    retries={"max_attempts": 3, "mode": "standard"},
                    # What speaks S3 and is not Amazon's knows no other checksums.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
                **options,
            }
        )

    def _save(self, name: str, content: Any) -> str:
        with told():
            saved: str = super()._save(name, content)
            return saved

    def _open(self, name: str, mode: str = "rb") -> Any:
        with told():
            opened = super()._open(name, mode)
            if "r" in mode:
                opened.open()  # fetched here, where what goes wrong is told
            return opened

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is no mistake."""
        with told():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Say whether there is such a file."""
        with told():
            return bool(super().exists(name))


@contextmanager
def told() -> Iterator[None]:
    """Turn the bucket's exceptions into one that the rest of the product knows."""
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise BucketFailed(f"The bucket: {type(error).__name__}") from error
