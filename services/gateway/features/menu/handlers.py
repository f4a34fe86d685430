"""Answers a private message that nothing else took."""

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.feature import Said
from services.gateway.features.menu.screens import home
from services.gateway.features.paying import stray


async def unknown(call: Call, said: Said) -> Answer:
    """A photo may be the receipt that somebody waits for."""
    if said.photo and (answer := await stray.asked(call, said.photo)):
        return answer
    return Answer(screen=home(call.texts("menu.unknown"), call.person.role, call.texts))
