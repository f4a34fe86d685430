"""What the language buttons carry."""

from aiogram.filters.callback_data import CallbackData


class OpenLanguages(CallbackData, prefix="lo"):
    """Shows the choice of languages."""


class ChooseLanguage(CallbackData, prefix="lc"):
    """Speaks this language from now on."""

    code: str
