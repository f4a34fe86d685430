"""The profile as only its owner sees it."""

from services.gateway.answers import Button, Screen
from services.gateway.calls import Person, Role
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.language.callbacks import OpenLanguages
from services.gateway.features.profile.callbacks import ChangeName
from services.gateway.texts import Texts

ROLES = {
    Role.PLAYER: "profile.role.player",
    Role.ORGANISER: "profile.role.organiser",
    Role.ADMIN: "profile.role.admin",
}


def profile(person: Person, texts: Texts, note: str = "") -> Screen:
    lines = [
        texts("profile.title", name=person.name),
        "",
        texts("profile.phone", phone=person.phone),
        texts("profile.language"),
        texts(ROLES[person.role]),
    ]
    return Screen(
        text="\n".join([note, "", *lines] if note else lines),
        buttons=(
            (Button(text=texts.plain("profile.edit_name"), data=ChangeName()),),
            (Button(text=texts.plain("profile.edit_language"), data=OpenLanguages()),),
        ),
    )


def ask_name(texts: Texts, problem: str = "") -> Screen:
    question = texts("profile.name.ask")
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=f"⚠️ {problem}\n\n{question}" if problem else question, buttons=((out,),))
