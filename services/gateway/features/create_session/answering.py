"""Takes one answer to one of a session's questions, for opening one and for editing."""

from collections.abc import Sequence

from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.session_pb2 import Venue

from services.gateway.calls import Call
from services.gateway.conversations import Conversation
from services.gateway.features.create_session import opening
from services.gateway.features.create_session.reading import READERS, Answers, Unclear
from services.gateway.texts.typed import line

VENUES = 10
"""Venues offered as buttons, the last used first."""


async def pressed(call: Call, conversation: Conversation, value: str) -> Answers:
    """What a button stands for. Raises Unclear for a button that offers nothing any more."""
    if conversation.step != "venue":
        return _read(call, conversation, value)
    for venue in await venues(call, 50):
        if str(venue.id) == value:
            return _venue(venue)
    raise Unclear("error.VENUE_NOT_FOUND")


async def written(call: Call, conversation: Conversation, text: str | None) -> Answers:
    """What words say; a venue's name makes the venue (the handler's write 0). Raises Unclear."""
    if text is None:
        raise Unclear("typed.text_due")
    if conversation.step != "venue":
        return _read(call, conversation, text)
    name = line(text)
    if not name:
        raise Unclear("typed.venue")
    request = sessions_service_pb2.CreateVenueRequest(write=call.write(0), name=name)
    return _venue((await call.services.sessions.CreateVenue(request)).venue)


async def venues(call: Call, most: int = VENUES) -> Sequence[Venue]:
    request = sessions_service_pb2.ListVenuesRequest(page_size=most)
    return (await call.services.sessions.ListVenues(request)).venues


def _read(call: Call, conversation: Conversation, text: str) -> Answers:
    asks_opening = conversation.step == opening.STEP
    reader = opening.read_opening if asks_opening else READERS[conversation.step]
    return reader(text, conversation.data, call.now)


def _venue(venue: Venue) -> Answers:
    return {"venue": str(venue.id), "venue_name": venue.name, "zone": venue.time_zone}
