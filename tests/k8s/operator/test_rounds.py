"""Rounds of the reconciler on the local Telegram: what is set, what is left, what survives."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from k8s.bot_operator.api import ApiFault
from k8s.bot_operator.observed import Opening, Problem
from services.local.telegram.updates import Webhook
from tests.k8s.operator.making import NEW, NOW, OLD, PRESCALING, RAW, URL
from tests.k8s.operator.small_api import BOT, HPA, SECRET, SmallApi, coded, furnished
from tests.k8s.operator.stage import Stage, staged
from tests.local.telegram.running import TOKEN

COMMANDS = [
    {"language": "", "commands": [{"command": "start", "description": "Menu"}]},
    {"language": "ru", "commands": [{"command": "start", "description": "Меню"}]},
]
WHOLE: dict[str, Any] = {
    "commands": COMMANDS,
    "descriptions": [{"language": "", "description": "Football", "shortDescription": "Ball"}],
    "prescaling": PRESCALING,
    "onDelete": "Delete",
}
SOON = Opening(session_id=1, opens_at=NOW + timedelta(minutes=5), expected_taps=700)
THE_LOT = (
    "setWebhook",
    "setMyCommands",
    "setMyCommands",
    "setMyDescription",
    "setMyShortDescription",
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged(furnished(**WHOLE)) as made:
        yield made


def floor(api: SmallApi) -> int | None:
    value: int | None = api.objects[HPA]["spec"].get("minReplicas")
    return value


def wanted(stage: Stage) -> bool:
    """Whether all of the spec holds."""
    webhook = stage.local.telegram.updates.webhook()
    return (
        webhook == Webhook(url=URL, secret=NEW, max_connections=40)
        and stage.condition("Ready")[0] == "True"
        and floor(stage.api) == 2
        and stage.api.objects[BOT]["metadata"]["finalizers"] == ["fotbot.io/webhook"]
    )


async def test_one_round_makes_everything_so_and_a_second_sets_nothing(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    assert wanted(stage)
    assert tuple(stage.telegram.sets) == THE_LOT
    stage.telegram.sets.clear()
    writes = list(stage.api.writes)
    await stage.operator().round("fotbot")
    assert stage.telegram.sets == []
    assert stage.api.writes == writes
    assert stage.warned == []


async def test_a_token_is_in_nothing_that_is_written(stage: Stage) -> None:
    await stage.operator().round("fotbot")
    assert TOKEN not in repr(stage.api.objects[BOT])
    assert NEW not in repr(stage.api.objects[BOT])


async def test_drift_is_mended_by_time_alone(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    await stage.local.result("deleteWebhook")
    assert await operator.round("fotbot") == 30.0
    assert wanted(stage)


async def test_commands_are_looked_at_again_after_their_time(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    await stage.local.result("deleteMyCommands", language_code="ru")
    stage.telegram.sets.clear()
    await operator.round("fotbot")
    assert stage.telegram.sets == []
    stage.pass_time(minutes=11)
    await operator.round("fotbot")
    assert stage.telegram.sets == ["setMyCommands"]


async def test_a_rotation_waits_for_the_gateways(stage: Stage) -> None:
    stage.gateway.secrets = (OLD,)
    stage.api.put(SECRET, coded(bot_token=TOKEN, webhook_secret=OLD))
    operator = stage.operator()
    await operator.round("fotbot")
    both = coded(bot_token=TOKEN, webhook_secret=NEW, webhook_secret_previous=OLD)
    stage.api.put(SECRET, both)
    assert await operator.round("fotbot") == 5.0
    assert stage.local.telegram.updates.webhook() == Webhook(url=URL, secret=OLD)
    assert stage.condition("SecretInStep") == ("False", "WaitingForGateways")
    stage.gateway.secrets = (NEW, OLD)
    await operator.round("fotbot")
    assert wanted(stage)


async def test_a_foreign_webhook_is_an_alarm_with_an_event_and_stays(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    theirs = "https://other.example.net/hook"
    await stage.local.result("setWebhook", url=theirs)
    await operator.round("fotbot")
    await operator.round("fotbot")
    webhook = stage.local.telegram.updates.webhook()
    assert webhook is not None and webhook.url == theirs
    assert stage.condition("Ready") == ("False", "ForeignWebhook")
    assert [reason for reason, _ in stage.warned].count(
        "ForeignWebhook"
    ) == 2  # each condition once


async def test_a_floor_is_raised_for_the_window_and_lowered_after(stage: Stage) -> None:
    operator = stage.operator()
    stage.openings.known = [SOON]
    await operator.round("fotbot")
    assert floor(stage.api) == 7
    stage.pass_time(minutes=24)
    await operator.round("fotbot")
    assert floor(stage.api) == 7
    stage.pass_time(minutes=2)
    await operator.round("fotbot")
    assert floor(stage.api) == 2


async def test_a_silent_sessions_keeps_a_raised_floor_to_its_end_over_a_restart(
    stage: Stage,
) -> None:
    stage.openings.known = [SOON]
    await stage.operator().round("fotbot")
    stage.openings.known = Problem(reason="SessionsSilent", message="no answer")
    stage.pass_time(minutes=20)
    await stage.operator().round("fotbot")
    assert floor(stage.api) == 7
    assert stage.condition("Prescaled") == ("Unknown", "SessionsSilent")
    stage.pass_time(minutes=6)
    await stage.operator().round("fotbot")
    assert floor(stage.api) == 2


async def test_prescaling_that_ends_gives_the_floor_back(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    stage.api.put(BOT, stage.api.objects[BOT] | {"spec": RAW})
    await operator.round("fotbot")
    assert floor(stage.api) is None
    assert "prescaling" not in stage.api.objects[BOT]["status"]
    assert stage.condition("Prescaled") == ("", "")


@pytest.mark.parametrize("mode", ["before", "after"])
async def test_killed_at_any_step_the_next_one_converges(stage: Stage, mode: str) -> None:
    """Each call to Telegram or the API server is once the last that a process makes."""
    step = 1
    while await killed_at(stage, step, mode):
        stage.telegram.before = stage.telegram.after = lambda method: None
        stage.api.before = lambda verb, path: None
        await stage.operator().round("fotbot")
        assert wanted(stage), f"killed {mode} call {step}"
        begin_again(stage)
        step += 1
    assert step > len(THE_LOT)


def begin_again(stage: Stage) -> None:
    """As before the first round."""
    stage.api.objects.pop(BOT)
    stage.api.objects.pop(HPA)
    fresh = furnished(**WHOLE).objects
    for path in (BOT, HPA):
        stage.api.put(path, {"spec": fresh[path]["spec"]})
    stage.local.telegram.updates.set_webhook(None)
    for kept in ("commands:%", "description:%", "short_description:%"):
        stage.local.telegram.store.run("DELETE FROM settings WHERE name LIKE ?", kept)


class Killed(BaseException):
    """The process ends here."""


async def killed_at(stage: Stage, step: int, mode: str) -> bool:
    """Whether there was such a step."""
    calls = 0

    def counted(*_: str) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise Killed

    stage.api.before = counted
    if mode == "before":
        stage.telegram.before = counted
    else:
        stage.telegram.after = counted
    try:
        await stage.operator().round("fotbot")
    except (Killed, BaseExceptionGroup):
        return True
    return False


async def test_a_bot_that_is_deleted_takes_its_webhook_along(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    delete(stage)
    await operator.round("fotbot")
    assert stage.local.telegram.updates.webhook() is None
    assert BOT not in stage.api.objects
    assert floor(stage.api) is None
    assert await operator.round("fotbot") is None


async def test_a_bot_that_goes_without_waiting_has_its_floor_given_back(stage: Stage) -> None:
    stage.api.put(BOT, stage.api.objects[BOT] | {"spec": RAW | {"prescaling": PRESCALING}})
    operator = stage.operator()
    await operator.round("fotbot")
    assert floor(stage.api) == 2
    del stage.api.objects[BOT]
    assert await operator.round("fotbot") is None
    assert floor(stage.api) is None


async def test_another_bot_under_the_same_name_begins_anew(stage: Stage) -> None:
    stage.api.put(BOT, stage.api.objects[BOT] | {"spec": RAW | {"prescaling": PRESCALING}})
    operator = stage.operator()
    await operator.round("fotbot")
    stage.api.objects[BOT] = {}
    stage.api.put(BOT, {"spec": RAW, "metadata": {"uid": "another"}})
    await operator.round("fotbot")
    assert floor(stage.api) is None
    assert stage.condition("WebhookSet")[0] == "True"


async def test_a_deletion_waits_for_telegram_and_then_lets_go(stage: Stage) -> None:
    operator = stage.operator()
    await operator.round("fotbot")
    delete(stage)
    stage.api.put(SECRET, coded(webhook_secret=NEW))  # the token is gone already
    pause = await operator.round("fotbot")
    assert pause is not None and BOT in stage.api.objects
    stage.pass_time(minutes=11)
    await operator.round("fotbot")
    assert BOT not in stage.api.objects
    assert stage.local.telegram.updates.webhook() is not None


def delete(stage: Stage) -> None:
    bot = stage.api.objects[BOT]
    marked = bot["metadata"] | {"deletionTimestamp": stage.now.isoformat()}
    stage.api.put(BOT, bot | {"metadata": marked})


async def test_a_refused_token_is_told_and_retried_ever_more_slowly(stage: Stage) -> None:
    wrong = coded(bot_token="1000000:wrong", webhook_secret=NEW, webhook_secret_previous=OLD)
    stage.api.put(SECRET, wrong)
    operator = stage.operator()
    pauses = [await operator.round("fotbot") or 0.0 for _ in range(12)]
    assert stage.condition("TelegramReachable") == ("False", "TokenRefused")
    assert stage.condition("Ready")[0] == "False"
    assert pauses[0] <= 2.0 < pauses[5] <= max(pauses) <= 300.0
    assert [reason for reason, _ in stage.warned].count("TokenRefused") <= 3


async def test_a_secret_that_is_missing_is_named(stage: Stage) -> None:
    stage.api.put(SECRET, coded(bot_token=TOKEN))
    await stage.operator().round("fotbot")
    assert stage.condition("WebhookSet") == ("False", "SecretMissing")


async def test_without_the_finalizer_that_was_asked_for_nothing_is_set(stage: Stage) -> None:
    def refused(verb: str, path: str) -> None:
        if verb == "PATCH" and path == BOT:
            raise ApiFault(409, "somebody was quicker")

    stage.api.before = refused
    await stage.operator().round("fotbot")
    assert stage.telegram.sets == []
    assert stage.condition("WebhookSet") == ("False", "Conflict")
    assert "secretMark" not in stage.api.objects[BOT]["status"]["webhook"]
    stage.api.before = lambda verb, path: None
    await stage.operator().round("fotbot")
    assert wanted(stage)


@pytest.mark.parametrize("secret", ["short", "with spaces " * 4, "n" * 257])
async def test_a_secret_that_the_gateways_would_not_take_is_not_told_to_telegram(
    stage: Stage, secret: str
) -> None:
    stage.api.put(SECRET, coded(bot_token=TOKEN, webhook_secret=secret))
    await stage.operator().round("fotbot")
    assert stage.condition("WebhookSet") == ("False", "SecretMalformed")
    assert stage.local.telegram.updates.webhook() is None


async def test_a_bad_spec_is_a_condition_and_moves_nothing(stage: Stage) -> None:
    spec = RAW | {"webhook": RAW["webhook"] | {"url": "http://bot.example.org/x"}}
    stage.api.put(BOT, stage.api.objects[BOT] | {"spec": spec})
    await stage.operator().round("fotbot")
    assert stage.condition("Ready") == ("False", "InvalidSpec")
    assert stage.telegram.sets == []
    assert tuple(reason for reason, _ in stage.warned) == ("InvalidSpec",)


@pytest.mark.parametrize("status", [0, 403, 409, 410, 429, 500, 503])
async def test_an_api_server_that_refuses_ends_a_round_and_nothing_else(
    stage: Stage, status: int
) -> None:
    operator = stage.operator()

    def refused(verb: str, path: str) -> None:
        raise ApiFault(status, "no", retry_after=7.0 if status == 429 else 0.0)

    stage.api.before = refused
    pause = await operator.round("fotbot")
    assert pause is not None and pause >= (7.0 if status == 429 else 1.0)
    stage.api.before = lambda verb, path: None
    await operator.round("fotbot")
    assert wanted(stage)
