"""Reading lines of any length in bounded memory, plain or gzip, from any position."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.formats.lines import CHUNK, HEAD, read_lines
from conversations.formats.outcomes import Position


def lines_of(content, **options):
    return list(read_lines(io.BytesIO(content), **options))


def test_lines_carry_their_number_and_first_byte():
    found = lines_of(b"one\ntwo\n\nthree")

    assert [(line.number, line.byte, line.size, line.data) for line in found] == [
        (1, 0, 3, b"one"),
        (2, 4, 3, b"two"),
        (3, 8, 0, b""),
        (4, 9, 5, b"three"),
    ]


def test_an_empty_file_has_no_lines():
    assert lines_of(b"") == []


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reading_goes_on_from_any_position(pack):
    content = pack(b"one\ntwo\nthree\n")
    first = lines_of(content)[0]

    rest = lines_of(content, start=first.after)

    assert first.after == Position(line=2, byte=4)
    assert [(line.number, line.data) for line in rest] == [(2, b"two"), (3, b"three")]


@given(
    parts=st.lists(st.binary(max_size=40).map(lambda part: part.replace(b"\n", b"")), max_size=20),
    packed=st.booleans(),
)
def test_every_line_comes_back_and_positions_add_up(parts, packed):
    content = b"".join(part + b"\n" for part in parts)
    # A plain file that begins with gzip's own first bytes is a gzip file to any reader.
    content = b" " + content

    found = lines_of(gzip.compress(content) if packed else content)

    assert b"".join(line.data + b"\n" for line in found) == (content if parts else b" \n")
    assert all(content[line.byte : line.byte + line.size] == line.data for line in found)


def test_a_line_longer_than_a_chunk_comes_back_whole():
    long = b"x" * (3 * CHUNK + 7)

    found = lines_of(b"a\n" + long + b"\nb\n")

    assert [line.data for line in found] == [b"a", long, b"b"]


def test_a_line_over_the_limit_is_only_its_head_and_its_size():
    limit = 2 * CHUNK
    long = b"0123456789" * (CHUNK // 2)

    found = lines_of(b"a\n" + long + b"\nb\n", limit=limit)

    assert [(line.number, line.byte, line.size, line.too_long) for line in found] == [
        (1, 0, 1, False),
        (2, 2, len(long), True),
        (3, 3 + len(long), 1, False),
    ]
    assert found[1].data == long[:HEAD]


def test_a_gzip_file_is_known_by_its_content_and_not_by_its_name():
    assert [line.data for line in lines_of(gzip.compress(b"one\n") + gzip.compress(b"two\n"))] == [b"one", b"two"]


def test_a_truncated_gzip_file_gives_everything_before_the_break_and_then_one_torn_line():
    whole = b"".join(b"line %d\n" % number for number in range(2000))
    packed = gzip.compress(whole, mtime=0)

    found = lines_of(packed[: len(packed) // 2])

    *read, torn = found
    assert len(read) > 100
    assert [line.data for line in read] == whole.split(b"\n")[: len(read)]
    assert torn.number == len(read) + 1
    assert torn.torn == "The compressed file ends in the middle, so nothing from here on could be read"
    assert b"line %d\n" % (torn.number - 1) == torn.data + (b"line %d\n" % (torn.number - 1))[len(torn.data) :]


def test_a_damaged_gzip_file_ends_with_one_torn_line():
    packed = bytearray(gzip.compress(b"".join(b"line %d\n" % number for number in range(90_000)), mtime=0))
    packed[len(packed) // 2] ^= 0xFF

    *_read, last = lines_of(bytes(packed))

    assert last.torn == "The compressed file is damaged, so nothing from here on could be read"


def test_a_truncated_gzip_file_cannot_be_gone_on_with_beyond_its_break():
    packed = gzip.compress(b"line\n" * 5000, mtime=0)[:40]

    found = lines_of(packed, start=Position(line=4001, byte=20_000))

    assert [(line.number, bool(line.torn)) for line in found] == [(4001, True)]
