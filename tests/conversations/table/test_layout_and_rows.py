"""How a table is written is found out, and its rows come whole, whatever stands in them."""

from __future__ import annotations

import gzip
import io

import pytest

from conversations.formats.outcomes import Position, Unreadable
from conversations.formats.table import layout
from conversations.formats.table.rows import NEVER_CLOSED, ROW_LIMIT, STRAY_QUOTE, read_rows


def rows(data, **told):
    found = layout.guess(data, **told)
    return list(read_rows(io.BytesIO(data), found))


def cells(data, **told):
    return [row.problem or row.cells for row in rows(data, **told)]


TEXT = "nr;wort\n1;Größe\n2;“so”\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_encodings_and_line_ends_are_found_out(data, encoding):
    assert layout.guess(data).encoding == encoding
    assert layout.guess(data).header == ["nr", "wort"]
    assert cells(data) == [["1", "Größe"], ["2", "“so”"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_are_found_out_also_where_cells_hold_the_others(delimiter):
    data = delimiter.join(["id", "text"]) + "\n" + delimiter.join(["1", '"a, b; c"']) + "\n"

    assert cells(data.encode()) == [["1", "a, b; c"]]


def test_the_line_by_which_a_spreadsheet_names_its_separator_is_no_header():
    assert layout.guess(b"sep=;\r\nid;text\r\n1;a,b\r\n").header == ["id", "text"]


def test_names_of_columns_are_made_whole_and_different():
    assert layout.guess(b" id ,,Text,Text\n1,2,3,4\n").header == ["id", "Column 2", "Text", "Text (2)"]


@pytest.mark.parametrize("data", [b"\n\n,,\n", b"," * 600 + b"\n"])
def test_a_file_without_names_of_columns_is_refused(data):
    with pytest.raises(Unreadable):
        layout.guess(data)


def test_each_row_knows_its_line_its_bytes_and_where_the_next_begins():
    data = b'id,text\n1,"two\nlines"\n\n2,x\n'

    first, second = rows(data)

    assert [(row.line, row.byte, data[row.byte : row.byte + row.size]) for row in (first, second)] == [
        (2, 8, b'1,"two\nlines"'),
        (5, 23, b"2,x"),
    ]
    assert (first.after, second.after) == (Position(4, 22), Position(6, 27))


def test_reading_goes_on_from_any_row():
    data = gzip.compress("".join(f"{n},€ {n}\n" for n in range(9)).join(["id,text\n", ""]).encode())
    found = layout.guess(gzip.decompress(data))
    whole = list(read_rows(io.BytesIO(data), found))

    for place, row in enumerate(whole):
        rest = list(read_rows(io.BytesIO(data), found, start=row.after))
        assert rest == whole[place + 1 :]


def test_short_rows_are_filled_up_and_too_long_ones_are_not():
    assert cells(b"a,b,c\n1\n1,2,3,,\n1,2,3,4\n") == [
        ["1", "", ""],
        ["1", "2", "3"],
        "The row has 4 cells where the first row names 3 columns.",
    ]


def test_a_quote_that_is_never_closed_takes_only_its_own_line():
    data = b'id,text\n1,"open\n2,b\n3,"c"\n4,d\n'

    assert cells(data) == [NEVER_CLOSED, ["2", "b"], ["3", "c"], ["4", "d"]]
    assert cells(b'id,text\n1,a\n2,"open\n3,c\n') == [["1", "a"], NEVER_CLOSED, ["3", "c"]]


def test_a_quote_inside_a_cell_is_named():
    assert cells(b'id,text\n1,"say "hi" there"\n2,say "hi"\n') == [STRAY_QUOTE, ["2", 'say "hi"']]


def test_bytes_that_are_no_utf_8_are_shown_and_not_replaced():
    (row,) = rows(b"id,text\n1,caf\xe9\n", encoding="utf-8")

    assert (row.raw, row.problem) == (
        r"1,caf\xe9",
        "The row is not valid UTF-8 at its byte 6. Is the file in another encoding?",
    )


def test_nul_becomes_the_sign_for_what_is_lost():
    (row,) = rows(b"id,text\n1,a\0b\n")

    assert (row.cells, row.repaired) == (["1", "a\N{REPLACEMENT CHARACTER}b"], True)


def test_a_line_without_end_is_passed_over_in_bounded_memory():
    data = b"id,text\n1," + b"x" * (ROW_LIMIT + 1) + b"\n2,y\n"

    assert cells(data) == ["The line is longer than 8 MB.", ["2", "y"]]


def test_a_packed_file_that_breaks_off_is_read_to_the_break():
    data = gzip.compress("".join(f"{n},{n * 7919}\n" for n in range(20_000)).join(["id,text\n", ""]).encode())[:-2000]
    found = layout.Layout(encoding="utf-8", delimiter=",", header=["id", "text"], line=2, byte=8)

    *taken, last = read_rows(io.BytesIO(data), found)

    assert len(taken) > 10_000
    assert (last.problem, last.ends_file) == (
        "The compressed file ends in the middle, so nothing from here on could be read.",
        True,
    )


def test_the_apostrophe_before_a_formula_is_taken_away_again():
    assert cells(b"id,text\n1,'=1+1\n2,=1+1\n3,'tis\n") == [["1", "=1+1"], ["2", "=1+1"], ["3", "'tis"]]
