"""Shows organisers all sessions by day, and one session with what they can do about it."""

from fotbot.sessions.v1 import entries_service_pb2
from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call, Person, Role
from services.gateway.conversations import ENDED
from services.gateway.features.by_day import card, screens
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.by_day.pages import page
from services.gateway.features.refused import tried
from services.gateway.features.sessions.handlers import look


async def home(call: Call, _argument: str = "") -> Answer:
    """Players are turned down here for their own sake; sessions checks the role at each call."""
    if call.person.role < Role.ORGANISER:
        await tried(page(call, 0, 0))
        return Answer(screen=Screen(text=call.texts("error.NOT_ALLOWED")))
    found = await page(call, 0, 0)
    screen = screens.days(found, call.person.role, call.texts)
    return Answer(screen=screen, conversation=ENDED)


async def turned(call: Call, data: ShowDays) -> Answer:
    found = await page(call, data.span, data.index)
    return Answer(screen=screens.days(found, call.person.role, call.texts))


async def opened(call: Call, data: OpenOrganising) -> Answer:
    if call.person.role < Role.ORGANISER:
        await tried(_awaiting(call, data.session_id))
        return Answer(toast=call.texts.refusal("NOT_ALLOWED"), alert=True)
    session = (await look(call, data.session_id)).session
    if not runs(call.person, session):
        return Answer(screen=card.of_another(session, call.texts))
    awaiting = await _awaiting(call, data.session_id)
    return Answer(screen=card.own(session, awaiting, call.now, call.texts))


def runs(person: Person, session: Session) -> bool:
    """Whether he may decide in this session; sessions checks it again."""
    return person.role >= Role.ADMIN or (
        person.role >= Role.ORGANISER and person.user_id == session.organiser_id
    )


async def _awaiting(call: Call, session_id: int) -> int:
    request = entries_service_pb2.ListEntriesRequest(
        actor_id=call.person.user_id, session_id=session_id, page_size=1, awaiting=True
    )
    return (await call.services.entries.ListEntries(request)).total
