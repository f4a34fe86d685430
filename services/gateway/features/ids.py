"""Ids as buttons carry them. Buttons can be forged: what the wire could not carry is no id."""

from typing import Annotated

from pydantic import Field

WireId = Annotated[int, Field(ge=1, le=2**63 - 1)]
