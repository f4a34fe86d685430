"""The help page; those with a role read their own part too."""

from services.gateway.answers import Screen
from services.gateway.calls import Role
from services.gateway.features.menu.screens import home
from services.gateway.texts import Texts


def page(role: Role, texts: Texts) -> Screen:
    parts = [texts("help.player")]
    if role >= Role.ORGANISER:
        parts.append(texts("help.organiser"))
    if role >= Role.ADMIN:
        parts.append(texts("help.admin"))
    return home("\n\n".join(parts), role, texts)
