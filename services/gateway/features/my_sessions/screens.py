"""A person's own sessions: the coming ones, then the last that were played."""

from collections.abc import Sequence

from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen
from services.gateway.features.sessions.callbacks import ShowPage
from services.gateway.features.sessions.screens import opening, played, row
from services.gateway.texts import Texts


def mine(coming: Sequence[SessionView], past: Sequence[SessionView], texts: Texts) -> Screen:
    blocks: list[str] = [texts("my.title") if coming else texts("my.none")]
    blocks += [row(view, texts) for view in coming]
    if past:
        blocks.append(texts("my.past"))
        blocks += [played(view, texts) for view in past]
    find = (Button(text=texts.plain("my.find"), data=ShowPage(index=0)),)
    rows = (*opening(coming, texts), *(() if coming else (find,)), *opening(past, texts))
    return Screen(text="\n\n".join(blocks), buttons=rows)
