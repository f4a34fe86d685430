"""TLS in front of a server that speaks none, as a managed store's own front does it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from services.local.process import LOOPBACK

# What a Postgres client says first when it wants TLS, and how it is told to begin.
SSL_REQUEST, BEGIN = b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S"


def server_context(folder: Path) -> ssl.SSLContext:
    """With the certificate in the folder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


@asynccontextmanager
async def tls_front(
    target: int, folder: Path, *, port: int = 0, of_postgres: bool = False
) -> AsyncIterator[int]:
    """Passes on what comes by TLS to the port on this machine; yields its own. Who speaks plain
    text is cut off."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            if of_postgres:
                if await reader.readexactly(len(SSL_REQUEST)) != SSL_REQUEST:
                    writer.close()
                    return
                writer.write(BEGIN)
                await writer.drain()
                await writer.start_tls(server_context(folder))
            await _pass_all_on(reader, writer, target)

    context = None if of_postgres else server_context(folder)
    async with await asyncio.start_server(serve, LOOPBACK, port, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def hesitating(target: int, seconds: float, *, port: int = 0) -> AsyncIterator[int]:
    """Passes everything on, each connection from so many seconds on; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        with suppress(OSError):
            await _pass_all_on(reader, writer, target)

    async with await asyncio.start_server(serve, LOOPBACK, port) as server:
        yield server.sockets[0].getsockname()[1]


async def _pass_all_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int
) -> None:
    behind = await asyncio.open_connection(LOOPBACK, target)
    await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
