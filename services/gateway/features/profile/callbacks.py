"""What the profile's buttons carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field


class OpenProfile(CallbackData, prefix="po"):
    """Back to the profile."""


class ChangeName(CallbackData, prefix="pn"):
    """Asks for the new name."""


class ChangePhone(CallbackData, prefix="pp"):
    """Asks for the new phone."""


class ChangeAge(CallbackData, prefix="pa"):
    """Asks for the age."""


class ChangePosition(CallbackData, prefix="pq"):
    """Shows the positions."""


class ChoosePosition(CallbackData, prefix="pc"):
    """Likes to play there from now on; "none" takes it away."""

    position: Annotated[str, Field(pattern="^(goalkeeper|defender|midfielder|forward|none)$")]


class ChangeNumber(CallbackData, prefix="ps"):
    """Shows the numbers."""


class ChooseNumber(CallbackData, prefix="pw"):
    """Would like to wear this one from now on; 0 takes it away."""

    number: Annotated[int, Field(ge=0, le=25)]


class OpenTopics(CallbackData, prefix="pt"):
    """Shows which notices are wanted."""


class SetTopic(CallbackData, prefix="pm"):
    """Wants the notices of this topic from now on, or does not."""

    topic: Annotated[str, Field(pattern="^(reminders|registrations|changes|teams|broadcasts)$")]
    wanted: bool
