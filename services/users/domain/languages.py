"""The first guess at a person's language."""

from services.users.domain.user import Language


def guessed_language(code: str, default: Language) -> Language:
    """From Telegram's IETF tag ("ru-RU", "uz-Latn-UZ"); else the default."""
    primary = code.replace("_", "-").partition("-")[0].strip().lower()
    return Language(primary) if primary in set(Language) else default
