"""Broken updates: kept, listed without their words, driven again through the webhook."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web
from fotbot.sender.v1.sender_service_pb2 import QuarantineUpdateRequest
from pydantic import SecretStr
from sqlalchemy import text

from services.chassis.errors import RemoteRefusal
from services.chassis.settings import SettingsError
from services.gateway.sender.quarantine import (
    CannotRedrive,
    QuarantineSettings,
    main,
    redrive,
    show,
)
from services.gateway.sender.storage.quarantine import SqlQuarantine
from tests.fakes.bot_api import served
from tests.gateway.sender.rig import World, sender

PAYLOAD = b'{"update_id": 77, "message": {"text": "salom"}}'


@dataclass(slots=True)
class Webhook:
    """The gateway's webhook: what came, and what it answers."""

    url: str = ""
    status: int = 200
    came: list[tuple[bytes, str | None]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.came.append((await request.read(), header))
        return web.Response(status=self.status)


@pytest_asyncio.fixture
async def webhook() -> AsyncIterator[Webhook]:
    webhook = Webhook()
    app = web.Application()
    app.router.add_post("/telegram/webhook", webhook.take)
    async with served(app) as address:
        webhook.url = f"{address}/telegram/webhook"
        yield webhook


@pytest_asyncio.fixture
async def settings(world: World, webhook: Webhook) -> QuarantineSettings:
    return QuarantineSettings(
        database_url=SecretStr(world.database_url),
        webhook_url=webhook.url,
        webhook_secret=SecretStr("the-secret"),
    )


async def quarantine(world: World, error: str = "ValueError: \x1b[31mbad") -> None:
    broken = QuarantineUpdateRequest(
        bot_id=world.bot_id, update_id=77, payload=PAYLOAD, error=error, traceparent="00-1-2-01"
    )
    async with sender(world) as running:
        for _ in range(2):
            await running.stub.QuarantineUpdate(broken, timeout=3)


async def test_a_broken_update_is_kept_once_and_listed_without_its_words(
    world: World, settings: QuarantineSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    await quarantine(world)
    capsys.readouterr()
    await show(settings)
    out = capsys.readouterr().out
    assert out.count("77") == 1
    assert "ValueError" in out
    assert "\x1b" not in out
    assert "salom" not in out


async def test_an_update_driven_again_goes_through_the_webhook_as_it_came(
    world: World, settings: QuarantineSettings, webhook: Webhook
) -> None:
    await quarantine(world)
    await redrive(settings, 77)
    assert webhook.came == [(PAYLOAD, "the-secret")]
    async with world.database.write() as transaction:
        assert await SqlQuarantine(transaction).waiting() == []


async def test_an_update_that_breaks_again_is_back_in_the_quarantine(
    world: World, settings: QuarantineSettings
) -> None:
    await quarantine(world)
    await redrive(settings, 77)
    await quarantine(world, "KeyError: again")
    async with world.database.write() as transaction:
        [kept] = await SqlQuarantine(transaction).waiting()
    assert kept.error == "KeyError: again"


async def test_an_update_the_gateway_does_not_take_stays(
    world: World, settings: QuarantineSettings, webhook: Webhook
) -> None:
    await quarantine(world)
    webhook.status = 503
    with pytest.raises(CannotRedrive, match="503"):
        await redrive(settings, 77)
    async with world.database.write() as transaction:
        assert len(await SqlQuarantine(transaction).waiting()) == 1


async def test_only_what_is_there_can_be_driven_again(settings: QuarantineSettings) -> None:
    with pytest.raises(CannotRedrive, match="not in the quarantine"):
        await redrive(settings, 78)


async def test_driving_again_needs_the_webhook(settings: QuarantineSettings) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET"):
        await redrive(settings.model_copy(update={"webhook_secret": None}), 77)


async def test_an_update_of_an_impossible_bot_is_refused(world: World) -> None:
    broken = QuarantineUpdateRequest(bot_id=-1, update_id=1, payload=b"{}")
    async with sender(world) as running:
        with pytest.raises(RemoteRefusal, match="UPDATE_INVALID"):
            await running.stub.QuarantineUpdate(broken, timeout=3)


async def test_the_quarantine_forgets_after_seven_days(world: World) -> None:
    await quarantine(world)
    async with world.database.write() as transaction:
        store = SqlQuarantine(transaction)
        assert await store.sweep(timedelta(days=7)) == 0
        await transaction.execute(
            text("UPDATE quarantine SET created_at = now() - interval '8 days'")
        )
        assert await store.sweep(timedelta(days=7)) == 1


@pytest.mark.parametrize("arguments", [[], ["redrive"], ["redrive", "seven"], ["drop", "7"]])
def test_a_wrong_command_says_how_it_is_used(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://sender@127.0.0.1:1/none")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "redrive UPDATE_ID" in capsys.readouterr().err
