"""The webhook's secret is changed while the gateway runs, and no update is turned away for it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog

from services.chassis.health import Health
from services.chassis.ops import ops_server
from services.chassis.settings import load
from services.gateway.accepted_secrets import AcceptedSecrets, fingerprint
from services.gateway.http_server import http_server
from services.gateway.settings import GatewaySettings
from services.gateway.updates import Reply
from services.gateway.webhook import Webhook
from tests.eventually import eventually, until
from tests.gateway.test_gateway_settings import GOOD

OLD, NEW, NEWER = ("".join([letter] * 32) for letter in "onm")


def mounted(folder: Path, **secrets: str) -> GatewaySettings:
    """Settings of a gateway whose secrets are files; the previous one may be missing."""
    for name, secret in secrets.items():
        (folder / name).write_text(f"{secret}\n")
    without = {name: value for name, value in GOOD.items() if name != "WEBHOOK_SECRET"}
    files = {
        "WEBHOOK_SECRET_FILE": str(folder / "current"),
        "WEBHOOK_SECRET_PREVIOUS_FILE": str(folder / "previous"),
    }
    return load(GatewaySettings, {**without, **files})


def rotated(folder: Path, current: str, previous: str | None) -> None:
    (folder / "current").write_text(current)
    if previous is None:
        (folder / "previous").unlink()
    else:
        (folder / "previous").write_text(previous)


@contextmanager
def following(secrets: AcceptedSecrets) -> Iterator[None]:
    task = asyncio.create_task(secrets.follow())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def webhook(secrets: AcceptedSecrets) -> AsyncIterator[aiohttp.ClientSession]:
    async def handle(_raw: bytes) -> Reply:
        return Reply(status=200)

    served = Webhook(path="/telegram/webhook", secrets=secrets.now, handle=handle)
    async with (
        http_server(served, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield http


async def status(http: aiohttp.ClientSession, secret: str) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with http.post("/telegram/webhook", data=b"{}", headers=headers) as answer:
        return answer.status


async def test_a_rotation_turns_no_update_away_and_the_old_secret_ends_with_it(
    tmp_path: Path,
) -> None:
    secrets = AcceptedSecrets(mounted(tmp_path, current=OLD))
    telegrams = OLD
    statuses: list[int] = []
    with following(secrets):
        async with webhook(secrets) as http:

            async def update() -> None:
                statuses.append(await status(http, telegrams))

            async def comes(*now: str) -> None:
                while secrets.now != [one.encode() for one in now]:
                    await update()

            assert await status(http, NEW) == 401
            rotated(tmp_path, NEW, OLD)
            await comes(NEW, OLD)
            await update()
            telegrams = NEW
            await update()
            rotated(tmp_path, NEW, None)
            await comes(NEW)
            await update()
            assert await status(http, OLD) == 401
    assert set(statuses) == {200}


@pytest.mark.parametrize("bad", ["", "x" * 31, "ключ" * 20, "two words" * 5, "x" * 257])
async def test_a_bad_new_secret_is_not_taken_and_why_is_logged(tmp_path: Path, bad: str) -> None:
    secrets = AcceptedSecrets(mounted(tmp_path, current=OLD, previous=NEW))
    with structlog.testing.capture_logs() as logged, following(secrets):
        rotated(tmp_path, bad, OLD)
        await until(lambda: any("is not taken" in line["event"] for line in logged))
        assert secrets.now == [OLD.encode(), NEW.encode()]
        rotated(tmp_path, NEWER, OLD)
        await until(lambda: secrets.now == [NEWER.encode(), OLD.encode()])
    assert not any(bad and bad in str(line) for line in logged)


async def test_a_secret_whose_file_goes_is_still_accepted(tmp_path: Path) -> None:
    secrets = AcceptedSecrets(mounted(tmp_path, current=OLD))
    with structlog.testing.capture_logs() as logged, following(secrets):
        (tmp_path / "current").unlink()
        await until(lambda: any("is not taken" in line["event"] for line in logged))
    assert secrets.now == [OLD.encode()]


async def test_the_ops_port_tells_what_is_accepted_by_fingerprints_alone(tmp_path: Path) -> None:
    secrets = AcceptedSecrets(mounted(tmp_path, current=OLD, previous=NEW))
    assert fingerprint(OLD.encode()) == hashlib.sha256(OLD.encode()).hexdigest()[:16]
    pages = {"webhook": secrets.told}
    async with (
        ops_server(Health(), "127.0.0.1", 0, pages) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):

        async def tells(*accepted: str) -> bool:
            async with http.get("/webhook") as answer:
                told = await answer.json()
            assert OLD not in str(told)
            return bool(
                told
                == {
                    "accepted": [fingerprint(secret.encode()) for secret in accepted],
                    "path": "/telegram/webhook",
                }
            )

        assert await tells(OLD, NEW)
        with following(secrets):
            rotated(tmp_path, NEWER, OLD)
            await eventually(lambda: tells(NEWER, OLD))
        async with http.get("/nothing") as answer:
            assert answer.status == 404


def test_secrets_of_the_environment_stay() -> None:
    secrets = AcceptedSecrets(load(GatewaySettings, GOOD))
    assert secrets.now == [GOOD["WEBHOOK_SECRET"].encode()]
