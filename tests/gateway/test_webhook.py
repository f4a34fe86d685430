"""The webhook over real HTTP: statuses for good and bad callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from services.gateway.http_server import http_server
from services.gateway.updates import Reply
from services.gateway.webhook import LARGEST_BODY, Webhook

PATH = "/telegram/webhook"
SECRETS = (b"right-secret", b"older-secret")


async def echo(raw: bytes) -> Reply:
    """Says how much it was given."""
    return Reply(status=200, body=str(len(raw)).encode(), headers={"x-echo": "1"})


@pytest_asyncio.fixture(scope="module", name="port")
async def served() -> AsyncIterator[int]:
    webhook = Webhook(path=PATH, secrets=SECRETS, handle=echo, body_seconds=1.0)
    async with http_server(webhook, "127.0.0.1", 0) as port:
        yield port


async def ask(
    port: int,
    body: bytes = b"{}",
    *,
    method: str = "POST",
    path: str = PATH,
    secret: bytes | None = b"right-secret",
    headers: bytes = b"",
) -> tuple[int, bytes]:
    """Status and body of one request, written byte for byte."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"host: x", b"connection: close"]
    if secret is not None:
        lines.append(b"X-Telegram-Bot-Api-Secret-Token: " + secret)
    lines.append(headers or b"content-length: %d" % len(body))
    return await sent(port, b"\r\n".join(lines) + b"\r\n\r\n" + body)


async def sent(port: int, raw: bytes) -> tuple[int, bytes]:
    """The same for raw bytes; the connection is left open until the answer is there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        await writer.drain()
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            rest = await reader.read()
    finally:
        writer.close()
    return int(head.split()[1]), rest


@pytest.mark.parametrize("secret", SECRETS)
async def test_both_secrets_are_honoured_while_one_is_changed(port: int, secret: bytes) -> None:
    assert await ask(port, b"{}", secret=secret) == (200, b"2")


@pytest.mark.parametrize(
    "secret",
    [
        None,
        b"",
        b"right-secre",
        b"right-secrett",
        b"Right-secret",
        b"\xd0\xb9\xd0\xb9",
        b"right-secret\r\nX-Telegram-Bot-Api-Secret-Token: right-secret",
    ],
)
async def test_a_wrong_secret_is_401_without_a_word(port: int, secret: bytes | None) -> None:
    assert await ask(port, secret=secret) == (401, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
async def test_other_methods_are_405_without_detail(port: int, method: str) -> None:
    assert await ask(port, method=method) == (405, b"")


@pytest.mark.parametrize("path", ["/", "/telegram", "/telegram/webhook/", "/app/"])
async def test_every_other_path_is_404(port: int, path: str) -> None:
    status, _ = await ask(port, path=path)
    assert status == 404


async def test_a_body_of_a_mebibyte_is_read_and_a_longer_one_is_413(port: int) -> None:
    whole = b"x" * LARGEST_BODY
    assert await ask(port, whole) == (200, str(LARGEST_BODY).encode())
    assert await ask(port, b"", headers=b"content-length: 2097152") == (413, b"")


async def test_a_long_body_in_chunks_is_413_too(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    body = chunk * 17 + b"0\r\n\r\n"
    assert (await ask(port, body, headers=b"transfer-encoding: chunked"))[0] == 413


async def test_a_body_without_end_is_408(port: int) -> None:
    assert (await ask(port, b"1\r\nx\r\n", headers=b"transfer-encoding: chunked"))[0] == 408


async def test_a_wrong_content_type_is_no_reason_to_fail(port: int) -> None:
    headers = b"content-type: image/png\r\ncontent-length: 2"
    assert await ask(port, b"{}", headers=headers) == (200, b"2")


async def test_a_stranger_costs_no_reading(port: int) -> None:
    answer = await ask(port, b"", secret=b"wrong", headers=b"content-length: 1000000")
    assert answer == (401, b"")


def usual(body: bytes, *, path: str = PATH, secret: bytes = b"right-secret") -> bytes:
    """A request as Telegram sends it, on a connection that stays."""
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: %b\r\n"
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return head % (path.encode(), secret) + length + body


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    """Status, head and body of the next answer on a connection that stays."""
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return int(head.split()[1]), head, await reader.readexactly(length)


@asynccontextmanager
async def connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_a_connection_carries_one_update_after_the_other(port: int) -> None:
    async with connected(port) as (reader, writer):
        for size in (2, 30, 4):
            writer.write(usual(b"x" * size))
            status, head, body = await answered(reader)
            assert (status, body) == (200, str(size).encode())
            assert b"\r\nx-echo: 1\r\n" in head
            assert b"\r\ndate: " in head


async def test_updates_sent_at_once_are_answered_in_their_order(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(usual(b"x") + usual(b"xx") + usual(b"xxx"))
        assert [(await answered(reader))[2] for _ in range(3)] == [b"1", b"2", b"3"]
        writer.write(usual(b"xxxx"))
        assert (await answered(reader))[2] == b"4"


async def test_a_body_in_pieces_is_put_together(port: int) -> None:
    async with connected(port) as (reader, writer):
        for cut in (-4, -1):
            whole = usual(b"12345678")
            writer.write(whole[:cut])
            await writer.drain()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readexactly(1), 0.05)
            writer.write(whole[cut:])
            assert (await answered(reader))[::2] == (200, b"8")


async def test_a_connection_is_as_strict_at_its_second_update(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(usual(b"x"))
        assert (await answered(reader))[0] == 200
        writer.write(usual(b"x", path="/elsewhere"))
        assert (await answered(reader))[0] == 404
        writer.write(usual(b"x"))
        assert (await answered(reader))[0] == 200
        writer.write(usual(b"x", secret=b"wrong"))
        assert (await answered(reader))[0] == 401
        assert await reader.read() == b""


async def test_a_bug_in_the_handling_is_500_and_ends_the_connection() -> None:
    async def broken(raw: bytes) -> Reply:
        raise ValueError(raw)

    webhook = Webhook(path=PATH, secrets=SECRETS, handle=broken)
    async with http_server(webhook, "127.0.0.1", 0) as port, connected(port) as (reader, writer):
        writer.write(usual(b"x"))
        assert (await answered(reader))[0] == 500
        assert await reader.read() == b""


async def test_an_update_under_way_is_answered_before_the_server_ends() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(raw: bytes) -> Reply:
        begun.set()
        await go_on.wait()
        return await echo(raw)

    webhook = Webhook(path=PATH, secrets=SECRETS, handle=slow)
    serving = http_server(webhook, "127.0.0.1", 0)
    port = await serving.__aenter__()
    async with connected(port) as (reader, writer):
        writer.write(usual(b"x"))
        await begun.wait()
        ending = asyncio.create_task(serving.__aexit__(None, None, None))
        done, _ = await asyncio.wait([ending], timeout=0.3)
        assert not done
        go_on.set()
        status, head, _ = await answered(reader)
        assert status == 200
        assert b"connection: close" in head
        await ending


async def test_a_connection_is_closed_when_nothing_has_come_for_long_enough() -> None:
    webhook = Webhook(path=PATH, secrets=SECRETS, handle=echo)
    serving = http_server(webhook, "127.0.0.1", 0, rest_seconds=1)
    async with serving as port, connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(usual(b"x"))
            assert (await answered(reader))[0] == 200
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readexactly(1), 0.7)
        assert await asyncio.wait_for(reader.read(), 20) == b""
