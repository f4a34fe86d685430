"""Screens: after the notices, as fast as the limits allow, the newest per message."""

import grpc
import pytest
from fotbot.sender.v1.sender_service_pb2 import (
    GetBotRequest,
    QuarantineUpdateRequest,
    ScreenCall,
    SendNoticesRequest,
    ShowScreensRequest,
)
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceStub
from pydantic import SecretStr

from services.chassis.db import Database
from services.chassis.errors import Kind, RemoteRefusal
from services.chassis.setting_groups import StoreSettings
from services.gateway.sender import messages
from services.gateway.sender.refusals import ScreenInvalid
from tests.eventually import eventually
from tests.fakes.telegram_api import BLOCKED, NOT_MODIFIED, Reply, throttled
from tests.gateway.sender.fake_users import CHAT
from tests.gateway.sender.rig import Sender, World, edit, notice, sender


async def show(to: Sender, *calls: ScreenCall) -> int:
    reply = await to.stub.ShowScreens(ShowScreensRequest(calls=calls), timeout=3)
    return int(reply.accepted)


async def test_a_screen_is_shown_in_its_chat(world: World) -> None:
    async with sender(world) as running:
        assert await show(running, edit("hello")) == 1
        await eventually(lambda: came(world, 1))
    [call] = world.telegram.done
    assert call.method == "editMessageText"
    assert call.parameters == {"text": "hello", "chat_id": CHAT + 3, "message_id": 5}


async def test_a_photo_is_a_screen_too(world: World) -> None:
    parameters = '{"photo": "file-1", "caption": "receipt"}'
    photo = ScreenCall(chat_id=CHAT + 3, method="sendPhoto", parameters=parameters)
    async with sender(world) as running:
        assert await show(running, photo) == 1
        await eventually(lambda: came(world, 1))
    [call] = world.telegram.done
    assert call.method == "sendPhoto"
    assert call.parameters == {"photo": "file-1", "caption": "receipt", "chat_id": CHAT + 3}


async def came(world: World, count: int) -> bool:
    return len(world.telegram.done) >= count


async def test_notices_go_before_screens(world: World) -> None:
    async with sender(world) as running:
        await running.limits.pause(2.0)
        await show(running, *(edit("screen", user) for user in range(10, 30)))
        notices = [notice(f"n{user}", user) for user in range(30, 50)]
        await running.stub.SendNotices(SendNoticesRequest(notices=notices), timeout=3)
        await eventually(lambda: came(world, 40))
    methods = [call.method for call in world.telegram.done]
    # At the border two calls are under way together.
    assert methods[:18] == ["sendMessage"] * 18
    assert methods[-18:] == ["editMessageText"] * 18


async def test_many_edits_of_one_message_become_the_newest(world: World) -> None:
    async with sender(world) as running:
        world.telegram.open.clear()
        await show(running, edit("0"))
        await eventually(lambda: under_way(running))
        for number in range(1, 30):
            await show(running, edit(str(number)))
        world.telegram.open.set()
        await eventually(lambda: came(world, 2))
    assert [call.text for call in world.telegram.done] == ["0", "29"]
    first, second = world.telegram.done
    assert second.at - first.at >= 0.9


async def under_way(running: Sender) -> bool:
    return running.dispatcher.under_way > 0


async def test_an_answer_to_a_tap_waits_for_no_limit(world: World) -> None:
    answer = ScreenCall(method="answerCallbackQuery", parameters='{"callback_query_id": "1"}')
    async with sender(world) as running:
        await running.limits.pause(30)
        await show(running, *([answer] * 50))
        await eventually(lambda: came(world, 50), seconds=3)
    assert {call.method for call in world.telegram.done} == {"answerCallbackQuery"}


async def test_screens_survive_a_429_and_an_error(world: World) -> None:
    world.telegram.replies += [throttled(1), Reply(status=500, description="Internal")]
    async with sender(world) as running:
        await show(running, edit("a", 10), edit("b", 11))
        await eventually(lambda: came(world, 2))
    assert {call.text for call in world.telegram.done} == {"a", "b"}


async def test_a_screen_that_is_as_it_should_be_is_not_sent_again(world: World) -> None:
    world.telegram.replies.append(NOT_MODIFIED)
    async with sender(world) as running:
        await show(running, edit("same", 10))
        await show(running, edit("other", 11))
        await eventually(lambda: came(world, 1))
    assert len(world.telegram.calls) == 3  # getMe and one each


async def test_a_group_that_became_a_supergroup_gets_its_screen(world: World) -> None:
    moved = Reply(description="upgraded", parameters={"migrate_to_chat_id": -1009})
    world.telegram.replies.append(moved)
    call = ScreenCall(chat_id=-5, method="sendMessage", parameters='{"text": "hi"}')
    async with sender(world) as running:
        await show(running, call)
        await eventually(lambda: came(world, 1))
    assert world.telegram.done[0].chat_id == -1009


