"""The organisers, whom to appoint, and the last question before one is removed."""

from collections.abc import Sequence

from fotbot.users.v1.user_pb2 import ROLE_ADMIN, Person

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.moves.callbacks import ListMoves
from services.gateway.features.organisers.callbacks import (
    Appoint,
    AskRemoving,
    FindPerson,
    ListOrganisers,
    Remove,
)
from services.gateway.texts import Texts
from services.gateway.texts.typed import shown

LISTED = 25
"""People that the text names: more would not fit whatever their names."""

REMOVABLE = 90
"""People with a button of their own; Telegram takes 100 buttons."""


def listing(people: Sequence[Person], moves: int, texts: Texts) -> Screen:
    """Everybody with a role; only organisers can be removed. `moves` is how many wait for an
    account of before."""
    lines = [
        texts(
            "organisers.admin" if person.role == ROLE_ADMIN else "organisers.organiser",
            name=person.name,
        )
        for person in people[:LISTED]
    ]
    removable = [person for person in people if person.role != ROLE_ADMIN][:REMOVABLE]
    appoint = Button(text=texts.plain("organisers.appoint"), data=FindPerson())
    return Screen(
        text="\n\n".join([texts("organisers.title"), "\n".join(lines) or texts("organisers.none")]),
        buttons=(
            *(
                (
                    Button(
                        text=texts.plain("organisers.remove", name=person.name),
                        data=AskRemoving(user_id=person.id),
                    ),
                )
                for person in removable
            ),
            (appoint,),
            (Button(text=texts.plain("organisers.moves", waiting=moves), data=ListMoves()),),
        ),
    )


def find(texts: Texts, problem: str = "") -> Screen:
    question = texts("organisers.find")
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(text=f"⚠️ {problem}\n\n{question}" if problem else question, buttons=((out,),))


def found(people: Sequence[Person], texts: Texts) -> Screen:
    out = Button(text=texts.plain("cancel.button"), data=LeaveConversation())
    return Screen(
        text=texts("organisers.found"),
        buttons=(
            *(
                (Button(text=shown(person.name), data=Appoint(user_id=person.id)),)
                for person in people
            ),
            (out,),
        ),
    )


def removing(person: Person, texts: Texts) -> Screen:
    yes = Remove(user_id=person.id)
    return Screen(
        text=texts("organisers.remove.ask", name=person.name),
        buttons=(
            (Button(text=texts.plain("organisers.remove.yes"), data=yes, style=Style.DANGER),),
            (Button(text=texts.plain("organisers.back"), data=ListOrganisers()),),
        ),
    )
