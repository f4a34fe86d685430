"""Ends the conversation. Nothing in it was confirmed, so nothing is undone."""

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.menu.screens import home


async def command(call: Call, _argument: str) -> Answer:
    key = "cancel.nothing" if call.conversation is None else "cancel.done"
    text = f"{call.texts(key)}\n\n{call.texts('menu.home')}"
    return Answer(screen=home(text, call.person.role, call.texts), conversation=ENDED)


async def pressed(call: Call, _data: LeaveConversation) -> Answer:
    return Answer(screen=Screen(text=call.texts("cancel.done")), conversation=ENDED)
