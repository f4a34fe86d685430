"""What the sender does on the side."""

from sqlalchemy import text

from services.gateway.sender import metrics
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
        old = "UPDATE notices SET created_at = now() - interval '90 s' WHERE notice_id = 'n1'"
        await transaction.execute(text(old))
    await upkeep(world).measure()
    assert metrics.NOTICES_OPEN.collect()[0].samples[0].value == 2
    assert 90 <= metrics.NOTICES_OLDEST_SECONDS.collect()[0].samples[0].value < 120


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
