"""Reading raw bodies: what is refused, what is no update, what is cleaned."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.incoming import (
    DEPTH_LIMIT,
    Incoming,
    Kind,
    Malformed,
    NotAnUpdate,
    read_carefully,
)
from services.gateway.quick_reading import read, read_quickly
from tests.gateway.gate import message, pressed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"{",
        b'{"update_id": 1,}',
        b"\xff\xfe{\x00}\x00",
        b'{"update_id": 1, "x": "\xff"}',
        '{"update_id": 1}'.encode("utf-16"),
        b'\xef\xbb\xbf{"update_id": 1}',
        b'{"update_id": NaN}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 1, "x": "a\x00b"}',
        b"[" * 100_000,
        b'{"a":' * (DEPTH_LIMIT + 1) + b"1" + b"}" * (DEPTH_LIMIT + 1),
        b'"' + b'\\"' * 300_000 + b"[" * 100,
    ],
)
def test_what_is_not_json_as_we_accept_it_is_malformed(body: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(Malformed):
        read(body)
    assert time.perf_counter() - started < 5


def test_brackets_inside_strings_are_not_depth() -> None:
    text = "[{" * 5000 + '"\\'
    body = json.dumps({"update_id": 1, **message(7, text)}).encode()
    assert read(body).content["message"]["text"] == text


def test_as_deep_as_allowed_is_read() -> None:
    nested = b"[" * (DEPTH_LIMIT - 1) + b"]" * (DEPTH_LIMIT - 1)
    pad = b"[], " * 70
    assert read(b'{"update_id": 1, "x": ' + nested + b', "y": [' + pad + b"0]}").update_id == 1


@pytest.mark.parametrize(
    "value",
    [
        [],
        None,
        7,
        "text",
        {},
        {"update_id": None},
        {"update_id": True},
        {"update_id": 1.0},
        {"update_id": "1"},
        {"update_id": 2**63},
        {"update_id": 1, "message": 5},
        {"update_id": 1, "message": {"from": []}},
        {"update_id": 1, "message": {"from": {"id": 2**63}}},
        {"update_id": 1, "message": {"from": {"id": 1}, "chat": {"id": "1"}}},
        {"update_id": 1, "callback_query": {"from": {"id": 1}}},
    ],
)
def test_json_that_is_no_update_is_told_apart(value: object) -> None:
    with pytest.raises(NotAnUpdate):
        read(json.dumps(value).encode())


def test_the_last_of_two_equal_keys_counts() -> None:
    assert read(b'{"update_id": 1, "update_id": 2}').update_id == 2


def test_a_tap_is_read() -> None:
    event = pressed(7, "x:1")
    found = read(json.dumps({"update_id": 3, **event}).encode())
    assert (found.kind, found.person, found.chat_id, found.pressed) == (Kind.TAP, 7, 7, 5)
    assert found.private
    assert found.query_id == event["callback_query"]["id"]


def test_an_inaccessible_message_cannot_be_edited() -> None:
    event = pressed(7, "x:1")
    event["callback_query"]["message"]["date"] = 0
    assert read(json.dumps({"update_id": 3, **event}).encode()).pressed is None


@given(st.text())
def test_every_text_comes_through_but_for_nul_and_lone_surrogates(text: str) -> None:
    body = json.dumps({"update_id": 1, **message(7, text)}).encode()
    kept = "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff")
    assert read(body).content["message"]["text"] == kept


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    with suppress(Malformed, NotAnUpdate):
        read(body)


# What a body may hold where a hot update has its fields, and around them.
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["private", "/start", "so:1", 0, 1, {}, []]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "from", "chat", "type", "text"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
USUAL = (message(7, "/start"), pressed(7, "so:1"), message(7, "\N{GRINNING FACE} \N{SOCCER BALL}"))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A usual update with a few things changed, left out or added, here and there a byte too."""
    update = json.loads(json.dumps({"update_id": 3, **draw(st.sampled_from(USUAL))}))
    holders = [update, *(one for one in update.values() if isinstance(one, dict))]
    holders += [one for holder in holders for one in holder.values() if isinstance(one, dict)]
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from(holders))
        name = draw(st.sampled_from([*holder, "photo", "date", "edited_message", "callback_query"]))
        if draw(st.booleans()):
            holder[name] = draw(VALUES)
        else:
            holder.pop(name, None)
    body = json.dumps(update, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    at = draw(st.integers(0, len(body)))
    cut = draw(st.integers(0, 1))
    added = draw(
        st.sampled_from([b"", b"", b"", b"\\u0000", b"\\ud83d", b"\xff", b"\n", b" ", b'"'])
    )
    return body[:at] + added + body[at + cut * bool(added) :]


def outcome(read_it: Callable[[bytes], Incoming | None], body: bytes) -> Incoming | str | None:
    try:
        return read_it(body)
    except (Malformed, NotAnUpdate) as fault:
        return repr(fault)


@settings(max_examples=1000)
@given(bodies())
def test_the_quick_reading_agrees_with_the_careful_one_or_leaves_it_to_it(body: bytes) -> None:
    quick = outcome(read_quickly, body)
    assert quick is None or quick == outcome(read_carefully, body)


@pytest.mark.parametrize("event", [message(7, "/start"), pressed(7, "so:1"), USUAL[2]])
def test_usual_updates_are_read_quickly(event: dict[str, Any]) -> None:
    for ascii_only in (True, False):
        body = json.dumps({"update_id": 3, **event}, ensure_ascii=ascii_only).encode()
        assert read_quickly(body) == read_carefully(body)
