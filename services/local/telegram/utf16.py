"""Lengths and offsets as Telegram counts them: in UTF-16 code units."""


def length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def pieces(text: str, limit: int) -> list[str]:
    """Cut as Telegram's own apps do before sending; no piece is longer than `limit` units."""
    found, start, size = [], 0, 0
    for index, character in enumerate(text):
        units = length(character)
        if size + units > limit:
            found.append(text[start:index])
            start, size = index, 0
        size += units
    return [*found, text[start:]]
