"""Groups, switched-off topics, ends, nights, and who goes first: a sender over its table."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from fotbot.common.v1.topic_pb2 import TOPIC_BROADCASTS, TOPIC_CHANGES
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_BROADCAST,
    NOTICE_KIND_DECISION_DUE,
    NOTICE_KIND_PROMOTED,
    NOTICE_KIND_REMINDER_HOURS,
    NOTICE_KIND_SESSION_MOVED,
    Notice,
    NoticeFacts,
)
from fotbot.sender.v1.sender_service_pb2 import (
    CountNoticesRequest,
    CountNoticesResponse,
    DropNoticesRequest,
    SendNoticesRequest,
    ShowScreensRequest,
)
from sqlalchemy import text

from services.chassis.errors import RemoteRefusal
from services.chassis.nights import night_at
from services.gateway.sender.kinds import Rank
from services.gateway.sender.messages import new_notice
from services.gateway.sender.storage.notices import SqlNotices
from tests.eventually import eventually
from tests.gateway.sender.fake_users import CHAT
from tests.gateway.sender.rig import Sender, World, edit, notice, sender

GROUP = "broadcast:17"
ZONE = "Asia/Tashkent"


def day_and_night() -> tuple[datetime, datetime]:
    """The next noon, and the night that comes next: both lie ahead of the database's clock."""
    now = datetime.now(UTC)
    later = [now + timedelta(minutes=30 * step) for step in range(1, 96)]
    night = next(at for at in later if _well_within(at))
    return next(at for at in later if at > night and night_at(at, ZONE) is None), night


def _well_within(moment: datetime) -> bool:
    return bool(night_at(moment, ZONE)) and bool(night_at(moment + timedelta(hours=1), ZONE))


DAY, NIGHT = day_and_night()


def broadcast(user_id: int, words: str = "Hello", **more: Any) -> Notice:
    return Notice(
        notice_id=f"{GROUP}:{user_id}",
        user_id=user_id,
        kind=NOTICE_KIND_BROADCAST,
        facts=NoticeFacts(text=words),
        group=GROUP,
        time_zone=ZONE,
        **more,
    )


async def send(to: Sender, *notices: Notice) -> None:
    await to.stub.SendNotices(SendNoticesRequest(notices=notices), timeout=3)


async def counted(to: Sender, group: str = GROUP) -> tuple[int, int, int]:
    reply: CountNoticesResponse = await to.stub.CountNotices(
        CountNoticesRequest(group=group), timeout=3
    )
    return reply.waiting, reply.delivered, reply.undelivered


async def dropped(from_: Sender, group: str = GROUP) -> int:
    reply = await from_.stub.DropNotices(DropNoticesRequest(group=group), timeout=3)
    return int(reply.dropped)


async def ended(world: World, notice_id: str, verdict: str) -> bool:
    return (await world.verdicts()).get(notice_id) == verdict


async def rests(world: World, notice_id: str) -> bool:
    async with world.database.read_primary() as transaction:
        resting = text("SELECT rests FROM notices WHERE notice_id = :id")
        found = await transaction.execute(resting, {"id": notice_id})
        return bool(found.scalar_one_or_none())


async def wake(world: World) -> None:
    """The morning comes."""
    async with world.database.write() as transaction:
        await transaction.execute(text("UPDATE notices SET next_attempt_at = now() WHERE rests"))


async def test_a_group_is_counted_and_what_has_not_left_of_it_is_dropped(world: World) -> None:
    world.users.unreachable.add(12)
    async with sender(world, rate=0, clock=lambda: DAY) as running:
        await send(running, *(broadcast(user) for user in (10, 11, 12)), notice("other"))
        await eventually(lambda: has_counted(running, (0, 2, 1)))
        assert await dropped(running) == 0
        assert await counted(running) == (0, 2, 1)
        assert await counted(running, "broadcast:18") == (0, 0, 0)


async def has_counted(running: Sender, figures: tuple[int, int, int]) -> bool:
    return await counted(running) == figures


async def test_what_was_dropped_is_never_sent_and_other_notices_are(world: World) -> None:
    async with sender(world, rate=0, clock=lambda: NIGHT) as running:
        await send(running, *(broadcast(user) for user in range(10, 15)))
        await eventually(lambda: rests(world, f"{GROUP}:14"))
        assert await counted(running) == (5, 0, 0)
        assert await dropped(running) == 5
        assert await dropped(running) == 0
        await send(running, notice("other", user_id=10))
        await eventually(lambda: ended(world, "other", "sent"))
        assert await counted(running) == (0, 0, 5)
    assert len(world.telegram.done) == 1
    assert (await world.verdicts())[f"{GROUP}:10"] == "dropped"


