"""Registration opens when the organiser says, as people read and press it, in each language."""

from datetime import datetime, timedelta

import pytest
from fotbot.sessions.v1.sessions_service_pb2 import ListOpeningsRequest, Opening
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.deadline import budget
from services.gateway.texts import dates
from tests.e2e.acts import ZONE, beginning, onboard, plan_session, player
from tests.e2e.city import City
from tests.e2e.league import CALL_SECONDS, League, a_month_ahead, league
from tests.e2e.people import newcomer
from tests.eventually import eventually


async def opening(made: League, moment: datetime) -> int:
    """The session whose registration opens then, as whoever makes room for a crowd is told."""
    first, last = Timestamp(seconds=int(moment.timestamp())), Timestamp()
    last.seconds = first.seconds + 1
    request, found = ListOpeningsRequest(opens_after=first, opens_before=last), list[Opening]()

    async def is_told() -> bool:
        """A standby answers, which may be a moment behind."""
        with budget(CALL_SECONDS):
            found[:] = (await made.sessions.ListOpenings(request)).openings
        return len(found) == 1

    await eventually(is_told)
    assert (found[0].opens_at, found[0].expected_taps) == (first, 6)
    return found[0].session_id


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_who_comes_early_is_told_when_and_the_same_button_works_once_it_is_open(
    city: City, language: str
) -> None:
    organiser = await newcomer(city, language, "Organiser")
    await onboard(organiser, "Organiser")
    texts, venue = organiser.texts, f"Opening {language}"
    starts = a_month_ahead()
    opens = starts.astimezone(ZONE) - timedelta(days=2)
    shown = f"{dates.short_day(opens.date(), language)} {dates.clock(opens)}"

    async with league(city) as made:
        await made.organiser(await made.stranger(organiser.telegram_id))
        await plan_session(organiser, venue, 2, starts)
        await organiser.presses(texts("create.opens.at_once"))
        await organiser.reads(texts("ask.opens"))
        await organiser.says(f"{opens:%d.%m.%Y %H:%M}")
        await organiser.reads(texts("create.chosen.opens", when=shown))
        await organiser.presses(texts("create.confirm"))
        await organiser.reads(beginning(texts, "create.done"), texts("card.opens", when=shown))
        session_id = await opening(made, opens)
    # He waits like everybody.
    assert await organiser.presses(texts("sessions.join")) == texts.toast("join.early", when=shown)

    ali = await player(city, language, "Ali")
    await ali.says(f"/start s_{session_id}")
    await ali.reads(venue, texts("card.opens", when=shown))
    assert await ali.presses(texts("sessions.join")) == texts.toast("join.early", when=shown)

    await organiser.presses(texts("sessions.edit"))
    await organiser.presses(texts("edit.opens"))
    await organiser.reads(texts("ask.opens"))
    await organiser.presses(texts("create.opens.now"))
    await organiser.reads(beginning(texts, "edit.done"))
    assert await ali.presses(texts("sessions.join")) == texts.toast("join.confirmed", place=1)
