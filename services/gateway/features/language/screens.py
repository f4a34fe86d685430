"""The choice of languages, each in its own words, and what follows it."""

from services.gateway.answers import Button, Screen
from services.gateway.calls import Role
from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.features.menu.screens import home
from services.gateway.texts import LANGUAGES, Texts, texts_for


def choice() -> Screen:
    """For who may read none of the other languages."""
    spoken = [texts_for(code) for code in LANGUAGES]
    return Screen(
        text="\n".join(texts("language.ask") for texts in spoken),
        buttons=tuple(
            (Button(text=texts.plain("language.name"), data=ChooseLanguage(code=texts.language)),)
            for texts in spoken
        ),
    )


def changed(role: Role, texts: Texts) -> Screen:
    """The new language, with the menu in it."""
    return home(f"{texts('language.changed')}\n\n{texts('menu.home')}", role, texts)
