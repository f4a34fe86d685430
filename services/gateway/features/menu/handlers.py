"""Answers a private message that nothing else took."""

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.feature import Said
from services.gateway.features.menu.screens import home


async def unknown(call: Call, _said: Said) -> Answer:
    return Answer(screen=home(call.texts("menu.unknown"), call.person.role, call.texts))
