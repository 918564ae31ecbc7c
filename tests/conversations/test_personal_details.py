"""Personal details are found where they stand, and numbers that are none stay."""

from __future__ import annotations

import json
import time

import pytest

from conversations.messages import Attachment, Message
from conversations.personal_details import Detail, covered_messages, covered_raw, covering

everything = covering(Detail.values)
in_place = covering(Detail.values, in_place=True)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Mail Jane.Doe+x@shop.example.co.uk, thanks", "Mail [e-mail], thanks"),
        ("4111 1111 1111 1111, exp 12/27", "[card], exp 12/27"),
        ("amex 378282246310005.", "amex [card]."),
        ("DE89 3704 0044 0532 0130 00", "[IBAN]"),
        ("to nl91abna0417164300 please", "to [IBAN] please"),
        ("+49 (30) 123456-78 or (312) 555-0144", "[phone] or [phone]"),
        ("312-555-0144, 06 12 34 56 78, 0171/2345678", "[phone], [phone], [phone]"),
        ("0044 20 7946 0018", "[phone]"),
        ("my phone number is 5550144123", "my phone number is [phone]"),
        ("SSN 078-05-1120, AB 12 34 56 C", "SSN [id], [id]"),
        ("RSSMRA85T10A562S 12345678Z 811218-9876", "[id] [id] [id]"),
        ("2 55 08 14 168 025 38", "[id]"),
        ("passport no. C01X00T47", "passport no. [id]"),
        ("Name: Jane Doe\nE-mail: x@y.org\nOrder: 1", "Name: [name]\nE-mail: [e-mail]\nOrder: 1"),
        ("+33\u00a06\u202f12\u202f34\u202f56\u202f78, 030\u20111234567", "[phone], [phone]"),
        ("4111\u00a01111\u00a01111\u00a01111\nName:\u00a0Jane\u00a0Doe", "[card]\nName:\u00a0[name]"),
        ("First name: Jürgen, Last name: O'Neil-Smith", "First name: [name], Last name: [name]"),
    ],
)
def test_a_detail_gives_way_to_a_sign(text, covered):
    assert everything(text) == covered
    assert everything(covered) == covered
    assert len(in_place(text)) == len(text)
    assert in_place(in_place(text)) == in_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 20260105-123456, 1234567890, 0612345678 and 100000000000000",
        "card 4111 1111 1111 1112, IBAN DE88 3704 0044 0532 0130 00",  # their check digits are wrong
        "tracking 1Z999AA10123456784, ISBN 978-3-16-148410-0, id 12345678A",
        "2026-01-05 10:04:33, 03-04-2026, 01/02/2026, 14:00-15:00",
        "192.168.100.200 v2.10.33.4455 https://x.example/0123456789/4111111111111111?a=1",
        "username: bob, file name: report final.pdf, my name is not here, Product name: Red Shoes",
        "000-12-3456 and 666-12-3456",  # never given to anybody
        "@here, me @ home, a@b",
    ],
)
def test_what_is_no_detail_stays(text):
    assert (everything(text), in_place(text)) == (text, text)


def test_only_the_kinds_that_were_chosen_are_covered():
    text = "x@y.org, +49 30 1234567"

    assert (covering(["phone"])(text), covering([])(text)) == ("x@y.org, [phone]", text)


def test_in_place_the_sign_says_what_stood_there_where_it_fits():
    assert in_place("Mail jane.do@shop.example now") == "Mail [e-mail]████████████ now"
    assert in_place("a@b.io and +49 30 1234567") == "██████ and ███ ██ ███████"


def test_a_message_keeps_who_wrote_when_and_its_formatting():
    sent = Message(
        role="customer", author="x@y.org", text="x@y.org",
        html='<a href="mailto:x@y.org">x&#64;y.org</a> +49&nbsp;30&nbsp;1234567',
        attachments=(Attachment(name="of x@y.org.pdf", url="https://h.example/1"),),
    )  # fmt: skip

    [covered] = covered_messages([sent], everything)

    assert (covered.author, covered.text, covered.html, covered.attachments[0].name) == (
        "x@y.org", "[e-mail]", '<a href="mailto:[e-mail]">[e-mail]</a> [phone]', "of [e-mail]",
    )  # fmt: skip


def test_a_rejected_record_keeps_its_ids_and_can_still_be_corrected():
    said = {"role": "king", "author": "a@b.org", "text": "Name: Jo\nx@y.org", "attachments": [{"name": "x@y.org.pdf"}]}
    wrong = {"external_id": "x@y.org", "messages": [said], "description": ["from x@y.org"]}

    covered = json.loads(covered_raw(json.dumps(wrong), everything))
    deep = covered_raw(f'{{"external_id": "1", "metadata": {"[" * 700}"x@y.org"{"]" * 700}}}', everything)
    torn = covered_raw('{"text": "Call\\n+49 30 1234567", "n": "\\u00e9x@y.org', everything)

    assert covered["messages"] == [
        {"role": "king", "author": "a@b.org", "text": "Name: [name]\n[e-mail]", "attachments": [{"name": "[e-mail]"}]}
    ]
    assert (covered["external_id"], covered["description"]) == ("x@y.org", ["from [e-mail]"])
    assert deep.count("[") == 701
    assert torn == '{"text": "Call\\n[phone]", "n": "\\u00e9[e-mail]'


def test_a_text_that_only_begins_to_look_like_an_id_is_read_in_time_that_grows_with_its_length():
    began = time.process_time()

    covering(["national_id"])("12345 " + "ssn-" * 20_000)

    assert time.process_time() - began < 2  # it took 20 s and more
