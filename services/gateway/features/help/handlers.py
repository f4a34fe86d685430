"""Shows the help page. It leaves a conversation where it is: one may look and go on."""

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.help import screens


async def shown(call: Call, _argument: str = "") -> Answer:
    return Answer(screen=screens.page(call.person.role, call.texts))
