"""The conversation's screens: a question per step, and the card to confirm."""

from collections.abc import Sequence

from services.gateway.answers import Button, Screen, Style
from services.gateway.conversations import Conversation
from services.gateway.features.create_session import questions
from services.gateway.features.create_session.callbacks import Choose, ConfirmCreation, StepBack
from services.gateway.features.create_session.questions import Option
from services.gateway.texts import Texts

STEPS = (
    "venue",
    "day",
    "time",
    "minutes",
    "format",
    "squad",
    "price",
    "capacity",
    "approval",
    "confirm",
)


def ask(
    conversation: Conversation, offered: Sequence[Option], texts: Texts, problem: str = ""
) -> Screen:
    step = conversation.step
    title = texts("create.title", step=STEPS.index(step) + 1, steps=len(STEPS))
    chosen = questions.summary(conversation.data, texts)
    return Screen(
        text=questions.question(step, title, chosen, problem, texts),
        buttons=questions.rows(
            step, offered, lambda value: Choose(step=step, value=value), texts, back(step)
        ),
    )


def confirm(conversation: Conversation, texts: Texts, problem: str = "") -> Screen:
    title = texts("create.title", step=len(STEPS), steps=len(STEPS))
    chosen = questions.summary(conversation.data, texts)
    create = Button(text=texts.plain("create.confirm"), data=ConfirmCreation(), style=Style.SUCCESS)
    return Screen(
        text=questions.question("confirm", title, chosen, problem, texts),
        buttons=((create,), questions.ways_out(texts, back("confirm"))),
    )


def back(step: str) -> StepBack | None:
    """None at the first step."""
    return None if step == STEPS[0] else StepBack(step=step)
