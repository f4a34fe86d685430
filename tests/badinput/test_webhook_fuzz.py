"""Updates of every type the Bot API knows, broken in every way, at the real webhook: no 5xx, no
traceback, and one that comes twice leaves nothing twice."""

from __future__ import annotations

import asyncio
import json

import pytest
import pytest_asyncio

from tests.badinput.amount import TIMES, chances
from tests.badinput.bodies import Bodies, kinds
from tests.badinput.door import Visitor, bugs, knock
from tests.badinput.rough_city import Rough
from tests.e2e.city import ADMIN
from tests.e2e.league import IDS, league
from tests.e2e.webhook import Reply
from tests.gateway.features.test_callbacks import EXTREME, callbacks

ROUNDS = 14 * TIMES
HELD_SECONDS = 60.0
SMALL = {name: 1 for name, value in EXTREME.items() if type(value) is int}
METHODS = {None, "answerCallbackQuery", "sendMessage", "sendPhoto", "editMessageText"}
# Notices leave and updates are put into quarantine by themselves, in their own time.
OTHERS = ("sender.",)


@pytest_asyncio.fixture(scope="module", name="people")
async def known_people(rough: Rough) -> list[int]:
    """A player, an organiser, the admin, a newcomer half way and strangers."""
    async with league(rough.city) as made:
        organiser, player = await made.organiser(), await made.member()
        await made.session(capacity=4, organiser=organiser)
    newcomer = Visitor(rough=rough)
    await newcomer.at_the_name()
    strangers = [next(IDS) for _ in range(6)]
    known = [organiser.telegram_id, player.telegram_id, ADMIN, newcomer.telegram_id]
    return [*known, *strangers]


def buttons() -> list[str]:
    """Of every kind, with small and with the most extreme values."""
    kinds_of_them = sorted(callbacks(), key=lambda kind: kind.__prefix__)
    return [
        kind(**{name: values[name] for name in kind.model_fields}).pack()
        for kind in kinds_of_them
        for values in (EXTREME, {**EXTREME, **SMALL})
    ]


def judged(reply: Reply, body: str) -> None:
    assert reply.status in (200, 400), (reply.status, body[:2000])
    assert reply.body.get("method") in METHODS, (reply.body, body[:2000])
    assert "Traceback" not in reply.headers["body"]


async def pressed_at_last(rough: Rough, body: str) -> Reply:
    """Of a known button that may write: it is brought again while a busy machine holds it back."""
    async with asyncio.timeout(HELD_SECONDS):
        while (reply := await knock(rough, body)).status == 503:  # noqa: ASYNC110
            await asyncio.sleep(float(reply.headers["Retry-After"]))
    return reply


async def rows(rough: Rough) -> dict[str, int]:
    found = await rough.rows()
    return {name: count for name, count in found.items() if not name.startswith(OTHERS)}


async def brought(rough: Rough, bodies: list[str]) -> None:
    for reply, body in zip(
        await asyncio.gather(*(knock(rough, body) for body in bodies)), bodies, strict=True
    ):
        judged(reply, body)


async def test_no_update_of_any_type_breaks_anything_or_is_stored_twice(
    rough: Rough, people: list[int]
) -> None:
    before = rough.errors()
    made = Bodies(chances("bodies"), people, buttons())
    hot = ["message", "callback_query", "edited_message"]
    for number in range(ROUNDS):
        wanted = [*kinds(), *hot, *hot] if number % 7 == 0 else hot * 3
        made.chance.shuffle(wanted)
        # One update a person at a time, as Telegram brings them.
        batch = [
            json.dumps(made.update(kind, next(IDS) + 10**9, people[place % len(people)]))
            for place, kind in enumerate(wanted[: len(people)])
        ]
        await brought(rough, batch)
        left = await rows(rough)
        await brought(rough, batch)
        # Fewer may be left: who has had himself deleted is erased meanwhile.
        grown = {name: n for name, n in (await rows(rough)).items() if n > left[name]}
        assert grown == {}
    if found := bugs(rough, before):
        pytest.fail("\n".join(found[:5]), pytrace=False)


async def test_every_button_forged_is_answered_over_the_chat(
    rough: Rough, people: list[int]
) -> None:
    before = rough.errors()
    made = Bodies(chances("buttons"), people, buttons())
    forged = [*made.buttons, *(made.button() for _ in range(150 * TIMES))]
    for start in range(0, len(forged), len(people)):
        batch = []
        for person, data in zip(people, forged[start : start + len(people)], strict=False):
            who = {"id": person, "is_bot": False, "first_name": "Ali", "language_code": "en"}
            chat = {"id": person, "type": "private", "first_name": "Ali"}
            under = {"message_id": 9, "date": 1_760_000_000, "chat": chat, "text": "card"}
            pressed = {"id": str(next(IDS)), "from": who, "message": under, "chat_instance": "1"}
            update = {"update_id": next(IDS) + 10**9, "callback_query": {**pressed, "data": data}}
            batch.append(json.dumps(update))
        replies = await asyncio.gather(*(pressed_at_last(rough, body) for body in batch))
        for reply, body in zip(replies, batch, strict=True):
            judged(reply, body)
            assert reply.body.get("method") == "answerCallbackQuery", (reply.body, body)
    if found := bugs(rough, before):
        pytest.fail("\n".join(found[:5]), pytrace=False)
