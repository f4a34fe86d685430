"""The reply keyboard by role. What each of its texts does is in the features' routers."""

from functools import lru_cache

from services.gateway.answers import Screen
from services.gateway.calls import Role
from services.gateway.texts import Texts


def home(text: str, role: Role, texts: Texts, *, pending: bool = False) -> Screen:
    """`text` with the menu under it; `pending` when a link waits to be gone on with."""
    return Screen(text=text, menu=keyboard(role, texts, pending=pending))


@lru_cache
def keyboard(role: Role, texts: Texts, *, pending: bool = False) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = [
        ("menu.sessions", "menu.my"),
        ("menu.team", "menu.profile", "menu.help"),
    ]
    if pending:
        rows.insert(0, ("menu.continue",))
    if role >= Role.ORGANISER:
        rows.append(("menu.organise", "menu.create"))
    if role >= Role.ADMIN:
        rows.append(("menu.organisers",))
    return tuple(tuple(texts.plain(key) for key in row) for row in rows)
