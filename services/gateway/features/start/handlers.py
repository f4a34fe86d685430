"""/start without a link, and the way on after the sign-up."""

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.menu.screens import home
from services.gateway.features.onboarding.handlers import pending_link
from services.gateway.features.sessions.handlers import linked_card
from services.gateway.features.teams.joining import invited

LINKS = {"s_": linked_card, "t_": invited}
"""By prefix, as in the routers of sessions and teams."""


async def hello(call: Call, _argument: str = "") -> Answer:
    text = call.texts("start.hello", name=call.person.name)
    return Answer(screen=home(text, call.person.role, call.texts), conversation=ENDED)


async def go_on(call: Call) -> Answer:
    """To what the link was about; to the greeting when there is none any more."""
    link = pending_link(call)
    handler = LINKS.get(link[:2])
    return await (handler(call, link[2:]) if handler else hello(call))
