"""What strangers bring to the webhook's door: refused without a word, a 5xx or a second effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from services.gateway.features.sessions.callbacks import JoinSession
from tests.badinput.door import JSON_TYPE, Visitor, bugs, knock
from tests.badinput.rough_city import Rough
from tests.e2e.city import SECRET
from tests.e2e.league import IDS, league
from tests.e2e.webhook import HEADER, Json, message, tap


@pytest_asyncio.fixture(autouse=True)
async def no_bug(rough: Rough) -> Any:
    """Whatever comes, no process logs an error of its own."""
    before = rough.errors()
    yield
    assert not bugs(rough, before)


def update(**others: Any) -> Json:
    return {**message(next(IDS), "/help"), **others}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"update_id": 1, "message":', id="B1 cut off"),
        pytest.param(b'{"update_id": NaN}', id="B1 not a number"),
        pytest.param(b"", id="B2 empty"),
        pytest.param(b" \n", id="B2 blank"),
        pytest.param(b'{"update_id": 1, "x": "\xff"}', id="B3 not UTF-8"),
        pytest.param('{"update_id": 1}'.encode("utf-16"), id="B3 UTF-16"),
        pytest.param(b'{"update_id":' + b"[" * 100_000, id="B8 deep"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="B8 deep and whole"),
    ],
)
async def test_what_is_not_json_is_400_without_a_word(rough: Rough, body: bytes) -> None:
    reply = await knock(rough, body)
    assert (reply.status, reply.headers["body"]) == (400, "")


@pytest.mark.parametrize("body", ["[]", "null", "7", '"text"', "{}", '{"message": {}}'])
async def test_json_that_is_no_update_is_kept_for_a_developer_once(rough: Rough, body: str) -> None:
    replies = [await knock(rough, body) for _ in range(3)]
    assert {(reply.status, reply.headers["body"]) for reply in replies} == {(200, "")}


async def test_of_a_key_that_comes_twice_the_last_counts(rough: Rough) -> None:
    person = next(IDS)
    body = json.dumps(message(person, "/help"))
    twice = body.replace('"text": "/help"', '"text": "x", "text": "/help"', 1)
    assert (await knock(rough, twice)).body == (
        await knock(rough, json.dumps(message(person, "/help")))
    ).body


async def test_two_mebibytes_are_413(rough: Rough) -> None:
    # The door closes before it has read all: who still writes may not get to read the answer.
    with suppress(aiohttp.ClientConnectionError):
        assert (await knock(rough, b" " * (2 * 1024 * 1024))).status == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_another_content_type_is_no_reason_to_fail(rough: Rough, kind: str) -> None:
    headers = {HEADER: SECRET, "Content-Type": kind}
    assert (await knock(rough, json.dumps(update()), headers)).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "DELETE", "PATCH", "HEAD"])
async def test_another_method_is_405_without_detail(rough: Rough, method: str) -> None:
    reply = await knock(rough, method=method)
    assert (reply.status, reply.headers["body"]) == (405, "")


def wrong_secrets() -> Iterator[dict[str, str]]:
    yield {}
    for given in (
        "",
        "wrong",
        SECRET[:-1],
        SECRET + "x",
        SECRET.swapcase(),
        " ",
        "é",
        "секрет" * 9,
    ):
        yield {HEADER: given}


@pytest.mark.parametrize("given", list(wrong_secrets()), ids=str)
async def test_a_wrong_secret_is_401_without_a_word(rough: Rough, given: dict[str, str]) -> None:
    reply = await knock(rough, json.dumps(update()), {**JSON_TYPE, **given})
    assert (reply.status, reply.headers["body"]) == (401, "")


async def test_who_says_he_comes_from_telegrams_address_is_not_believed(rough: Rough) -> None:
    forged = {"X-Forwarded-For": "149.154.167.220", "X-Real-IP": "149.154.167.220", **JSON_TYPE}
    assert (await knock(rough, json.dumps(update()), forged)).status == 401
    strange = {"X-Forwarded-For": "203.0.113.9", HEADER: SECRET, **JSON_TYPE}
    assert (await knock(rough, json.dumps(update()), strange)).status == 200


async def test_an_old_update_played_again_has_its_effect_once(rough: Rough) -> None:
    async with league(rough.city) as made:
        session, member = await made.session(capacity=5), await made.member()
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        replies = [await knock(rough, json.dumps(join)) for _ in range(4)]
        assert {reply.toast for reply in replies} == {replies[0].toast}
        assert (await made.seen(session.id, member)).session.taken == 1


async def test_kinds_and_fields_that_nobody_knows_are_200(rough: Rough) -> None:
    new = {"update_id": next(IDS), "telepathy": {"from": {"id": 1}, "thought": "x"}}
    assert (await knock(rough, json.dumps(new))).status == 200
    known = update(aura={"colour": "green"})
    known["message"]["mood"] = [{"deep": {"er": None}}]
    assert (await knock(rough, json.dumps(known))).body["method"] == "sendMessage"


async def test_nobody_bots_and_hidden_admins_are_told_kindly_or_not_at_all(rough: Rough) -> None:
    group = {"id": -1001, "type": "supergroup", "title": "G"}
    channel = message(next(IDS), "/help")
    del channel["message"]["from"]
    assert (await knock(rough, json.dumps(channel))).body == {}
    bot = message(next(IDS), "/help")
    bot["message"]["from"]["is_bot"] = True
    assert (await knock(rough, json.dumps(bot))).body == {}
    hidden = message(1087968824, "/help")
    hidden["message"]["from"]["is_bot"] = True
    hidden["message"]["chat"] = group
    assert (await knock(rough, json.dumps(hidden))).body["chat_id"] == group["id"]


@pytest.mark.parametrize(
    ("telegram_id", "answered"),
    [
        (2**31 + 7, True),
        (2**52 + 7, True),
        (2**63 - 1, True),
        (2**63, False),
        (0, False),
        (-5, False),
    ],
)
async def test_a_large_id_is_somebody_and_an_impossible_one_nobody(
    rough: Rough, telegram_id: int, answered: bool
) -> None:
    reply = await knock(rough, json.dumps(message(telegram_id, "/help")))
    assert (reply.status, bool(reply.body)) == (200, answered)


async def test_nul_and_halves_of_letters_never_reach_a_store(rough: Rough) -> None:
    visitor = Visitor(rough=rough)
    told = await visitor.signs_up("A\0li\ud800 Vali\0")
    assert "Ali Vali" in told
