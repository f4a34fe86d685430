"""What the sender does on the side."""

from datetime import timedelta

from prometheus_client import REGISTRY
from sqlalchemy import text

from services.gateway.sender.messages import new_notice
from services.gateway.sender.notices import State
from services.gateway.sender.storage.notices import SqlNotices
from services.gateway.sender.storage.quarantine import SqlQuarantine
from services.gateway.sender.upkeep import Upkeep
from tests.gateway.sender.rig import World, notice


def upkeep(world: World) -> Upkeep:
    return Upkeep(world.database, SqlNotices, SqlQuarantine)


async def add(world: World, *ids: str) -> None:
    async with world.database.write() as transaction:
        await SqlNotices(transaction).add([new_notice(notice(each)) for each in ids])


async def test_it_tells_how_many_notices_wait_and_for_how_long(world: World) -> None:
    await add(world, "n1", "n2")
    async with world.database.write() as transaction:
        old = (
            "UPDATE notices SET created_at = now() - interval '8 h',"
            " next_attempt_at = now() - interval '90 s' WHERE notice_id = 'n1'"
        )
        await transaction.execute(text(old))
    await upkeep(world).measure()
    assert told("fotbot_sender_notices_open") == {"usual": 2, "bulk": 0}
    oldest = told("fotbot_sender_notices_oldest_seconds")
    assert 90 <= oldest["usual"] < 120
    assert oldest["bulk"] == 0


def told(metric: str) -> dict[str, float]:
    """By rank."""
    [found] = [each for each in REGISTRY.collect() if each.name == metric]
    return {sample.labels["rank"]: sample.value for sample in found.samples}


async def test_a_nights_rest_does_not_make_a_notice_old_but_a_failed_try_does(
    world: World,
) -> None:
    await add(world, "n1")
    async with world.database.write() as transaction:
        await transaction.execute(text("UPDATE notices SET created_at = now() - interval '8 h'"))
        [claim] = await SqlNotices(transaction).claim(1, timedelta(seconds=20))
        fresh = claim.due_at
        await SqlNotices(transaction).postpone([claim], timedelta(0))
    async with world.database.write() as transaction:
        [again] = await SqlNotices(transaction).claim(1, timedelta(seconds=20))
    assert fresh - again.due_at > timedelta(hours=7)


async def test_settled_notices_are_forgotten_after_seven_days_and_open_ones_never(
    world: World,
) -> None:
    await add(world, "old", "young", "open")
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        for settled in ("old", "young"):
            await store.end([settled], State.SENT, "sent")
        await transaction.execute(
            text(
                "UPDATE notices SET settled_at = settled_at - interval '8 days',"
                " created_at = created_at - interval '8 days' WHERE notice_id = 'old'"
            )
        )
        await transaction.execute(
            text(
                "UPDATE notices SET created_at = now() - interval '99 days'"
                " WHERE notice_id = 'open'"
            )
        )
    await upkeep(world).sweep()
    assert set(await world.states()) == {"young", "open"}
