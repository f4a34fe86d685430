"""Which requests need no HTTP parser: those that leave nothing to be understood otherwise."""

from __future__ import annotations

from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.usual_requests import UsualRequests
from services.gateway.webhook import LARGEST_BODY

USUAL = UsualRequests("/hook", [b"older-secret", b"Right-Secret"])
HEAD = (b"Host: x", b"X-Telegram-Bot-Api-Secret-Token: Right-Secret", b"Content-Length: 2")


def request(
    *headers: bytes,
    body: bytes = b"{}",
    first: bytes = b"POST /hook HTTP/1.1",
    end: bytes = b"\r\n",
) -> bytes:
    return end.join([first, *headers, b"", b""]) + body


@pytest.mark.parametrize(
    "headers",
    [
        HEAD,
        (b"Connection: keep-alive", *HEAD),
        tuple(header.lower().replace(b"right-secret", b"Right-Secret") for header in HEAD),
        (b"content-type: application/json", b"x-forwarded-for: 1.2.3.4", *HEAD),
        (b"Content-Length:2", b"X-Telegram-Bot-Api-Secret-Token:older-secret "),
    ],
)
def test_a_plain_request_with_the_right_secret_is_usual(headers: tuple[bytes, ...]) -> None:
    assert USUAL.body(request(*headers)) == b"{}"


@pytest.mark.parametrize(
    "data",
    [
        request(*HEAD[:2]),
        request(*HEAD[::2]),
        request(*HEAD, HEAD[1]),
        request(*HEAD, HEAD[2]),
        request(*HEAD, b"Content-Length : 3"),
        request(*HEAD, b"content-length: +2"),
        request(*HEAD, b"Transfer-Encoding: chunked"),
        request(*HEAD, b"transfer-encoding : identity"),
        request(*HEAD, b"Expect: 100-continue"),
        request(*HEAD, b"Upgrade: h2c"),
        request(*HEAD, b"Connection: close"),
        request(*HEAD, b"X-Folded: a", b" b"),
        request(*HEAD[::2], b"X-Telegram-Bot-Api-Secret-Token: right-secret"),
        request(*HEAD[::2], b"X-Telegram-Bot-Api-Secret-Token:"),
        request(*HEAD, body=b"{"),
        request(*HEAD, body=b"{}POST"),
        request(*HEAD, end=b"\n"),
        request(*HEAD, first=b"POST /hook HTTP/1.0"),
        request(*HEAD, first=b"GET /hook HTTP/1.1"),
        request(*HEAD, first=b"POST /hook?a HTTP/1.1"),
        b"\r\n" + request(*HEAD),
        request(*HEAD)[:-3],
        request(
            *HEAD[:2], b"Content-Length: %d" % (LARGEST_BODY + 1), body=bytes(LARGEST_BODY + 1)
        ),
        b"",
    ],
)
def test_whatever_is_unusual_is_left_to_the_parser(data: bytes) -> None:
    assert USUAL.body(data) is None


class Parsed:
    """What the parser tells."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.complete = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete += 1


pieces = st.sampled_from(
    [*HEAD, b"a: b", b"Content-Length: 0", b"content-length:2", b"Connection: keep-alive", b" c"]
)


@given(st.lists(pieces, max_size=6), st.sampled_from([b"", b"{}", b"{}{}"]))
def test_what_is_usual_the_parser_reads_in_the_same_way(headers: list[bytes], body: bytes) -> None:
    data = request(*headers, body=body)
    found = USUAL.body(data)
    if found is None:
        return
    told = Parsed()
    parser: Any = httptools.HttpRequestParser(told)
    parser.feed_data(data)
    assert (told.body, told.complete, parser.should_keep_alive()) == (found, 1, True)
    assert dict(told.headers)[b"x-telegram-bot-api-secret-token"] == b"Right-Secret"
