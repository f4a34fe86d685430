"""The operator on a real API server, as a process under its own ServiceAccount, doing all its
work against the local Telegram."""

from __future__ import annotations

import pytest

from services.local.telegram.updates import Webhook
from tests.eventually import eventually, until
from tests.k8s.operator.making import NEW, OLD, URL
from tests.k8s.operator.world import WHOLE, World, condition
from tests.local.telegram.running import TOKEN

pytestmark = pytest.mark.k8s

long = pytest.mark.cluster_long

DONE = Webhook(url=URL, secret=NEW, max_connections=40)


async def test_it_makes_everything_as_the_spec_says_and_mends_it(world: World) -> None:
    await world.start()
    await world.make()
    bot = await world.until("Ready", "True")
    assert world.webhook() == DONE
    assert bot["status"]["observedGeneration"] == bot["metadata"]["generation"]
    assert bot["metadata"]["finalizers"] == ["fotbot.io/webhook"]
    assert bot["status"]["username"] == "fotbot_local_bot"
    assert await world.local.result("getMyCommands", language_code="ru")
    await world.floor_is(2)

    await world.local.result("deleteWebhook")
    await world.local.result("deleteMyCommands", language_code="ru")
    await until(lambda: world.webhook() == DONE, 15)

    async def menu_is_back() -> bool:
        return bool(await world.local.result("getMyCommands", language_code="ru"))

    await eventually(menu_is_back, 15)
    await metrics_tell(world)
    assert "kopf" not in repr((await world.bot())["metadata"].get("annotations", {}))
    for text in (world.log, repr(await world.bot())):
        assert TOKEN.partition(":")[2] + '"' not in text and TOKEN not in text and NEW not in text


async def metrics_tell(world: World) -> None:
    told = {
        'fotbot_telegram_webhook_pending_updates{bot="fotbot"}': 0.0,
        'fotbot_telegram_webhook_last_error_timestamp_seconds{bot="fotbot"}': 0.0,
        'fotbot_telegram_webhook_up{bot="fotbot"}': 1.0,
        'fotbot_telegram_webhook_is_ours{bot="fotbot"}': 1.0,
        'fotbot_telegram_webhook_foreign{bot="fotbot"}': 0.0,
        'fotbot_telegram_token_refused{bot="fotbot"}': 0.0,
    }

    async def all_told() -> bool:
        return {name: await world.metric(name) for name in told} == told

    await eventually(all_told, 10)
    assert await world.metric('fotbot_telegram_bot_reconciled_timestamp_seconds{bot="fotbot"}')


@long
async def test_a_foreign_webhook_is_an_alarm_and_stays(world: World) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    theirs = "https://other.example.net/hook"
    await world.local.result("setWebhook", url=theirs)
    await world.until("Ready", "False", "ForeignWebhook")
    events = world.namespace.within("v1/events")

    async def warned() -> bool:
        found = await world.admin.items(events)
        return any(
            one["reason"] == "ForeignWebhook"
            and one["type"] == "Warning"
            and one["involvedObject"]["kind"] == "TelegramBot"
            for one in found
        )

    await eventually(warned, 15)
    assert await world.metric('fotbot_telegram_webhook_foreign{bot="fotbot"}') == 1.0
    await world.admin.delete(world.path())
    await world.admin.until(world.path(), lambda found: found is None)
    webhook = world.webhook()
    assert webhook is not None and webhook.url == theirs


@long
async def test_a_rotation_is_told_to_telegram_once_every_gateway_accepts_it(world: World) -> None:
    for gateway in world.gateways:
        gateway.secrets = (OLD,)
    await world.secrets(bot_token=TOKEN, webhook_secret=OLD)
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    await world.secrets(bot_token=TOKEN, webhook_secret=NEW, webhook_secret_previous=OLD)
    world.gateways[0].secrets = (OLD, NEW)
    await world.until("SecretInStep", "False", "WaitingForGateways")
    told = world.webhook()
    assert told is not None and told.secret == OLD
    world.gateways[1].secrets = (OLD, NEW)
    await world.until("SecretInStep", "True")
    assert world.webhook() == DONE


@long
async def test_the_floor_is_raised_for_a_window_and_lowered_after(world: World) -> None:
    spec = WHOLE | {"prescaling": WHOLE["prescaling"] | {"lead": "10m", "hold": "4s"}}
    await world.start()
    await world.make(spec)
    await world.floor_is(2)
    world.sessions.opens(300, seconds=8)
    world.sessions.opens(350, seconds=9)
    await world.floor_is(7)
    assert condition(await world.bot(), "Prescaled") == ("True", "Raised")
    await world.floor_is(2, 30)
    world.sessions.is_silent = True
    await world.until("Prescaled", "Unknown", "SessionsSilent")
    await world.floor_is(2)


@long
async def test_a_bot_that_goes_takes_its_webhook_and_its_floor_along(world: World) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    await world.local.act(1002, "say", text="waits")
    waiting = (await world.local.result("getWebhookInfo"))["pending_update_count"]
    await world.admin.delete(world.path())
    await world.admin.until(world.path(), lambda found: found is None)
    assert world.webhook() is None
    assert (await world.local.result("getWebhookInfo"))["pending_update_count"] == waiting > 0
    await world.floor_is(1)  # the API server's own default


@long
async def test_with_retain_the_webhook_stays_and_nothing_waits(world: World) -> None:
    await world.make(WHOLE | {"onDelete": "Retain"})
    await world.start()
    bot = await world.until("Ready", "True")
    assert "finalizers" not in bot["metadata"]
    await world.admin.delete(world.path())
    await world.admin.until(world.path(), lambda found: found is None, 5)
    await world.floor_is(1)
    assert world.webhook() == DONE
