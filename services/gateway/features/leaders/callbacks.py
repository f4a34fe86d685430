"""What the buttons of the leaders carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

Order = Annotated[str, Field(pattern=r"^[pgaw]$")]
"""The first letter of points, goals, assists, wins."""

Page = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,16}$")]
"""A page's token as sessions gave it; empty for the first page."""


class OpenLeaders(CallbackData, prefix="wo"):
    """A page of the current season's best, or of all times'."""

    order: Order = "p"
    career: bool = False
    page: Page = ""