async def test_what_was_claimed_ahead_is_dropped_too(world: World) -> None:
    async with sender(world, rate=1, clock=lambda: DAY) as running:
        world.telegram.open.clear()
        await send(running, *(broadcast(user) for user in range(10, 30)))
        await eventually(partial(calls_under_way, running))
        assert await dropped(running) == 20
        world.telegram.open.set()
        await eventually(partial(calls_done, running))
        await send(running, notice("after", user_id=40))
        await eventually(lambda: ended(world, "after", "sent"))
        waiting, delivered, undelivered = await counted(running)
    # The one that was under way has arrived, and says so.
    assert (waiting, delivered, undelivered) == (0, 1, 19)
    assert len(world.telegram.done) == 2


async def calls_under_way(running: Sender) -> bool:
    return running.dispatcher.under_way > 0


async def calls_done(running: Sender) -> bool:
    return running.dispatcher.under_way == 0


async def test_without_a_group_nothing_is_counted_or_dropped(world: World) -> None:
    async with sender(world, clock=lambda: DAY) as running:
        await send(running, notice("n1"))
        await eventually(lambda: ended(world, "n1", "sent"))
        assert await counted(running, "") == (0, 0, 0)
        assert await dropped(running, "") == 0


async def test_a_switched_off_topic_is_not_sent_and_others_are(world: World) -> None:
    world.users.muted = {3: [TOPIC_CHANGES], 4: [TOPIC_BROADCASTS]}
    async with sender(world, rate=0, clock=lambda: DAY) as running:
        moved = partial(notice, kind=NOTICE_KIND_SESSION_MOVED)
        await send(running, moved("m3", 3), notice("p3", 3), moved("m4", 4), broadcast(4))
        await eventually(lambda: ended(world, "p3", "sent"))
        await eventually(lambda: ended(world, "m4", "sent"))
        await eventually(lambda: ended(world, f"{GROUP}:4", "muted"))
    assert (await world.verdicts())["m3"] == "muted"
    assert len(world.telegram.done) == 2


async def test_what_is_of_no_use_any_more_is_dropped(world: World) -> None:
    async with sender(world, rate=0, clock=lambda: DAY) as running:
        late, early = int(DAY.timestamp()), int(DAY.timestamp()) + 1
        await send(running, notice("late", expires_at=late), notice("early", 4, expires_at=early))
        await eventually(lambda: ended(world, "early", "sent"))
        await eventually(lambda: ended(world, "late", "expired"))
    assert len(world.telegram.done) == 1


async def test_broadcasts_wait_for_the_morning_and_nothing_waits_for_them(world: World) -> None:
    now = NIGHT
    async with sender(world, rate=0, clock=lambda: now) as running:
        await send(running, broadcast(3))
        await eventually(lambda: rests(world, f"{GROUP}:3"))
        await send(running, notice("n1", 3))
        await eventually(lambda: ended(world, "n1", "sent"))
        [call] = world.telegram.done
        assert call.parameters["disable_notification"] is True
        assert await counted(running) == (1, 0, 0)
        now = DAY
        await wake(world)
        await eventually(lambda: ended(world, f"{GROUP}:3", "sent"))
    [_, morning] = world.telegram.done
    assert morning.parameters["disable_notification"] is False


def reminder(notice_id: str, starts: datetime, **more: Any) -> Notice:
    made = notice(notice_id, kind=NOTICE_KIND_REMINDER_HOURS, **more)
    made.session.starts_at = int(starts.timestamp())
    made.session.ends_at = made.session.starts_at + 5400
    return made


async def test_a_reminder_comes_at_night_only_if_the_session_is_then(world: World) -> None:
    night = night_at(NIGHT, ZONE)
    assert night
    next_day = night.ends + timedelta(hours=3)
    async with sender(world, rate=0, clock=lambda: NIGHT) as running:
        at_dawn = reminder("dawn", night.ends - timedelta(hours=1), user_id=4)
        await send(running, at_dawn, reminder("noon", next_day, user_id=5))
        await eventually(lambda: ended(world, "dawn", "sent"))
        await eventually(lambda: rests(world, "noon"))


async def test_a_reminder_that_would_come_too_late_in_the_morning_ends_at_once(
    world: World,
) -> None:
    night = night_at(NIGHT, ZONE)
    assert night
    too_late = reminder("r", night.ends, expires_at=int(night.ends.timestamp()))
    async with sender(world, rate=0, clock=lambda: NIGHT) as running:
        await send(running, too_late)
        await eventually(lambda: ended(world, "r", "expired"))


