"""Ids as buttons carry them. Buttons can be forged: what the wire could not carry is no id."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

WireId = Annotated[int, Field(ge=1, le=2**63 - 1)]


def carrying(kind: type[CallbackData], id_: int) -> str:
    """What `kind` packs when an id is all it has, without making one: for the screens that a
    crowd asks for."""
    return f"{kind.__prefix__}:{id_}"
