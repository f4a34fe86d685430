"""The questions that are answered by typing, or by the own contact."""

from services.gateway.answers import Button, Screen
from services.gateway.calls import Person
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.menu.screens import home
from services.gateway.texts import Texts


def name(texts: Texts, problem: str = "") -> Screen:
    return _typed(texts("profile.name.ask"), problem, texts)


def age(texts: Texts, problem: str = "") -> Screen:
    return _typed(texts("profile.age.ask"), problem, texts)


def phone(texts: Texts, problem: str = "") -> Screen:
    """`problem`, when there is one, says all: it repeats what to press."""
    return Screen(
        text=problem or texts("profile.phone.ask"),
        ask_contact=texts.plain("onboarding.phone.button"),
    )


def phone_done(person: Person, texts: Texts) -> Screen:
    """With the menu, whose place the contact's button had taken."""
    return home(texts("profile.phone.done", phone=person.phone), person.role, texts)


def _typed(question: str, problem: str, texts: Texts) -> Screen:
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=f"⚠️ {problem}\n\n{question}" if problem else question, buttons=((out,),))
