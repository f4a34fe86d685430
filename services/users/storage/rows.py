"""A person as a row, and numbers as a parameter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, literal
from sqlalchemy.dialects.postgresql import ARRAY

from services.users.domain.names import folded
from services.users.domain.user import (
    Language,
    Position,
    Role,
    TelegramId,
    Topic,
    User,
    UserId,
)

# Looked up: calling an enum for its member costs three times as much.
_LANGUAGES = {one.value: one for one in Language}
_ROLES = {one.name.lower(): one for one in Role}
_POSITIONS = {one.value: one for one in Position}


def user_from(row: Sequence[Any]) -> User:
    """The person in a row that begins with the columns of `tables.people`, in their order."""
    id_, account, name, _, phone, language, language_chosen, role, reachable = row[:9]
    age, position, shirt_number, muted, created_at = row[9:14]
    return User(
        id=UserId(id_),
        telegram_id=None if account is None else TelegramId(account),
        name=name,
        phone=phone or "",
        language=_LANGUAGES[language],
        language_chosen=language_chosen,
        stored_role=_ROLES[role],
        reachable=reachable,
        created_at=created_at,
        age=age or 0,
        position=_POSITIONS[position or ""],
        shirt_number=shirt_number or 0,
        muted=frozenset(map(Topic, muted)),
    )


def changeable(user: User) -> dict[str, Any]:
    """The columns that a person's use can change."""
    return {
        "name": user.name,
        "name_folded": folded(user.name),
        "phone": user.phone or None,
        "language": user.language.value,
        "language_chosen": user.language_chosen,
        "role": user.stored_role.name.lower(),
        "reachable": user.reachable,
        "age": user.age or None,
        "position": user.position.value or None,
        "shirt_number": user.shirt_number or None,
        "muted": sorted(user.muted),
    }


def numbers(some: Sequence[int]) -> BindParameter[Sequence[int]]:
    """One array parameter: the statement is the same for any number of ids."""
    return literal(list(some), ARRAY(BigInteger))
