"""What can be changed, the questions, and the last question before a session is cancelled."""

from collections.abc import Sequence

from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.answers import Button, Screen, Style
from services.gateway.conversations import Conversation
from services.gateway.features.create_session import questions
from services.gateway.features.create_session.questions import Option
from services.gateway.features.edit_session.callbacks import (
    Amend,
    AskCancelling,
    CancelSession,
    EditField,
)
from services.gateway.features.sessions.callbacks import OpenSession
from services.gateway.features.sessions.card import facts
from services.gateway.texts import Texts

FIELDS = {
    "day": "edit.when",
    "venue": "edit.venue",
    "price": "edit.price",
    "capacity": "edit.capacity",
    "opens": "edit.opens",
}
"""What can be changed: the first step that asks for it, and the button's text."""


def fields(session: Session, texts: Texts) -> Screen:
    change = [
        Button(text=texts.plain(key), data=EditField(session_id=session.id, field=field))
        for field, key in FIELDS.items()
    ]
    cancel = Button(
        text=texts.plain("edit.cancel"),
        data=AskCancelling(session_id=session.id),
        style=Style.DANGER,
    )
    back = Button(text=texts.plain("edit.back"), data=OpenSession(session_id=session.id))
    return Screen(
        text="\n\n".join([texts("edit.title"), facts(session, texts), texts("edit.what")]),
        buttons=(tuple(change[:2]), tuple(change[2:4]), tuple(change[4:]), (cancel,), (back,)),
    )


def ask(
    conversation: Conversation, offered: Sequence[Option], texts: Texts, problem: str = ""
) -> Screen:
    step = conversation.step
    chosen = questions.summary(conversation.data, texts)
    return Screen(
        text=questions.question(step, texts("edit.title"), chosen, problem, texts),
        buttons=questions.rows(step, offered, lambda value: Amend(step=step, value=value), texts),
    )


def cancelling(session: Session, texts: Texts) -> Screen:
    yes = CancelSession(session_id=session.id)
    keep = OpenSession(session_id=session.id)
    return Screen(
        text=f"{facts(session, texts)}\n\n{texts('edit.cancel.ask')}",
        buttons=(
            (Button(text=texts.plain("edit.cancel.yes"), data=yes, style=Style.DANGER),),
            (Button(text=texts.plain("edit.cancel.no"), data=keep),),
        ),
    )
