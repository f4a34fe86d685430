"""Any one process dies under a person's fingers: it comes back, and nothing is lost or doubled."""

import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from services.gateway.texts import texts_for
from services.local.supervisor import Supervisor
from tests.e2e.acts import beginning, onboard
from tests.e2e.city import City
from tests.e2e.league import IDS, League, Member, league
from tests.e2e.people import Human, newcomer
from tests.e2e.webhook import Json, Reply, message, tap, until_done
from tests.eventually import eventually

OURS = ["users", "sessions", "teams", "sender", "sessions-worker", "teams-worker", "gateway"]
STORES = ["postgres-primary", "postgres-standby", "valkey-1"]


def kill(supervisor: Supervisor, name: str) -> None:
    """SIGKILL, as the kernel does it when memory runs out."""
    pid = supervisor.pid(name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


@pytest_asyncio.fixture(autouse=True)
async def healed(city: City) -> AsyncIterator[None]:
    """No death reaches into the next test."""
    yield
    await city.healed()
    await eventually(lambda: answers_a_stranger(city), seconds=60)


async def answers_a_stranger(city: City) -> bool:
    asked = message(next(IDS), "/start")
    reply = await until_answered(city, asked)
    return reply.body["text"] != texts_for("en")("later")


async def until_answered(city: City, update: Json) -> Reply:
    return await until_done(city.http, city.layout.webhook_url, update)


@pytest.mark.parametrize("name", [*OURS, *STORES])
async def test_a_tap_made_while_a_process_dies_has_its_effect_once_and_a_true_answer(
    city: City, supervisor: Supervisor, name: str
) -> None:
    keeper = supervisor if name in STORES else city.supervisor
    async with league(city) as made:
        session, member = await made.session(capacity=5), await made.member()
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        kill(keeper, name)
        reply = await until_answered(city, join)
        await keeper.ready(name)
        assert reply.toast.endswith("You are in, place 1")
        # Read at the standby, which follows again a moment after the primary is back.
        await eventually(lambda: holds_one_place(made, session.id, member), seconds=20)


async def holds_one_place(made: League, session_id: int, member: Member) -> bool:
    return (await made.seen(session_id, member)).session.taken == 1


@pytest.mark.parametrize("name", ["sender", "sessions-worker"])
async def test_a_notice_due_while_its_carrier_dies_arrives_once(city: City, name: str) -> None:
    async with league(city) as made:
        session = await made.session(capacity=2, venue=f"Killed {name}")
        holder, other = await made.member(), await made.member()
        waiter = await newcomer(city, "en", "Waiter")
        await onboard(waiter, "Waiter")
        for telegram_id in (holder.telegram_id, other.telegram_id, waiter.telegram_id):
            await until_answered(city, tap(telegram_id, JoinSession(session_id=session.id)))
        kill(city.supervisor, name)
        await until_answered(city, tap(holder.telegram_id, LeaveSession(session_id=session.id)))
    notice = beginning(waiter.texts, "notice.promoted")
    await waiter.reads(notice)
    await city.supervisor.ready(name)
    assert await waiter.count(notice) == 1


async def test_a_conversation_half_way_goes_on_after_the_gateway_died(city: City) -> None:
    person: Human = await newcomer(city, "en", "Half")
    await person.says("/start")
    await person.presses(person.texts("language.name"))
    await person.reads(beginning(person.texts, "onboarding.name"))
    kill(city.supervisor, "gateway")
    await person.says("Half Way")
    await person.reads(beginning(person.texts, "onboarding.phone"))
