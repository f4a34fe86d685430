"""Following an evening, and the questions before what its organiser does; writes are in
`running`."""

from fotbot.sessions.v1.matches_service_pb2 import Evening
from fotbot.teams.v1 import sides_service_pb2

from services.gateway.answers import Answer
from services.gateway.apologies import stale
from services.gateway.calls import Call
from services.gateway.features.evening import match_screens, screens, start_screens
from services.gateway.features.evening.callbacks import (
    AskAssist,
    AskFinishing,
    AskManOfSession,
    AskScorer,
    NewMatch,
    OpenEvening,
    OpenMatch,
    PickManOfSession,
    PickOpponent,
    RefreshEvening,
    ShowFigures,
    ShowSides,
    StartEvening,
)
from services.gateway.features.evening.played import Played, known, look, opened


async def asked_start(call: Call, data: StartEvening) -> Answer:
    """A session that is not planned any more is shown as it is."""
    found = await look(call, data.session_id)
    if not found.HasField("forecast"):
        return await shown(call, found.evening)
    screen = start_screens.starting(found.evening.session, found.forecast, call.texts)
    return Answer(screen=screen)


async def evening(call: Call, data: OpenEvening) -> Answer:
    return await shown(call, (await look(call, data.session_id)).evening)


async def refreshed(call: Call, data: RefreshEvening) -> Answer:
    found = (await look(call, data.session_id)).evening
    return await shown(call, found, call.texts.toast("sessions.refreshed"))


async def sides(call: Call, data: ShowSides) -> Answer:
    """Line-ups by sessions, shirt numbers by teams."""
    played = await opened(call, data.session_id)
    request = sides_service_pb2.ListSidesRequest(session_id=data.session_id)
    reply = await call.services.sides.ListSides(request)
    numbers = {one.user_id: one.shirt_number for side in reply.sides for one in side.players}
    return Answer(screen=screens.sides(played, numbers))


async def figures(call: Call, data: ShowFigures) -> Answer:
    return Answer(screen=screens.scorers(await opened(call, data.session_id)))


async def new_match(call: Call, data: NewMatch) -> Answer:
    found = (await look(call, data.session_id)).evening
    return Answer(screen=match_screens.picking_home(await known(call, found, ())))


async def opponent(call: Call, data: PickOpponent) -> Answer:
    found = (await look(call, data.session_id)).evening
    played = await known(call, found, ())
    home = played.side(data.home)
    if home is None:
        return stale(call.texts)
    return Answer(screen=match_screens.picking_away(played, home))


async def match(call: Call, data: OpenMatch) -> Answer:
    played = await opened(call, data.session_id)
    one = played.match(data.match)
    if one is None:
        return stale(call.texts)
    return Answer(screen=match_screens.match(one, played))


async def scorer(call: Call, data: AskScorer) -> Answer:
    """Who has scored is asked of the match as it is now."""
    played = await opened(call, data.session_id)
    one, side = played.match(data.match), played.side(data.side)
    if one is None or side is None:
        return stale(call.texts)
    return Answer(screen=match_screens.asking_scorer(one, side, played))


async def assist(call: Call, data: AskAssist) -> Answer:
    played = await opened(call, data.session_id)
    one, side = played.match(data.match), played.side(data.side)
    if one is None or side is None or not 0 < data.scorer <= len(side.player_ids):
        return stale(call.texts)
    return Answer(screen=match_screens.asking_assist(one, side, data, played))


async def asked_finish(call: Call, data: AskFinishing) -> Answer:
    found = (await look(call, data.session_id)).evening
    return Answer(screen=screens.finishing(await known(call, found, ())))


async def man_of_session(call: Call, data: AskManOfSession) -> Answer:
    found = (await look(call, data.session_id)).evening
    return Answer(screen=start_screens.choosing_side(await known(call, found, ())))


async def man_of_side(call: Call, data: PickManOfSession) -> Answer:
    played = await opened(call, data.session_id)
    side = played.side(data.side)
    if side is None:
        return stale(call.texts)
    return Answer(screen=start_screens.choosing_man(side, played))


async def shown(call: Call, found: Evening, toast: str | None = None) -> Answer:
    """The evening as everybody sees it."""
    played: Played = await known(call, found, [found.session.man_of_session_id])
    return Answer(screen=screens.overview(played), toast=toast)
