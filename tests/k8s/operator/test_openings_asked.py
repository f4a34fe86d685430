"""What opens is asked of sessions over gRPC, page by page, and its silence is a problem."""

from datetime import UTC, datetime, timedelta

from k8s.bot_operator.observed import Problem
from k8s.bot_operator.openings import NoSessions, SessionsOpenings
from services.chassis.server import serving
from tests.k8s.operator.world import SERVICE, Sessions, register


async def test_all_pages_are_read() -> None:
    sessions = Sessions()
    for minutes in (5, 10, 15):
        sessions.opens(100 * minutes, minutes=minutes)
    now = datetime.now(UTC)
    async with (
        serving(register(sessions), [SERVICE]) as address,
        SessionsOpenings.open(address, call_seconds=2.0) as openings,
    ):
        found = await openings.between(now, now + timedelta(minutes=12))
        assert not isinstance(found, Problem)
        assert [one.expected_taps for one in found] == [500, 1000]
        assert all(one.opens_at.tzinfo is UTC for one in found)
        sessions.is_silent = True
        silent = await openings.between(now, now + timedelta(minutes=12))
    assert isinstance(silent, Problem)
    assert silent.reason == "SessionsSilent"


async def test_without_an_address_there_is_nobody_to_ask() -> None:
    now = datetime.now(UTC)
    answer = await NoSessions().between(now, now)
    assert isinstance(answer, Problem)
    assert answer.reason == "NoSessions"
