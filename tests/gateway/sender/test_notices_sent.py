"""Notices: each arrives once, in order, in the reader's language, until Telegram's verdict."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_SESSION_MOVED
from fotbot.sender.v1.sender_service_pb2 import SendNoticesRequest

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.store_errors import StoreUnavailable
from services.gateway.sender.storage.notices import SqlNotices
from tests.eventually import eventually
from tests.fakes.telegram_api import BLOCKED, Reply, throttled
from tests.gateway.sender.fake_users import CHAT
from tests.gateway.sender.rig import Sender, World, notice, sender


async def all_settled(world: World) -> bool:
    return not {"pending", "sending"} & set((await world.states()).values())


async def send(to: Sender, *notices: object) -> int:
    reply = await to.stub.SendNotices(SendNoticesRequest(notices=notices), timeout=3)
    return int(reply.accepted)


async def test_a_notice_reaches_its_reader_and_is_settled(world: World) -> None:
    async with sender(world) as running:
        assert await send(running, notice("n1")) == 1
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}
    [call] = world.telegram.done
    assert call.method == "sendMessage"
    assert call.chat_id == CHAT + 3
    assert "Chilonzor &lt;Arena&gt;" in call.text


async def test_the_same_notice_given_five_times_is_sent_once(world: World) -> None:
    async with sender(world) as running:
        accepted = [await send(running, notice("n1"), notice("n1")) for _ in range(5)]
        await eventually(lambda: all_settled(world))
    assert accepted == [1, 0, 0, 0, 0]
    assert len(world.telegram.done) == 1


async def test_notices_of_one_person_keep_their_order_over_an_error(world: World) -> None:
    world.telegram.replies.append(Reply(status=502, description="Bad Gateway"))
    moved = notice("second", kind=NOTICE_KIND_SESSION_MOVED)
    async with sender(world) as running:
        await send(running, notice("first"), moved)
        await eventually(lambda: all_settled(world))
    assert ["free" in call.text for call in world.telegram.done] == [True, False]


async def test_a_429_silences_the_whole_bot_and_loses_nothing(world: World) -> None:
    world.telegram.replies.append(throttled(2))
    async with sender(world, rate=0) as running, sender(world, rate=0) as other:
        await send(running, notice("n1", user_id=4))
        await eventually(lambda: answered(world, 429))
        await send(running, *(notice(f"m{user}", user_id=user) for user in range(10, 20)))
        await send(other, *(notice(f"o{user}", user_id=user) for user in range(20, 30)))
        await eventually(lambda: all_settled(world))
    told = next(call.at for call in world.telegram.calls if call.status == 429)
    assert min(call.at for call in world.telegram.done) - told >= 1.9
    assert set((await world.states()).values()) == {"sent"}
    assert len(world.telegram.done) == 21


async def answered(world: World, status: int) -> bool:
    return any(call.status == status for call in world.telegram.calls)


async def test_who_blocked_the_bot_is_marked_and_his_notices_end_at_once(world: World) -> None:
    world.telegram.blocked.add(CHAT + 3)
    async with sender(world) as running:
        await send(running, notice("n1"), notice("n2"), notice("n3"))
        await eventually(lambda: all_settled(world))
        assert world.users.unreachable == {3}
        assert set((await world.states()).values()) == {"undeliverable"}
        await send(running, notice("n4"))
        await eventually(lambda: all_settled(world))
    assert [call.status for call in world.telegram.calls if call.method != "getMe"] == [403]
    assert (await world.verdicts())["n1"] == BLOCKED.description


async def test_a_lasting_refusal_ends_the_notice_with_its_reason(world: World) -> None:
    world.telegram.replies.append(Reply(description="Bad Request: chat not found"))
    async with sender(world) as running:
        await send(running, notice("n1"))
        await eventually(lambda: all_settled(world))
    assert await world.verdicts() == {"n1": "Bad Request: chat not found"}
    assert await world.states() == {"n1": "undeliverable"}


async def test_a_notice_for_nobody_ends(world: World) -> None:
    async with sender(world) as running:
        await send(running, notice("n1", user_id=10_001))
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "undeliverable"}


async def test_a_send_without_an_answer_is_made_again(world: World) -> None:
    world.telegram.replies.append(Reply(status=200, silent=True))
    async with sender(world, call_seconds=1.5) as running:
        await send(running, notice("n1"))
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}
    assert len(world.telegram.calls) == 3  # getMe, the one without an answer, the one with


async def test_a_wrong_token_loses_no_notice(world: World) -> None:
    world.telegram.replies.append(Reply(status=401, description="Unauthorized"))
    async with sender(world) as running:
        await send(running, notice("n1"))
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}


async def test_notices_wait_while_users_is_away(world: World) -> None:
    world.users.away = True
    async with sender(world) as running:
        await send(running, notice("n1"))
        await eventually(lambda: has_state(world, "n1", "sending"))
        await eventually(lambda: has_state(world, "n1", "pending"))
        world.users.away = False
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}


async def has_state(world: World, notice_id: str, state: str) -> bool:
    return (await world.states()).get(notice_id) == state


async def test_what_a_killed_sender_held_is_sent_by_another_after_the_lease(
    world: World,
) -> None:
    async with sender(world) as running:
        running.dispatcher.stop()
        await running.running
        await send(running, notice("n1"))
    async with world.database.write() as transaction:
        held = await SqlNotices(transaction).claim(10, timedelta(seconds=1))
    assert [claim.notice_id for claim in held] == ["n1"]
    async with sender(world):
        assert not world.telegram.done
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}
    assert len(world.telegram.done) == 1


async def test_a_stopped_sender_finishes_what_it_sends_and_leaves_the_rest(world: World) -> None:
    async with sender(world, rate=1) as running:
        world.telegram.open.clear()
        await send(running, *(notice(f"n{user}", user_id=user) for user in range(10, 15)))
        await eventually(lambda: has_state(world, "n10", "sending"))
        await eventually(lambda: calls_under_way(running))
        running.dispatcher.stop()
        world.telegram.open.set()
        await running.running
    states = list((await world.states()).values())
    assert states.count("sent") == len(world.telegram.done) >= 1
    assert states.count("pending") == 5 - states.count("sent")


async def calls_under_way(running: Sender) -> bool:
    return running.dispatcher.under_way > 0


class CutOff(Database):
    """A database that can be taken away and brought back."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.away = False

    def write(self) -> AbstractAsyncContextManager[WriteTransaction]:
        if self.away:
            raise StoreUnavailable("cut off")
        return self._inner.write()

    def read_primary(self) -> AbstractAsyncContextManager[ReadTransaction]:
        return self._inner.read_primary()


async def test_a_verdict_that_could_not_be_written_is_written_later_and_nothing_sent_again(
    world: World,
) -> None:
    world.database = database = CutOff(world.database)
    async with sender(world) as running:
        world.telegram.open.clear()
        await send(running, notice("n1"))
        await eventually(lambda: calls_under_way(running))
        database.away = True
        world.telegram.open.set()
        await eventually(lambda: calls_done(running))
        assert await world.states() == {"n1": "sending"}
        database.away = False
        await eventually(lambda: all_settled(world))
    assert await world.states() == {"n1": "sent"}
    assert len(world.telegram.done) == 1


async def calls_done(running: Sender) -> bool:
    return running.dispatcher.under_way == 0


async def test_two_senders_send_each_notice_once(world: World) -> None:
    async with sender(world, rate=0) as first, sender(world, rate=0) as second:
        notices = [notice(f"n{user}", user_id=user) for user in range(10, 60)]
        await send(first, *notices)
        await send(second, *notices)
        await eventually(lambda: all_settled(world))
    assert sorted(call.chat_id - CHAT for call in world.telegram.done) == list(range(10, 60))
