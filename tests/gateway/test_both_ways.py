"""The short way and aiogram's lead every shortcut and button of every feature to one handler."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
import pytest_asyncio
from aiogram.filters.callback_data import CallbackData
from pydantic import TypeAdapter, ValidationError

from services.chassis.deadline import budget
from services.gateway.answers import Answer
from services.gateway.arrivals import Arrival, Bot, Writing
from services.gateway.dispatcher import FEATURES
from services.gateway.features.feature import Feature
from services.gateway.quick_reading import read
from services.gateway.texts import LANGUAGES, texts_for
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, gate, message, new_id, pressed, world

SAMPLES = ("1", "a" * 22, "ru", "venue", "0", "goalkeeper", "teams", "p")


def telling(feature: Feature) -> Feature:
    """The same tables; each handler says its place and what it was given."""

    def teller(place: object) -> Any:
        async def tell(_call: object, *given: object) -> Answer:
            return Answer(toast=f"{feature.name} {place} {given}")

        return tell

    tables: dict[str, Any] = {
        name: {key: teller(key) for key in getattr(feature, name)}
        for name in ("commands", "deep_links", "menu", "taps", "step_taps", "steps")
    }
    return replace(feature, **tables, otherwise=feature.otherwise and teller("otherwise"))


def sample(kind: type[CallbackData]) -> CallbackData:
    """Some valid data of this class."""
    return kind(**{name: _fitting(field) for name, field in kind.model_fields.items()})


def _fitting(field: Any) -> object:
    whole = TypeAdapter(field.annotation if not field.metadata else _annotated(field))
    for value in SAMPLES:
        try:
            return whole.validate_python(value)
        except ValidationError:
            continue
    raise AssertionError(f"no sample fits {field}")


def _annotated(field: Any) -> Any:
    return Annotated[(field.annotation, *field.metadata)]


def inputs(feature: Feature) -> Iterator[dict[str, Any]]:
    """One event for each way into the feature."""
    yield from (message(7, f"/{name} some words") for name in feature.commands)
    yield from (message(7, f"/start {prefix}rest") for prefix in feature.deep_links)
    for key in feature.menu:
        yield from (message(7, texts_for(language).plain(key)) for language in LANGUAGES)
    yield from (pressed(7, sample(kind).pack()) for kind in feature.buttons)


@pytest_asyncio.fixture(scope="module", name="gateway")
async def telling_gateway(valkey: ValkeyCluster) -> AsyncIterator[Gate]:
    features = tuple(map(telling, FEATURES))
    async with world(valkey.url) as behind, gate(behind, features) as opened:
        yield opened


def arrival(gateway: Gate, event: dict[str, Any]) -> Arrival:
    raw = json.dumps({"update_id": new_id(), **event}).encode()
    incoming = read(raw)
    held_back = gateway.updates.held_back
    bot = Bot(bot_id=gateway.world.sender.bot_id, username="FotbotTest")
    return Arrival(
        incoming=incoming,
        person=7,
        raw=raw,
        bot=bot,
        at=datetime.now(UTC),
        remembered=None,
        shortcut=gateway.updates.shortcuts.find(incoming.text, bot.username),
        writing=Writing(held_back=held_back, update_id=incoming.update_id, known=False),
    )


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
async def test_both_ways_give_the_same_answer(gateway: Gate, feature: Feature) -> None:
    dispatcher = gateway.updates.dispatcher
    for event in inputs(feature):
        came = arrival(gateway, event)
        assert dispatcher.goes_short(came)
        with budget(30):
            by_short_way = await dispatcher.answer(came)
            by_aiogram = await dispatcher.answer_by_aiogram(copy(came))
        assert by_short_way == by_aiogram
        told = json.loads(by_short_way.body)["text"]
        assert told.startswith(f"{feature.name} ")
        assert "otherwise" not in told


async def test_words_steps_groups_and_strange_buttons_go_by_aiogram(gateway: Gate) -> None:
    in_group = {"chat": {"id": -100, "type": "supergroup", "title": "G"}}
    for event in (
        message(7, "just words"),
        message(7, "/nosuchcommand"),
        message(7, "/start", **in_group),
        pressed(7, "gone:1"),
        pressed(7, "sj:" + "1" * 70),
    ):
        assert not gateway.updates.dispatcher.goes_short(arrival(gateway, event))
