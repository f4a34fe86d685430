"""The webhook set, looked at and deleted by hand, against the local Telegram."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from pydantic import SecretStr

from services.chassis.settings import SettingsError
from services.gateway.sender.webhook import (
    UPDATES,
    NotDone,
    WebhookSettings,
    main,
    put,
    remove,
    show,
)
from tests.fakes.bot_api import served
from tests.local.telegram.running import TOKEN, Running, running

OURS = "https://fotbot.example/telegram/webhook"
SECRET = "s3cret" * 6
FOREIGN = "https://other.example/hook"


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[Running]:
    async with running() as local:
        yield local


def settings(address: str, token: str = TOKEN, **others: Any) -> WebhookSettings:
    asked = {"webhook_url": OURS, "webhook_secret": SecretStr(SECRET), **others}
    return WebhookSettings(bot_token=SecretStr(token), telegram_api_url=address, **asked)


async def test_set_gives_telegram_the_address_the_secret_and_the_kinds(telegram: Running) -> None:
    told = await put(settings(telegram.url, webhook_max_connections=80))
    assert OURS in told and "s3cret" not in told
    webhook = telegram.telegram.updates.webhook()
    assert webhook is not None
    assert (webhook.url, webhook.secret, webhook.max_connections) == (OURS, SECRET, 80)
    assert (await telegram.result("getWebhookInfo"))["allowed_updates"] == UPDATES


async def test_setting_it_again_changes_the_secret_and_drops_nothing(telegram: Running) -> None:
    await telegram.act(1001, "say", text="/start")
    await put(settings(telegram.url))
    told = await put(settings(telegram.url, webhook_secret=SecretStr("another" * 5)))
    assert "1 were waiting" in told
    webhook = telegram.telegram.updates.webhook()
    assert webhook is not None and webhook.secret == "another" * 5
    assert telegram.telegram.updates.pending() == 1


async def test_an_address_of_others_is_not_overwritten_unless_forced(telegram: Running) -> None:
    await telegram.result("setWebhook", url=FOREIGN)
    with pytest.raises(NotDone, match=r"served at other\.example"):
        await put(settings(telegram.url))
    assert (await telegram.result("getWebhookInfo"))["url"] == FOREIGN
    await put(settings(telegram.url), force=True)
    assert (await telegram.result("getWebhookInfo"))["url"] == OURS


async def test_an_address_of_others_is_not_deleted_unless_forced(telegram: Running) -> None:
    await telegram.result("setWebhook", url=FOREIGN)
    with pytest.raises(NotDone, match=r"served at other\.example"):
        await remove(settings(telegram.url))
    with pytest.raises(SettingsError, match="WEBHOOK_URL"):
        await remove(settings(telegram.url, webhook_url=None))
    assert (await telegram.result("getWebhookInfo"))["url"] == FOREIGN
    await remove(settings(telegram.url), force=True)
    assert (await telegram.result("getWebhookInfo"))["url"] == ""


async def test_delete_takes_ours_away_and_keeps_what_waits(telegram: Running) -> None:
    await put(settings(telegram.url))
    await telegram.act(1001, "say", text="/start")
    assert OURS in await remove(settings(telegram.url))
    assert telegram.telegram.updates.webhook() is None
    assert telegram.telegram.updates.pending() == 1
    assert await remove(settings(telegram.url)) == "no webhook is set"


async def test_info_says_where_updates_go_and_what_waits(telegram: Running) -> None:
    assert "no webhook is set" in await show(settings(telegram.url))
    await put(settings(telegram.url))
    told = await show(settings(telegram.url))
    assert f"updates go to {OURS}\n" in told and "waiting: 0" in told and "at a time: 40" in told
    told = await show(settings(telegram.url, webhook_url=FOREIGN))
    assert "which is not WEBHOOK_URL" in told


async def test_a_token_that_telegram_does_not_know_is_said_without_the_token(
    telegram: Running,
) -> None:
    with pytest.raises(NotDone, match="does not know this BOT_TOKEN") as refusal:
        await show(settings(telegram.url, token="42:unknown"))
    assert "unknown" not in str(refusal.value)


@pytest.mark.parametrize("body", ["<html>", "[]", '{"ok": true, "result": 7}', '{"ok": false}'])
async def test_an_answer_that_is_no_bot_apis_is_said_so(body: str) -> None:
    async def odd(request: web.Request) -> web.Response:
        return web.Response(text=body)

    app = web.Application()
    app.router.add_post("/{anything:.*}", odd)
    async with served(app) as address:
        with pytest.raises(NotDone) as refusal:
            await put(settings(address))
    assert TOKEN not in str(refusal.value)


async def test_nobody_there_is_said_without_the_address() -> None:
    with pytest.raises(NotDone, match="did not answer getWebhookInfo") as refusal:
        await show(settings("http://127.0.0.1:1"))
    assert refusal.value.__cause__ is None and TOKEN not in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        ([], {}, "usage:"),
        (["drop"], {}, "usage:"),
        (["set", "--please"], {}, "usage:"),
        (["set"], {"WEBHOOK_SECRET": ""}, "WEBHOOK_SECRET: is not 32-256 characters"),
        (["set"], {"WEBHOOK_URL": "ftp://x"}, "WEBHOOK_URL"),
        (["set"], {}, "WEBHOOK_URL and WEBHOOK_SECRET are needed"),
        (["info"], {"BOT_TOKEN": "nonsense"}, "BOT_TOKEN: is not of the form"),
    ],
)
def test_a_wrong_command_or_setting_ends_with_2_and_a_sentence(
    arguments: list[str],
    environ: dict[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {"BOT_TOKEN": TOKEN, **environ}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
