"""What is told of one's own data, and what is asked before it is deleted."""

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import Person
from services.gateway.features.privacy.callbacks import (
    AskDelete,
    AskExport,
    ConfirmDelete,
    OpenPrivacy,
)
from services.gateway.texts import Texts


def privacy(texts: Texts) -> Screen:
    copy = Button(text=texts.plain("privacy.export.button"), data=AskExport())
    delete = Button(text=texts.plain("privacy.delete.button"), data=AskDelete(), style=Style.DANGER)
    text = "\n\n".join((texts("privacy.what"), texts("privacy.how_long"), texts("privacy.rights")))
    return Screen(text=text, buttons=((copy,), (delete,)))


def exported(texts: Texts) -> Screen:
    back = Button(text=texts.plain("privacy.back"), data=OpenPrivacy())
    return Screen(text=texts("privacy.exported"), buttons=((back,),))


def asked(person: Person, texts: Texts) -> Screen:
    sure = Button(
        text=texts.plain("privacy.delete.confirm"),
        data=ConfirmDelete(user_id=person.user_id),
        style=Style.DANGER,
    )
    keep = Button(text=texts.plain("privacy.delete.keep"), data=OpenPrivacy())
    return Screen(text=texts("privacy.delete.ask"), buttons=((sure,), (keep,)))


def deleted(texts: Texts) -> Screen:
    """The menu goes too: it would lead to nobody."""
    return Screen(text=texts("privacy.deleted"), remove_menu=True)


def deleted_before(texts: Texts) -> Screen:
    return Screen(text=texts("privacy.deleted_before"))
