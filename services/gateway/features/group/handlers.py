"""Answers a command in a group with a button that leads to the private chat."""

from services.gateway.answers import Answer, Button, Screen
from services.gateway.calls import Call


async def pointed(call: Call) -> Answer:
    open_bot = Button(
        text=call.texts.plain("group.open"), url=f"https://t.me/{call.bot_username}?start=group"
    )
    return Answer(screen=Screen(text=call.texts("group.private"), buttons=((open_bot,),)))