async def test_a_blocked_screen_marks_the_person_but_never_a_group(world: World) -> None:
    world.telegram.blocked.update({CHAT + 3, -5})
    group = ScreenCall(chat_id=-5, method="sendMessage", parameters='{"text": "hi"}')
    async with sender(world) as running:
        await show(running, group, edit("hello"))
        await eventually(lambda: marked(world, 3))
        await eventually(lambda: refused(world, 2))
    assert world.users.unreachable == {3}


async def marked(world: World, user_id: int) -> bool:
    return user_id in world.users.unreachable


async def refused(world: World, count: int) -> bool:
    return sum(call.status == BLOCKED.status for call in world.telegram.calls) >= count


async def test_a_crowd_is_sent_at_the_bots_rate(world: World) -> None:
    async with sender(world, rate=25) as running:
        await show(running, *(edit("x", user) for user in range(10, 60)))
        await eventually(lambda: came(world, 50))
    moments = sorted(call.at for call in world.telegram.done)
    # The calls arrive with the network's jitter.
    assert all(last - first > 0.85 for first, last in zip(moments, moments[25:], strict=False))
    assert moments[-1] - moments[0] < 4


@pytest.mark.parametrize(
    "call",
    [
        ScreenCall(chat_id=1, method="deleteWebhook", parameters="{}"),
        ScreenCall(chat_id=1, method="sendMessage", parameters="[]"),
        ScreenCall(chat_id=1, method="sendMessage", parameters="{"),
        ScreenCall(chat_id=1, method="sendMessage", parameters="[" * 50_000),
        ScreenCall(chat_id=1, method="sendMessage", message_id=5, parameters="{}"),
        ScreenCall(chat_id=1, method="editMessageText", parameters="{}"),
        ScreenCall(method="sendMessage", parameters="{}"),
    ],
)
def test_what_is_no_screen_is_refused(call: ScreenCall) -> None:
    with pytest.raises(ScreenInvalid):
        messages.screen(call, now=0.0)


async def test_a_refusal_says_its_reason_on_the_wire(world: World) -> None:
    async with sender(world) as running:
        with pytest.raises(RemoteRefusal) as refusal:
            await show(running, edit("good"), ScreenCall(chat_id=1, method="close"))
        assert (refusal.value.kind, refusal.value.reason) == (Kind.INVALID, "SCREEN_INVALID")
    assert world.telegram.done == []


async def test_more_than_a_hundred_items_are_refused(world: World) -> None:
    async with sender(world) as running:
        with pytest.raises(RemoteRefusal, match="TOO_MANY_ITEMS"):
            await show(running, *([edit("x")] * 101))
        notices = [notice(f"n{number}") for number in range(101)]
        with pytest.raises(RemoteRefusal, match="TOO_MANY_ITEMS"):
            await running.stub.SendNotices(SendNoticesRequest(notices=notices), timeout=3)


async def test_a_notice_that_could_never_be_sent_is_refused(world: World) -> None:
    bad_zone, no_id, nobody, no_kind = notice("n1"), notice(""), notice("n2", 0), notice("n3")
    bad_zone.session.time_zone = "../etc/passwd"
    no_kind.kind = 99  # type: ignore[assignment]
    async with sender(world) as running:
        for bad in (bad_zone, no_id, nobody, no_kind):
            with pytest.raises(RemoteRefusal, match="NOTICE_INVALID"):
                await running.stub.SendNotices(SendNoticesRequest(notices=[bad]), timeout=3)
    assert await world.states() == {}


async def test_the_bot_is_known_from_telegram(world: World) -> None:
    async with sender(world) as running:
        bot = await running.stub.GetBot(GetBotRequest(), timeout=3)
    assert (bot.bot_id, bot.username) == (world.bot_id, "fotbot")


async def test_without_postgres_notices_are_unavailable_and_screens_go_on(world: World) -> None:
    nowhere = StoreSettings(database_url=SecretStr("postgresql://sender@127.0.0.1:1/none"))
    async with Database.open(nowhere, "sender") as away:
        world.database = away
        async with sender(world) as running, grpc.aio.insecure_channel(running.address) as channel:
            stub = SenderServiceStub(channel)  # one that does not ask again by itself
            for call in (
                stub.SendNotices(SendNoticesRequest(notices=[notice("n1")]), timeout=3),
                stub.QuarantineUpdate(QuarantineUpdateRequest(bot_id=1), timeout=3),
            ):
                with pytest.raises(grpc.aio.AioRpcError) as error:
                    await call
                assert error.value.code() is grpc.StatusCode.UNAVAILABLE
            await show(running, edit("on it goes"))
            await eventually(lambda: came(world, 1))
