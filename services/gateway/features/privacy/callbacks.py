"""What the buttons about one's own data carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field


class OpenPrivacy(CallbackData, prefix="ko"):
    """Shows what is kept, why and how long."""


class AskExport(CallbackData, prefix="ke"):
    """Wants a copy of all that is known of him."""


class AskDelete(CallbackData, prefix="kd"):
    """Asks whether he really wants to be deleted."""


class ConfirmDelete(CallbackData, prefix="ky"):
    """Wants it. Who starts again is somebody new, whom an old button does not delete."""

    user_id: Annotated[int, Field(gt=0)]
