"""The conversation's screens: a question per step, and the card to confirm."""

from collections.abc import Sequence

from services.gateway.answers import Button, Screen, Style
from services.gateway.conversations import Conversation
from services.gateway.features.create_session import opening, questions
from services.gateway.features.create_session.callbacks import (
    AskOpening,
    Choose,
    ConfirmCreation,
    StepBack,
)
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
CONFIRM = STEPS[-1]


def ask(
    conversation: Conversation, offered: Sequence[Option], texts: Texts, problem: str = ""
) -> Screen:
    step = conversation.step
    title = texts("create.title", step=_number(step), steps=len(STEPS))
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
    opens = Button(text=_opens(conversation, texts), data=AskOpening())
    create = Button(text=texts.plain("create.confirm"), data=ConfirmCreation(), style=Style.SUCCESS)
    return Screen(
        text=questions.question("confirm", title, chosen, problem, texts),
        buttons=((create,), (opens,), questions.ways_out(texts, back("confirm"))),
    )


def back(step: str) -> StepBack | None:
    """None at the first step."""
    return None if step == STEPS[0] else StepBack(step=step)


def _opens(conversation: Conversation, texts: Texts) -> str:
    opens_at = opening.opens_at(conversation.data)
    if opens_at is None:
        return texts.plain("create.opens.at_once")
    return texts.plain("create.opens", when=opening.shown_opening(opens_at, texts))


def before(step: str) -> str:
    """The step that `back` leads to."""
    return STEPS[_number(step) - 2] if step in STEPS else CONFIRM


def _number(step: str) -> int:
    """From 1; what is asked from the last one counts as that."""
    return STEPS.index(step if step in STEPS else CONFIRM) + 1
