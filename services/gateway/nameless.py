"""What an admin who hides behind his group is told: nobody can act without a name."""

from services.gateway.answers import Answer, Button, Screen
from services.gateway.texts import texts_for


def nameless(language: str, username: str) -> Answer:
    """The way to the private chat, where he has a name."""
    texts = texts_for(language)
    button = Button(text=texts.plain("group.open"), url=f"https://t.me/{username}")
    return Answer(screen=Screen(text=texts("group.private"), buttons=((button,),)))