async def test_a_reminder_in_the_queue_does_not_hold_up_what_came_after_it(world: World) -> None:
    """In the table alone: the older one rests, the younger one is claimed."""
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        await store.add([new_notice(reminder("old", DAY)), new_notice(notice("young"))])
        [old] = await store.claim(10, timedelta(seconds=20))
        assert await store.claim(10, timedelta(seconds=20)) == []
        await store.rest([old], datetime.now(UTC) + timedelta(hours=8))
        assert [claim.notice_id for claim in await store.claim(10, timedelta(seconds=20))] == [
            "young"
        ]


async def test_ranks_are_claimed_apart(world: World) -> None:
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        await store.add([new_notice(broadcast(3)), new_notice(notice("usual"))])
        usual = await store.claim(10, timedelta(seconds=20))
        bulk = await store.claim(10, timedelta(seconds=20), Rank.BULK)
    assert [claim.notice_id for claim in usual] == ["usual"]
    assert [claim.notice_id for claim in bulk] == [f"{GROUP}:3"]


async def test_a_broadcast_never_delays_notices_or_screens(world: World) -> None:
    """With a hundred of it waiting, what comes meanwhile is among the next that leave."""
    async with sender(world, rate=20, clock=lambda: DAY) as running:
        await send(running, *(broadcast(user) for user in range(100, 200)))
        await eventually(lambda: have_left(world, 3))
        await send(running, *(notice(f"n{user}", user) for user in range(10, 15)))
        calls = [edit("screen", user) for user in range(20, 25)]
        await running.stub.ShowScreens(ShowScreensRequest(calls=calls), timeout=3)
        before = len(world.telegram.done)
        await eventually(lambda: have_left(world, before + 14))
        left = [call.chat_id - CHAT for call in world.telegram.done]
        await dropped(running)
    urgent = [place for place, user in enumerate(left) if user < 100]
    assert len(urgent) == 10
    assert max(urgent) < before + 13


async def have_left(world: World, count: int) -> bool:
    return len(world.telegram.done) >= count


async def test_a_person_whom_a_notice_names_is_looked_up(world: World) -> None:
    world.users.names = {77: "Ali <Valiyev>"}
    known = NoticeFacts(entry_id=5, other_user_id=77)
    unknown = NoticeFacts(entry_id=5, other_user_id=78)
    told = NoticeFacts(entry_id=5, other_user_id=78, other_name="Told")
    due = partial(notice, kind=NOTICE_KIND_DECISION_DUE)
    async with sender(world, rate=0) as running:
        await send(
            running,
            due("known", 3, facts=known),
            due("unknown", 4, facts=unknown),
            due("told", 5, facts=told),
        )
        for each in ("known", "unknown", "told"):
            await eventually(partial(ended, world, each, "sent"))
    texts = {call.chat_id - CHAT: call.text for call in world.telegram.done}
    assert "Ali &lt;Valiyev&gt;" in texts[3]
    assert "A player" in texts[4]
    assert "Told" in texts[5]


@pytest.mark.parametrize(
    "fault",
    [
        Notice(notice_id="n", user_id=3, kind=NOTICE_KIND_PROMOTED),
        Notice(notice_id="n", user_id=3, kind=NOTICE_KIND_BROADCAST),
        broadcast(3, " \n "),
        broadcast(3, expires_at=-1),
        Notice(notice_id="n", user_id=3, kind=99),
    ],
)
async def test_what_could_never_be_shown_is_refused(world: World, fault: Notice) -> None:
    async with sender(world) as running:
        with pytest.raises(RemoteRefusal, match="NOTICE_INVALID"):
            await send(running, fault)
        fault.group = "\0"
        with pytest.raises(RemoteRefusal, match="NOTICE_INVALID"):
            await send(running, fault)


async def test_a_large_group_is_dropped_part_by_part(world: World) -> None:
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        await store.add([new_notice(broadcast(user)) for user in range(10, 35)])
        parts = [await store.drop(GROUP, "dropped", 10) for _ in range(4)]
        tally = await store.tally(GROUP)
    assert parts == [10, 10, 5, 0]
    assert (tally.waiting, tally.undelivered) == (0, 25)


async def test_those_whose_rest_is_over_are_woken_part_by_part(world: World) -> None:
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        await store.add([new_notice(broadcast(user)) for user in range(10, 15)])
        for claim in await store.claim(10, timedelta(seconds=20), Rank.BULK):
            await store.rest([claim], datetime.now(UTC) - timedelta(seconds=claim.user_id))
        assert await store.claim(10, timedelta(seconds=20), Rank.BULK) == []
        assert not any(depth.waiting for depth in (await store.depth()).values())
        assert [await store.wake(3), await store.wake(3), await store.wake(3)] == [3, 2, 0]
        assert len(await store.claim(10, timedelta(seconds=20), Rank.BULK)) == 5
