"""The webhook over real HTTP: statuses for good and bad callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.gateway.http_server import http_server
from services.gateway.updates import Reply
from services.gateway.webhook import LARGEST_BODY, application

PATH = "/telegram/webhook"
SECRETS = (b"right-secret", b"older-secret")


async def echo(raw: bytes) -> Reply:
    """Says how much it was given."""
    return Reply(status=200, body=str(len(raw)).encode(), headers={"x-echo": "1"})


@pytest_asyncio.fixture(scope="module", name="port")
async def served() -> AsyncIterator[int]:
    async with http_server(
        application(PATH, SECRETS, echo, body_seconds=1.0), "127.0.0.1", 0
    ) as port:
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
