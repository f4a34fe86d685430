"""A service's part of what is known of a person, as JSON: rows become objects, moments ISO 8601."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Executable

from services.chassis.db import ReadTransaction

MOST_ROWS = 1000
"""Of one kind: the newest. What a person does in many years fits."""


async def rows(
    transaction: ReadTransaction, statement: Executable, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What the statement finds, by column."""
    found = await transaction.execute(statement, {"most": MOST_ROWS, **parameters})
    return [dict(row._mapping) for row in found]


def document(parts: Mapping[str, Any]) -> str:
    """All of it as one JSON object."""
    return msgspec.json.encode(parts).decode()
