"""An evening without the database: what is cached is shown, what is asked for is done later."""

import asyncio

from services.gateway.features.sessions.callbacks import JoinSession
from services.gateway.texts import texts_for
from tests.e2e.city import City
from tests.e2e.league import League
from tests.e2e.webhook import deliver, message, tap, until_done
from tests.eventually import eventually

LATER = texts_for("en")("later")


async def test_with_postgres_gone_cached_screens_are_served_and_a_join_is_done_when_it_is_back(
    city: City, made: League
) -> None:
    session, member = await made.session(capacity=5), await made.member()
    listed = message(member.telegram_id, "/sessions")
    before = await deliver(city.http, city.layout.webhook_url, listed)
    await gone(city)
    try:
        await told_in_the_body(city)
        again = message(member.telegram_id, "/sessions")
        cached = await deliver(city.http, city.layout.webhook_url, again)
        assert cached.body["text"] == before.body["text"]
        unseen = message(member.telegram_id, "/team")
        assert (await deliver(city.http, city.layout.webhook_url, unseen)).body["text"] == LATER
        join = tap(member.telegram_id, JoinSession(session_id=session.id))
        joining = asyncio.create_task(until_done(city.http, city.layout.webhook_url, join))
        held = await deliver(city.http, city.layout.webhook_url, join)
        assert (held.status, float(held.headers["Retry-After"]) <= 2) == (503, True)
    finally:
        await back(city)
        await city.healed()
    assert (await joining).toast.endswith("You are in, place 1")
    assert (await made.seen(session.id, member)).session.taken == 1


async def gone(city: City) -> None:
    await city.postgres.stop_standby()
    await city.postgres.stop_primary()


async def back(city: City) -> None:
    await city.postgres.start_primary()
    await city.postgres.start_standby()


async def told_in_the_body(city: City) -> None:
    """Alive, ready, and it says what is away."""
    for name in ("users", "sessions", "teams"):
        async with city.http.get(city.ops(name, "/livez")) as response:
            assert response.status == 200
        await eventually(lambda name=name: says_postgres_is_away(city, name))


async def says_postgres_is_away(city: City, name: str) -> bool:
    async with city.http.get(city.ops(name, "/readyz")) as response:
        assert response.status == 200
        return (await response.json())["reported"]["postgres"] is False
