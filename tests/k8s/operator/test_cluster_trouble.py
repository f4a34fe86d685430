"""The operator's world misbehaves: it is killed anywhere, the API server and Telegram fail in
every way they know, and it converges all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from aiohttp import web

from services.local.telegram.updates import Webhook
from tests.eventually import eventually, until
from tests.k8s.operator.between import Step, refusing
from tests.k8s.operator.definition import DEFINITION, established
from tests.k8s.operator.making import NEW, URL
from tests.k8s.operator.small_api import coded
from tests.k8s.operator.world import WHOLE, World, condition
from tests.local.telegram.running import TOKEN

pytestmark = [pytest.mark.k8s, pytest.mark.cluster_long]

DONE = Webhook(url=URL, secret=NEW, max_connections=40)


def is_write(request: web.Request) -> bool:
    """Of the operator: a change at the API server or at Telegram."""
    if request.path.startswith("/bot"):
        return not request.path.rpartition("/")[2].startswith("get")
    return request.method == "PATCH"


class Killer:
    """Kills the operator at its n-th write, before it is handed on or after it was done."""

    def __init__(self, world: World, step: int) -> None:
        self.world = world
        self.step = step
        self.writes = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse | None:
        if not is_write(request):
            return None
        self.writes += 1
        if self.writes != self.step:
            return None
        self.world.kill()
        return web.Response(status=502)


async def begin_again(world: World) -> None:
    """No bot, no webhook, no menus: as before the first apply."""
    await world.admin.delete(world.path())
    await world.admin.until(world.path(), lambda found: found is None)
    await world.local.result("deleteWebhook")
    for code in ("", "ru"):
        await world.local.result("deleteMyCommands", language_code=code)
    await world.local.result("setMyDescription", description="")
    await world.local.result("setMyShortDescription", short_description="")


async def all_is_done(world: World) -> None:
    bot = await world.until("Ready", "True")
    assert world.webhook() == DONE
    assert bot["metadata"]["finalizers"] == ["fotbot.io/webhook"]
    assert await world.local.result("getMyCommands", language_code="ru")
    assert (await world.local.result("getMyDescription"))["description"] == "Football"
    await world.floor_is(2)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_at_any_write_it_converges(world: World, moment: str) -> None:
    await world.start()
    step = 0
    while True:
        step += 1
        killer = Killer(world, step)
        for between in (world.api, world.telegram):
            setattr(between, moment, killer)
        deaths = world.supervisor.deaths("operator")
        await world.make()
        await all_is_done(world)
        for between in (world.api, world.telegram):
            between.well()
        if world.supervisor.deaths("operator") == deaths:
            break
        await begin_again(world)
    # Finalizer, webhook, two menus, two texts, floor, and the status before and after.
    assert step > 9


@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_at_any_write_of_the_end_it_ends(world: World, moment: str) -> None:
    await world.start()
    step = 0
    while True:
        step += 1
        await world.make()
        await all_is_done(world)
        killer = Killer(world, step)
        for between in (world.api, world.telegram):
            setattr(between, moment, killer)
        deaths = world.supervisor.deaths("operator")
        await world.admin.delete(world.path())
        await world.admin.until(world.path(), lambda found: found is None)
        assert world.webhook() is None
        for between in (world.api, world.telegram):
            between.well()
        if world.supervisor.deaths("operator") == deaths:
            break
        await begin_again(world)
    assert step > 3


def answering(make: Callable[[], web.Response], when: Callable[[web.Request], bool]) -> Step:
    async def step(request: web.Request) -> web.StreamResponse | None:
        return make() if when(request) else None

    return step


def to_bots(request: web.Request) -> bool:
    return "telegrambots" in request.path


@pytest.mark.parametrize(
    ("status", "reason", "headers"),
    [
        (409, "Conflict", {}),
        (410, "Expired", {}),
        (429, "TooManyRequests", {"Retry_After": "1"}),
        (500, "InternalError", {}),
        (503, "ServiceUnavailable", {}),
    ],
)
async def test_an_api_server_that_refuses_for_a_while_is_outlived(
    world: World, status: int, reason: str, headers: dict[str, str]
) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    world.api.before = answering(lambda: refusing(status, reason, **headers), to_bots)
    world.api.cut_watches()
    await world.local.result("deleteWebhook")
    await asyncio.sleep(0)
    refused = len(world.api.asked)
    await until(lambda: len(world.api.asked) > refused + 3, 30)
    world.api.well()
    await until(lambda: world.webhook() == DONE, 60)
    changed = WHOLE | {"webhook": WHOLE["webhook"] | {"maxConnections": 7}}
    await world.make(changed)
    await world.admin.until(
        world.path(),
        lambda bot: bot["status"]["observedGeneration"] == bot["metadata"]["generation"],
        60,
    )
    assert world.webhook() == Webhook(url=URL, secret=NEW, max_connections=7)


async def test_an_expired_watch_and_a_cut_one_are_begun_anew(world: World) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")

    async def expired(request: web.Request) -> web.StreamResponse | None:
        if "watch" not in request.query or not to_bots(request):
            return None
        world.api.well()
        event = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
        return web.json_response(event)

    for step in (expired, None):
        if step is not None:
            world.api.before = step
        world.api.cut_watches()
        await world.admin.delete(world.path())
        await world.admin.until(world.path(), lambda found: found is None)
        assert world.webhook() is None
        await world.make()
        await world.until("Ready", "True")
        assert await world.is_alive()


async def test_a_watch_that_died_silently_is_noticed_and_harms_nothing_meanwhile(
    world: World,
) -> None:
    await world.start(WATCH_GRACE_SECONDS="3")
    await world.make()
    await world.until("Ready", "True")
    assert await world.is_alive()
    world.api.watches_hang = True
    await world.make(WHOLE | {"webhook": WHOLE["webhook"] | {"maxConnections": 9}})
    # Time alone brings the change about, though no event tells of it.
    await until(lambda: world.webhook() == Webhook(url=URL, secret=NEW, max_connections=9), 20)

    async def is_dead() -> bool:
        return not await world.is_alive()

    await eventually(is_dead, 40)
    world.api.well()
    world.kill()
    await world.supervisor.ready("operator")
    await eventually(world.is_alive, 20)


async def test_an_api_server_that_is_gone_comes_back_and_finds_it_waiting(world: World) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    deaths = world.supervisor.deaths("operator")
    await world.cluster.stop_api_server()
    try:
        await world.local.result("deleteWebhook")
        asked = len(world.api.asked)
        await until(lambda: len(world.api.asked) > asked + 2, 30)
        assert await world.is_alive()
    finally:
        await world.cluster.start_api_server()
    await until(lambda: world.webhook() == DONE, 60)
    assert world.supervisor.deaths("operator") == deaths


def telegram_says(code: int, words: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": code, "description": words, "parameters": parameters}
    return web.json_response(body, status=code)


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        ("TokenRefused", lambda: telegram_says(401, "Unauthorized")),
        ("Throttled", lambda: telegram_says(429, "Too Many Requests", retry_after=1)),
        ("TelegramDown", lambda: telegram_says(502, "Bad Gateway")),
        ("TelegramDown", lambda: web.Response(status=200, text="<html>")),
    ],
)
async def test_what_telegram_refuses_is_a_condition_and_is_tried_again(
    world: World, reason: str, make: Callable[[], web.Response]
) -> None:
    world.telegram.before = answering(make, lambda request: True)
    await world.start()
    await world.make()
    await world.until("TelegramReachable", "False", reason)
    refused = await world.metric('fotbot_telegram_token_refused{bot="fotbot"}')
    assert refused == (reason == "TokenRefused")
    assert await world.metric('fotbot_telegram_webhook_up{bot="fotbot"}') == 0
    world.telegram.well()
    await world.until("Ready", "True")
    assert world.webhook() == DONE
    assert TOKEN not in world.log


async def test_a_bot_api_that_is_silent_or_gone_is_a_condition(world: World) -> None:
    async def silent(_request: web.Request) -> web.StreamResponse | None:
        await asyncio.Event().wait()
        return None

    world.telegram.before = silent
    await world.start()
    await world.make()
    await world.until("TelegramReachable", "False", "TelegramSilent", 40)
    world.telegram.well()
    await world.until("Ready", "True", seconds=40)
    assert TOKEN not in world.log


async def test_a_secret_the_account_may_not_read_is_named(world: World) -> None:
    made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "another"}}
    await world.admin.apply({**made, **coded(webhook_secret=NEW)}, world.namespace.name)
    secret = {"secretRef": {"name": "another"}}
    await world.start()
    await world.make(WHOLE | {"webhook": WHOLE["webhook"] | secret})
    bot = await world.until("WebhookSet", "False", "Denied")
    message = next(
        one["message"] for one in bot["status"]["conditions"] if one["type"] == "WebhookSet"
    )
    assert "another" in message


async def test_a_floor_that_helm_applies_too_is_not_fought_over(world: World) -> None:
    path = world.namespace.within("autoscaling/v2/horizontalpodautoscalers", "fotbot-gateway")
    hpa = await world.admin.get(path)
    spec = {"maxReplicas": 10, "minReplicas": 4, "scaleTargetRef": hpa["spec"]["scaleTargetRef"]}
    await world.admin.apply(
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "fotbot-gateway"},
            "spec": spec,
        },
        world.namespace.name,
        manager="helm",
    )
    await world.start()
    await world.make()
    await world.until("Prescaled", "False", "AnotherManager")
    await world.floor_is(4)


async def test_a_copy_under_another_name_keeps_the_webhook(world: World) -> None:
    await world.start()
    await world.make()
    await world.until("Ready", "True")
    await world.make(WHOLE | {"prescaling": WHOLE["prescaling"] | {"enabled": False}}, "renamed")
    await world.admin.until(world.path("renamed"), lambda bot: condition(bot, "Ready")[0] == "True")
    await world.admin.delete(world.path())
    await world.admin.until(world.path(), lambda found: found is None)
    assert world.webhook() == DONE
    await world.admin.delete(world.path("renamed"))
    await world.admin.until(world.path("renamed"), lambda found: found is None)
    assert world.webhook() is None


def has_asked(world: World, calls: int) -> bool:
    return len(world.telegram.asked) >= calls


GONE = 'fotbot_operator_reconciles_total{outcome="gone"}'


@pytest.mark.parametrize("on_delete", ["Delete", "Retain"])
async def test_a_bot_that_is_deleted_half_way_leaves_nothing_behind(
    world: World, on_delete: str
) -> None:
    await world.start()
    for calls in (100, *range(9)):
        gone = await world.metric(GONE) or 0
        world.telegram.asked.clear()
        await world.make(WHOLE | {"onDelete": on_delete})
        await until(partial(has_asked, world, calls), 60)
        await world.admin.delete(world.path())
        await world.admin.until(world.path(), lambda found: found is None)

        async def is_over(before: float = gone) -> bool:
            return (await world.metric(GONE) or 0) > before

        await eventually(is_over, 30)
        await world.floor_is(1)
        if on_delete == "Delete":
            assert world.webhook() is None, f"deleted after {calls} calls"
        else:
            await world.local.result("deleteWebhook")


async def test_a_definition_that_is_taken_away_and_brought_back_is_served_again(
    world: World,
) -> None:
    await world.start(WATCH_GRACE_SECONDS="3")
    await world.make()
    await world.until("Ready", "True")
    definition = await world.admin.get(DEFINITION)
    await world.admin.delete(DEFINITION)  # and with it the bot, whose end is the operator's
    await world.admin.until(DEFINITION, lambda found: found is None)
    again = {name: definition[name] for name in ("apiVersion", "kind", "spec")}
    assert world.webhook() is None
    await world.admin.apply({**again, "metadata": {"name": definition["metadata"]["name"]}})
    await world.admin.until(DEFINITION, established)
    await world.make()

    async def done() -> bool:
        if await world.is_refused():
            world.kill()  # as the kubelet does when liveness fails
        return world.webhook() == DONE

    await eventually(done, 60)
    await world.until("Ready", "True", seconds=60)
