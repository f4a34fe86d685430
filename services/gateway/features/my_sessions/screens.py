"""A person's own coming sessions."""

from collections.abc import Sequence

from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen
from services.gateway.features.sessions.callbacks import ShowPage
from services.gateway.features.sessions.screens import opening, row
from services.gateway.texts import Texts


def mine(found: Sequence[SessionView], texts: Texts) -> Screen:
    if not found:
        find = Button(text=texts.plain("my.find"), data=ShowPage(index=0))
        return Screen(text=texts("my.none"), buttons=((find,),))
    rows = [row(view, texts) for view in found]
    return Screen(text="\n\n".join([texts("my.title"), *rows]), buttons=opening(found, texts))
