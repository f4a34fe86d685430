"""A person as a row, and numbers as a parameter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Row, literal
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


def user_from(row: Row[Any]) -> User:
    """The person in a row of `people`."""
    return User(
        id=UserId(row.id),
        telegram_id=None if row.telegram_id is None else TelegramId(row.telegram_id),
        name=row.name,
        phone=row.phone or "",
        language=Language(row.language),
        language_chosen=row.language_chosen,
        stored_role=Role[row.role.upper()],
        reachable=row.reachable,
        created_at=row.created_at,
        age=row.age or 0,
        position=Position(row.position or ""),
        shirt_number=row.shirt_number or 0,
        muted=frozenset(map(Topic, row.muted)),
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
