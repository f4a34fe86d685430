"""When registration may open, and that nobody gets in before: by property, over the fake store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.domain import places, planning, rules, squads
from services.sessions.domain.entries import Squad
from services.sessions.domain.openings import Opening
from services.sessions.domain.refusals import OpensTooLate, RegistrationNotOpen
from services.sessions.domain.values import Changes, Person, Role, SessionId, TeamId, UserId
from tests.fakes.memory_sessions import MemorySessions
from tests.sessions.worlds import ORGANISER, open_session

NOW = datetime(2030, 5, 4, 12, tzinfo=UTC)
START = NOW + timedelta(days=7)
ADMIN = Person(id=UserId(903), role=Role.ADMIN, registered=True)
PLAYER = Person(id=UserId(5), role=Role.PLAYER, registered=True)
SECONDS = st.integers(-(10**6), 10**6) | st.sampled_from([-1, 0, 1, 604_799, 604_800, 604_801])


@given(SECONDS)
def test_registration_opens_now_or_before_the_start_or_it_is_refused(seconds: int) -> None:
    asked = NOW + timedelta(seconds=seconds)
    if asked >= START:
        with pytest.raises(OpensTooLate):
            rules.opening(asked, START, NOW)
    else:
        assert rules.opening(asked, START, NOW) == (asked if asked > NOW else None)


@given(opens_in=st.integers(1, 86_399), comes_in=st.integers(0, 86_399))
async def test_nobody_registers_early_and_everybody_from_that_moment_on(
    opens_in: int, comes_in: int
) -> None:
    memory = MemorySessions()
    opens_at = memory.clock + timedelta(seconds=opens_in)
    async with memory.write() as store:
        session = await open_session(store, 12, squad_size=4, registration_opens_at=opens_at)
    memory.clock += timedelta(seconds=comes_in)
    team = Squad(id=TeamId(1), captain_id=UserId(5), members=frozenset(map(UserId, range(5, 9))))
    for number, person in enumerate((PLAYER, ORGANISER, ADMIN)):
        async with memory.write() as store:
            if comes_in >= opens_in:
                assert not (await places.register(store, person, session.id)).already
                continue
            with pytest.raises(RegistrationNotOpen) as alone:
                await places.register(store, person, session.id)
            with pytest.raises(RegistrationNotOpen) as together:
                await squads.register_team(store, PLAYER, team, session.id, sorted(team.members))
        told = {"opens_at": str(int(opens_at.timestamp())), "time_zone": "Asia/Tashkent"}
        assert alone.value.details == together.value.details == told, number
    board = await memory.of_session(session.id)
    assert board is not None
    assert board.session.taken == (3 if comes_in >= opens_in else 0)


async def test_who_is_in_stays_in_when_the_opening_is_put_off() -> None:
    memory = MemorySessions()
    async with memory.write() as store:
        session = await open_session(store, 12)
        await places.register(store, PLAYER, session.id)
        later = Changes(registration_opens_at=memory.clock + timedelta(hours=3))
        edited = await planning.edit_session(store, ORGANISER, session.id, later)
        assert edited.taken == 1
        assert (await places.register(store, PLAYER, session.id)).already
        with pytest.raises(RegistrationNotOpen):
            await places.register(store, ADMIN, session.id)


async def test_an_organiser_opens_registration_at_once_by_a_moment_that_is_not_ahead() -> None:
    memory = MemorySessions()
    opens_at = memory.clock + timedelta(hours=3)
    async with memory.write() as store:
        session = await open_session(store, 12, registration_opens_at=opens_at)
        at_once = Changes(registration_opens_at=memory.clock)
        edited = await planning.edit_session(store, ORGANISER, session.id, at_once)
        assert edited.registration_opens_at is None
        assert not (await places.register(store, PLAYER, session.id)).already


async def test_an_earlier_start_must_still_be_after_the_opening() -> None:
    memory = MemorySessions()
    opens_at = memory.clock + timedelta(hours=20)
    async with memory.write() as store:
        session = await open_session(store, 12, registration_opens_at=opens_at)
        starts_at = memory.clock + timedelta(hours=10)
        earlier = Changes(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        with pytest.raises(OpensTooLate):
            await planning.edit_session(store, ORGANISER, session.id, earlier)


async def test_what_has_opened_stays_as_it_was_whatever_else_is_edited() -> None:
    memory = MemorySessions()
    opens_at = memory.clock + timedelta(hours=1)
    async with memory.write() as store:
        session = await open_session(store, 12, registration_opens_at=opens_at)
    memory.clock += timedelta(hours=2)
    async with memory.write() as store:
        edited = await planning.edit_session(store, ORGANISER, session.id, Changes(price=1))
        assert edited.registration_opens_at == opens_at


@given(regulars=st.integers(0, 10_000), capacity=st.integers(2, 100))
def test_a_crowd_is_expected_as_large_as_the_last_ones_and_never_smaller_than_the_places(
    regulars: int, capacity: int
) -> None:
    opening = Opening(session_id=SessionId(1), opens_at=NOW, capacity=capacity, regulars=regulars)
    assert opening.expected_taps == 3 * max(regulars, capacity)
