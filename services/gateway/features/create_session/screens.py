"""The conversation's screens: a question per step, and the card to confirm."""

from collections.abc import Sequence

from services.gateway.answers import Button, Screen, Style
from services.gateway.conversations import Conversation
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.create_session import questions
from services.gateway.features.create_session.callbacks import Choose, ConfirmCreation
from services.gateway.features.create_session.questions import Option
from services.gateway.texts import Texts

STEPS = ("venue", "day", "time", "minutes", "format", "price", "capacity", "confirm")


def ask(
    conversation: Conversation, offered: Sequence[Option], texts: Texts, problem: str = ""
) -> Screen:
    step = conversation.step
    title = texts("create.title", step=STEPS.index(step) + 1, steps=len(STEPS))
    chosen = questions.summary(conversation.data, texts)
    return Screen(
        text=questions.question(step, title, chosen, problem, texts),
        buttons=questions.rows(step, offered, lambda value: Choose(step=step, value=value), texts),
    )


def confirm(conversation: Conversation, texts: Texts, problem: str = "") -> Screen:
    title = texts("create.title", step=len(STEPS), steps=len(STEPS))
    chosen = questions.summary(conversation.data, texts)
    create = Button(text=texts.plain("create.confirm"), data=ConfirmCreation(), style=Style.SUCCESS)
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(
        text=questions.question("confirm", title, chosen, problem, texts),
        buttons=((create,), (out,)),
    )
