"""The questions of the sign-up and its end."""

from services.gateway.answers import Screen
from services.gateway.calls import Person
from services.gateway.features.menu.screens import home
from services.gateway.texts import Texts


def name(texts: Texts, problem: str = "") -> Screen:
    return Screen(text=_with(problem, texts("onboarding.name")))


def phone(texts: Texts, problem: str = "") -> Screen:
    """`problem`, when there is one, says all: it repeats what to press."""
    return Screen(
        text=problem or texts("onboarding.phone"),
        ask_contact=texts.plain("onboarding.phone.button"),
    )


def offer_move(texts: Texts, problem: str = "") -> Screen:
    """Says nothing of whether anybody has the number."""
    return Screen(
        text=problem or texts("onboarding.move"),
        ask_contact=texts.plain("onboarding.move.button"),
    )


def move_asked(texts: Texts) -> Screen:
    return Screen(text=texts("onboarding.move.asked"), remove_menu=True)


def done(person: Person, texts: Texts, *, pending: bool) -> Screen:
    key = "onboarding.done.link" if pending else "onboarding.done"
    return home(texts(key, name=person.name), person.role, texts, pending=pending)


def _with(problem: str, question: str) -> str:
    return f"⚠️ {problem}\n\n{question}" if problem else question
