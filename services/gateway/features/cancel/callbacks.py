"""What the way out carries."""

from aiogram.filters.callback_data import CallbackData


class LeaveConversation(CallbackData, prefix="x"):
    """Leaves the conversation, whichever it is."""
