"""No place is sold twice and none is lost: a crowd at the webhook for the last places."""

import asyncio
import re

from services.gateway.features.sessions.callbacks import JoinSession
from tests.e2e.city import City
from tests.e2e.league import Member, league
from tests.e2e.webhook import Reply, tap, until_done

CROWD, PLACES, RUNS = 60, 10, 10


async def test_sixty_press_join_on_the_last_ten_places_ten_times_over(city: City) -> None:
    async with league(city) as made:
        crowd = [await made.member() for _ in range(CROWD)]
        for _ in range(RUNS):
            session = await made.session(capacity=PLACES)
            toasts = [reply.toast for reply in await press_join(city, crowd, session.id)]
            assert numbers(toasts, r"You are in, place (\d+)") == list(range(1, PLACES + 1))
            waiting = list(range(1, CROWD - PLACES + 1))
            assert numbers(toasts, r"You are number (\d+) in the queue") == waiting
            views = [await made.seen(session.id, member) for member in crowd]
            assert {(view.session.taken, view.session.waitlisted) for view in views} == {
                (PLACES, CROWD - PLACES)
            }


async def press_join(city: City, crowd: list[Member], session_id: int) -> list[Reply]:
    """All at once; every tap is answered, at the latest when Telegram brings it again."""
    data = JoinSession(session_id=session_id)
    updates = [tap(member.telegram_id, data) for member in crowd]
    url = city.layout.webhook_url
    return await asyncio.gather(*(until_done(city.http, url, update) for update in updates))


def numbers(toasts: list[str], pattern: str) -> list[int]:
    found = (re.search(pattern, toast) for toast in toasts)
    return sorted(int(match.group(1)) for match in found if match)
