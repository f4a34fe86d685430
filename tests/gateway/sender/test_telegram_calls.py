"""The Bot API over HTTP, however it answers: a verdict each time, and never a word of the token."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from services.gateway.sender.telegram import BotApi, TelegramSilent
from services.gateway.sender.verdicts import Rejected, Sent, Throttled, Unclear, Unreachable

TOKEN = SecretStr("1001:AA-secret")
DONE = {"ok": True, "result": {"message_id": 9}}


def answer(status: int, body: dict[str, Any], *headers: str) -> bytes:
    text = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(text)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + text


def chunked(body: dict[str, Any]) -> bytes:
    text = json.dumps(body).encode()
    parts = [text[:5], text[5:], b""]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks


class Server:
    """Says what it is told to, byte by byte; `None` says nothing, `closes` hangs up after it."""

    def __init__(self, says: bytes | None, closes: bool) -> None:
        self.says, self.closes = says, closes
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                if self.says is not None:
                    writer.write(self.says)
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def telegram(says: bytes | None, closes: bool = False) -> AsyncIterator[Server]:
    server = Server(says, closes)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        (answer(200, DONE), Sent()),
        (chunked(DONE), Sent()),
        (
            answer(429, {"ok": False, "parameters": {"retry_after": 7}}),
            Throttled(retry_after=7),
        ),
        (answer(403, {"ok": False, "description": "blocked"}), Unreachable(reason="blocked")),
        (answer(400, {"ok": False, "description": "bad"}), Rejected(reason="bad")),
        (answer(302, {}, "Location: http://127.0.0.1:1/"), Unclear(reason="302 ")),
        (b"HTTP/1.1 502 X\r\nContent-Length: 6\r\n\r\n<html>", Unclear(reason="502 without JSON")),
        (b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n[]", Unclear(reason="200 without JSON")),
    ],
)
async def test_an_answer_is_understood(says: bytes, verdict: object) -> None:
    async with telegram(says) as server, BotApi.open(server.url, TOKEN) as api:
        assert await api.call("sendMessage", {"text": "ы", "chat_id": 5}) == verdict
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bot1001:AA-secret/sendMessage HTTP/1.1")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body) == {"text": "ы", "chat_id": 5}


async def test_calls_share_a_connection_that_is_kept_alive() -> None:
    async with telegram(answer(200, DONE)) as server, BotApi.open(server.url, TOKEN) as api:
        for _ in range(5):
            assert isinstance(await api.call("sendMessage", {}), Sent)
    assert server.connections == 1


async def test_a_connection_that_telegram_closes_is_made_again() -> None:
    says = answer(200, DONE, "Connection: close")
    async with telegram(says, closes=True) as server, BotApi.open(server.url, TOKEN) as api:
        assert [type(await api.call("sendMessage", {})) for _ in range(3)] == [Sent] * 3
    assert server.connections == 3


@pytest.mark.parametrize(
    ("says", "closes"),
    [
        (None, False),
        (None, True),
        (b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf", False),
        (b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf", True),
        (b"nonsense\r\n\r\n", True),
    ],
)
async def test_without_a_whole_answer_nothing_is_clear(says: bytes | None, closes: bool) -> None:
    async with telegram(says, closes) as server, BotApi.open(server.url, TOKEN, 0.5) as api:
        verdict = await api.call("sendMessage", {})
    assert isinstance(verdict, Unclear)
    assert "secret" not in str(verdict)


async def test_a_call_that_is_given_up_leaves_the_others_alone() -> None:
    async with telegram(answer(200, DONE)) as server, BotApi.open(server.url, TOKEN) as api:
        given_up = asyncio.ensure_future(api.call("sendMessage", {}))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait({given_up})
        assert isinstance(await api.call("sendMessage", {}), Sent)


async def test_who_cannot_be_reached_is_told_without_the_token() -> None:
    async with BotApi.open("http://127.0.0.1:1", TOKEN) as api:
        with pytest.raises(TelegramSilent) as silent:
            await api.get_me()
    assert "secret" not in repr(silent.value)
