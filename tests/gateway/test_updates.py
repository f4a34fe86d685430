"""An update's life, from the raw body to the reply."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from services.gateway.texts import texts_for
from services.local.stores.valkey import ValkeyCluster
from tests.gateway.gate import Gate, World, body, gate, new_id, world
from tests.gateway.small_talk import Fresh, Join, Look, handled


@pytest_asyncio.fixture(scope="module", name="behind")
async def services_behind(valkey: ValkeyCluster) -> AsyncIterator[World]:
    async with world(valkey.url) as behind:
        yield behind


@pytest_asyncio.fixture(scope="module", name="gateway")
async def one_gateway(behind: World) -> AsyncIterator[Gate]:
    async with gate(behind) as opened:
        yield opened


async def test_a_message_is_answered_in_the_body(gateway: Gate) -> None:
    person = new_id()
    reply = await gateway.say(person, "/ping  one two")
    assert reply.status == 200
    assert body(reply)["method"] == "sendMessage"
    assert body(reply)["chat_id"] == person
    assert body(reply)["text"] == "pong one two"


async def test_a_tap_is_answered_by_a_toast_and_its_card_is_edited_by_the_sender(
    gateway: Gate, behind: World
) -> None:
    person = new_id()
    reply = await gateway.tap(person, Join(session_id=1).pack())
    toast = body(reply)
    assert toast["method"] == "answerCallbackQuery"
    assert toast["text"].startswith("in: ")
    await behind.sender.until(lambda: any(s["chat_id"] == person for s in behind.sender.screens))
    [edit] = [screen for screen in behind.sender.screens if screen["chat_id"] == person]
    assert (edit["method"], edit["message_id"]) == ("editMessageText", 5)
    assert edit["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "tl:1"


async def test_a_fresh_answer_to_a_tap_is_a_new_message(gateway: Gate, behind: World) -> None:
    person = new_id()
    await gateway.tap(person, Fresh().pack())
    await behind.sender.until(lambda: any(s["chat_id"] == person for s in behind.sender.screens))
    [screen] = [screen for screen in behind.sender.screens if screen["chat_id"] == person]
    assert (screen["method"], screen["message_id"]) == ("sendMessage", 0)


async def test_an_update_delivered_five_times_has_one_effect_and_one_answer(
    gateway: Gate, behind: World
) -> None:
    person, update_id = new_id(), new_id()
    before = len(behind.sessions.entries)
    replies = [await gateway.say(person, "/join 1", update_id) for _ in range(5)]
    assert len(behind.sessions.entries) == before + 1
    assert len({reply.body for reply in replies}) == 1


async def test_a_refusal_is_told_in_the_persons_language(gateway: Gate) -> None:
    reply = await gateway.tap(new_id(), Join(session_id=2).pack())
    assert reply.status == 200
    assert body(reply)["text"] == texts_for("en").refusal("SESSION_NOT_FOUND")


async def test_a_button_nobody_knows_gets_a_polite_toast(gateway: Gate) -> None:
    for data in ("gone:1", "tj:not-a-number", "tj", "", "tj:1:2"):
        reply = await gateway.tap(new_id(), data)
        assert body(reply)["text"] == texts_for("en").toast("stale")


async def test_what_nothing_takes_goes_to_otherwise(gateway: Gate) -> None:
    assert body(await gateway.say(new_id(), "hello"))["text"] == "what?"
    assert body(await gateway.say(new_id(), "/unknown"))["text"] == "what?"


async def test_a_deep_link_comes_before_start(gateway: Gate) -> None:
    assert body(await gateway.say(new_id(), "/start s_12"))["text"] == "link 12"
    assert body(await gateway.say(new_id(), "/start other"))["text"] == "pong other"
    assert body(await gateway.say(new_id(), "/start@fotbottest s_1"))["text"] == "link 1"


async def test_a_conversation_goes_on_and_a_replayed_step_repeats_its_answer(
    gateway: Gate,
) -> None:
    person, first, second = new_id(), new_id(), new_id()
    assert body(await gateway.say(person, "/talk"))["text"] == "first?"
    asked = await gateway.say(person, "one", first)
    assert body(asked)["text"] == "second after one?"
    assert await gateway.say(person, "one", first) == asked
    told = await gateway.say(person, "two", second)
    assert body(told)["text"] == "said one two"
    assert await gateway.say(person, "two", second) == told
    assert await gateway.say(person, "one", first) == asked
    assert (handled[first], handled[second]) == (1, 1)
    assert body(await gateway.say(person, "three"))["text"] == "what?"


async def test_a_sticker_where_words_are_due_is_asked_for_again(gateway: Gate) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    reply = await gateway.give({"message": _sticker(person)})
    assert body(reply)["text"] == "words, please"
    assert body(await gateway.say(person, "now"))["text"] == "second after now?"


async def test_a_command_comes_before_the_step(gateway: Gate) -> None:
    person = new_id()
    await gateway.say(person, "/talk")
    assert body(await gateway.say(person, "/ping"))["text"] == "pong "
    assert body(await gateway.say(person, "go on"))["text"] == "second after go on?"


async def test_a_bug_is_an_apology_and_a_quarantined_update(gateway: Gate, behind: World) -> None:
    update_id = new_id()
    reply = await gateway.say(new_id(), "/broken", update_id)
    assert reply.status == 200
    assert body(reply)["text"] == texts_for("en")("broken")
    await behind.sender.until(lambda: update_id in behind.sender.quarantined)
    assert b"/broken" in behind.sender.quarantined[update_id].payload
    assert behind.sender.quarantined[update_id].error == "ZeroDivisionError: secretly"


async def test_json_that_is_no_update_is_quarantined_and_not_sent_again(
    gateway: Gate, behind: World
) -> None:
    for raw in (b"[]", b"null", b"7", b'{"message": {}}', b'{"update_id": 1.5, "message": {}}'):
        before = len(behind.sender.quarantined)
        reply = await gateway.updates.handle(raw)
        assert (reply.status, reply.body) == (200, b"")
        await behind.sender.until(lambda seen=before: len(behind.sender.quarantined) > seen)


async def test_what_aiogram_does_not_take_is_quarantined_too(gateway: Gate, behind: World) -> None:
    update_id, person = new_id(), new_id()
    event = {"message_id": "x", "date": {}, "chat": {"id": person, "type": "private"}}
    named = {"from": {"id": person, "is_bot": False, "first_name": "A"}, "text": "hello"}
    reply = await gateway.give({"message": {**event, **named}}, update_id)
    assert (reply.status, reply.body) == (200, b"")
    await behind.sender.until(lambda: update_id in behind.sender.quarantined)


async def test_a_person_sees_his_own_write(gateway: Gate, behind: World) -> None:
    person = new_id()
    await gateway.say(person, "/join 1")
    written = behind.sessions.wal
    await gateway.tap(person, Look(session_id=1).pack())
    assert behind.sessions.positions[-1] == written
    await gateway.tap(new_id(), Look(session_id=1).pack())
    assert behind.sessions.positions[-1] == 0


async def test_in_a_group_a_command_gets_the_way_to_the_private_chat(gateway: Gate) -> None:
    group = {"chat": {"id": -100, "type": "supergroup", "title": "G"}}
    reply = await gateway.say(new_id(), "/ping@FotbotTest", **group)
    [[button]] = body(reply)["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/FotbotTest"
    assert body(reply)["chat_id"] == -100
    for talk in ("hello", "/ping@OtherBot"):
        assert await gateway.say(new_id(), talk, **group) == _silent()


async def test_bots_channels_and_unknown_kinds_are_ignored(gateway: Gate) -> None:
    bot = {"id": new_id(), "is_bot": True, "first_name": "B"}
    assert await gateway.say(new_id(), "/ping", **{"from": bot}) == _silent()
    post = {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "channel"}, "text": "/ping"}
    assert await gateway.give({"channel_post": post}) == _silent()
    assert await gateway.give({"message": post}) == _silent()
    assert await gateway.give({"something_new": {"x": 1}}) == _silent()


async def test_an_admin_who_hides_behind_his_group_is_told_kindly(gateway: Gate) -> None:
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    group = {"id": -100, "type": "supergroup", "title": "G"}
    reply = await gateway.say(new_id(), "/ping", **{"from": hidden, "chat": group})
    assert body(reply)["text"] == texts_for("uz")("group.private")


async def test_who_blocks_the_bot_is_told_to_users(gateway: Gate, behind: World) -> None:
    person = new_id()
    for status, reachable in (("kicked", False), ("member", True)):
        event = {
            "chat": {"id": person, "type": "private"},
            "from": {"id": person, "is_bot": False, "first_name": "A"},
            "new_chat_member": {"status": status},
        }
        assert await gateway.give({"my_chat_member": event}) == _silent()
        assert behind.users.reachable[person] is reachable


async def test_nul_and_lone_surrogates_never_reach_a_handler(gateway: Gate) -> None:
    reply = await gateway.updates.handle(
        b'{"update_id": %d, "message": {"message_id": 1, "date": 1, "text": "/ping a\\u0000b'
        b"\\ud800c"
        b'\\ud83d\\ude00", "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": false,'
        b' "first_name": "A"}}}' % new_id()
    )
    assert body(reply)["text"] == "pong abc\N{GRINNING FACE}"


def _sticker(person: int) -> dict[str, object]:
    return {
        "message_id": 9,
        "date": 1_760_000_000,
        "chat": {"id": person, "type": "private"},
        "from": {"id": person, "is_bot": False, "first_name": "Ali"},
        "dice": {"emoji": "x", "value": 3},
    }


def _silent() -> object:
    from services.gateway.updates import Reply

    return Reply(status=200)
