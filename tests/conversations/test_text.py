"""The plain text that pins count in, its hash, its words, and the HTML that is shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.messages import Message
from conversations.text import message_hash, plain_text, safe_html, word_count


def html(source, **fields):
    return Message(role="customer", html=source, **fields)


def test_plain_text_is_as_received_but_for_line_ends():
    text = "  a\r\nb\rc &amp; <b>d</b> \u200b\ufffd "

    assert plain_text(Message(role="customer", text=text)) == "  a\nb\nc &amp; <b>d</b> \u200b\ufffd "


def test_given_text_wins_over_the_html_of_the_same_message():
    assert plain_text(html("<p>formatted</p>", text="plain")) == "plain"
    assert plain_text(html("<p>formatted</p>", text="  ")) == "formatted"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Tom &amp; Dana &lt;3&#33;", "Tom & Dana <3!"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("<ul><li>one</li><li>two <b>bold</b></li></ul>", "- one\n- two bold"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a b\n1 2"),
        ("a  \n\t b", "a b"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ("<p>Yes.</p><blockquote>You <p>asked</p></blockquote>", "Yes.\n\n> You\n> asked"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> > b\n\nc"),
        ('<img src="https://evil.example/x.gif" alt="the bill"> <img src="cid:1">', "[the bill] [picture]"),
        ("a<script>alert(1)</script><style>p{}</style><title>t</title>b", "ab"),
        ("a<![foo[ b <!-- c --> d", "a d"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("", ""),
        ("<p></p><div> </div>", ""),
    ],
)
def test_html_becomes_the_words_a_person_reads(source, text):
    assert plain_text(html(source)) == text


@pytest.mark.parametrize(
    "source", ["<div>" * 20_001 + "deep &lt; down", "deep &lt; down" + "&" * 50_000, "deep &lt; down" + " " * 2**20]
)
def test_html_made_to_keep_a_parser_busy_is_read_without_a_parser(source):
    message = html(source)

    assert plain_text(message).rstrip("&") == "deep < down"
    assert safe_html(message) is None


@given(st.text(alphabet="<>/&;!-[]= '\"abdivpscrt\n\x00", max_size=200))
def test_no_markup_makes_the_reader_fail_and_reading_twice_gives_the_same(source):
    assert plain_text(html(source)) == plain_text(html(source))


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("<p onclick='x()'>Hi <b style='position:fixed'>you</b></p>", "<p>Hi <b>you</b></p>"),
        ("<img src=https://evil.example/pixel.gif>Hi", "Hi"),
        ("<script>alert(1)</script>Hi<iframe src=x></iframe>", "Hi"),
        ("<svg><script>alert(1)</script></svg>Hi", "Hi"),
        ("<a href='javascript:alert(1)'>x</a>", '<a target="_blank" rel="noopener noreferrer nofollow">x</a>'),
        (
            "<a href='https://help.example/a' id=main class=button>x</a>",
            '<a href="https://help.example/a" target="_blank" rel="noopener noreferrer nofollow">x</a>',
        ),
        ("<a href='/log-out'>x</a>", '<a target="_blank" rel="noopener noreferrer nofollow">x</a>'),
        ("<form action=/x><input name=a><button>b</button></form>", "b"),
        ("<div background='https://evil.example/x'>a</div>", "<div>a</div>"),
    ],
)
def test_html_is_shown_without_anything_that_runs_loads_or_styles(source, safe):
    assert safe_html(html(source)) == safe


def test_a_message_without_html_has_no_formatted_view():
    assert safe_html(Message(role="agent", text="<b>typed</b>")) is None
    assert safe_html(html("<script>x</script>")) is None


def test_the_hash_follows_who_said_what_and_nothing_else(now):
    message = Message(role="agent", author="a", text="Hi")

    assert message_hash(message) == message_hash(Message(role="agent", author="a", text="Hi", sent_at=now))
    assert len({message_hash(message), message_hash(Message(role="agent", author="b", text="Hi")),
                message_hash(Message(role="bot", author="a", text="Hi")),
                message_hash(Message(role="agent", author="a", text="Hi!"))}) == 4  # fmt: skip


def test_the_hash_of_a_message_is_written_in_stored_pins_and_never_changes():
    assert (
        message_hash(Message(role="customer", author="c-9", text="Charged twice 😀"))
        == "8c0d3c40cc6d886b296ebe2fe46ac075"
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" - … !", 0),
        ("Don't worry, it’s v2.0 at a.b@c.example", 6),
        ("zwölf Boxkämpfer", 2),
        ("שלום עולם", 2),
        ("你好世界", 4),
        ("iPhone 買った", 4),
        ("👍", 0),
    ],
)
def test_words_are_counted_in_any_script(text, count):
    assert word_count(text) == count


@given(st.text(alphabet="ab1_ '.@-\n,;é\u2019返", max_size=12))
def test_words_are_letters_and_digits_with_at_most_one_sign_between_them(text):
    signs = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    word = rf"[{signs}]|[^\W{signs}]+(?:['\u2019.@-][^\W{signs}]+)*"

    assert word_count(text) == len(re.findall(word, text))
