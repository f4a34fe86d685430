"""Every text a person sees, in his language: gettext catalogues under stable keys.

Which language a person reads is decided by users; dates and money are in dates.py, what people
typed is read in typed.py.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from html import escape
from operator import itemgetter
from string import Formatter

from services.gateway.texts.catalogues import Catalogue, read_catalogue
from services.gateway.texts.typed import paragraph, shown

LANGUAGES = ("uz", "ru", "en")
DEFAULT_LANGUAGE = "uz"
TOAST_LIMIT = 200
"""Characters in the answer to a tap, by the Bot API."""

REMEMBERED, REMEMBERED_LIMIT = 8192, 128
"""How many names and venues are kept escaped, and how long ones."""


class Html(str):
    """A piece of Telegram's HTML that is safe as it is, unlike what people typed."""

    __slots__ = ()


class Texts:
    """The texts of one language. An unknown key raises KeyError: a test keeps them equal."""

    def __init__(self, language: str, catalogue: Catalogue) -> None:
        self.language = language
        self._catalogue = catalogue
        self._texts = catalogue.texts
        self._fixed: dict[str, str] = {}

    def __call__(self, key: str, /, **values: object) -> Html:
        """HTML: the values are escaped unless they are Html themselves."""
        if values:
            return Html(_filled(self._texts[key], _escaped(values)))
        return Html(self._without_values(key))

    def plural(self, key: str, n: int, /, **values: object) -> Html:
        """HTML in the form that goes with `n`, which the text knows as {n}."""
        form = self._catalogue.plurals[key][self._catalogue.plural_form(abs(n))]
        return Html(_filled(form, _escaped({"n": n, **values})))

    def plain(self, key: str, /, **values: object) -> str:
        """Text without HTML, for buttons."""
        if values:
            return _filled(self._texts[key], _shown(values))
        return self._without_values(key)

    def toast(self, key: str, /, **values: object) -> str:
        """Text without HTML that fits into the answer to a tap."""
        text = self.plain(key, **values)
        return text if len(text) <= TOAST_LIMIT else text[: TOAST_LIMIT - 1] + "…"

    def refusal(self, reason: str) -> str:
        """Why a service refused, without HTML; a reason we do not know gets a general text."""
        return self._texts.get(f"error.{reason}", self._texts["error.OTHER"])

    def _without_values(self, key: str) -> str:
        """Always the same, so made once."""
        if (kept := self._fixed.get(key)) is None:
            kept = self._fixed[key] = self._texts[key].format_map({})
        return kept


def typed_at_length(text: str) -> Html:
    """What somebody typed, several lines perhaps: escaped, and unlike other values not cut."""
    return Html(escape(paragraph(text), quote=False))


@cache
def texts_for(language: str) -> Texts:
    """The texts of `language`; those of the default one when we do not speak it."""
    known = language if language in LANGUAGES else DEFAULT_LANGUAGE
    return Texts(known, read_catalogue(known))


def _filled(text: str, values: dict[str, object]) -> str:
    """What `format_map` makes in three times as long: placeholders are names and nothing more."""
    template, needed = _template(text)
    return template % needed(values)


@cache
def _template(text: str) -> tuple[str, Callable[[dict[str, object]], object]]:
    """The text with `%s` for its placeholders, and what picks the values for them."""
    pieces, names = [], []
    for literal, name, _spec, _conversion in Formatter().parse(text):
        pieces.append(literal.replace("%", "%%"))
        if name is not None:
            pieces.append("%s")
            names.append(name)
    return "".join(pieces), itemgetter(*names) if names else lambda _values: ()


def _escaped(values: dict[str, object]) -> dict[str, object]:
    """Changes them in place: they are the caller's keywords."""
    for name, value in values.items():
        if type(value) is not Html and not isinstance(value, int):
            text = str(value)
            values[name] = _kept(text) if len(text) <= REMEMBERED_LIMIT else _html(text)
    return values


def _html(text: str) -> str:
    return escape(shown(text), quote=False)


_kept = lru_cache(REMEMBERED)(_html)


def _shown(values: dict[str, object]) -> dict[str, object]:
    """Changes them in place, as `_escaped` does."""
    for name, value in values.items():
        if type(value) is not int:
            values[name] = shown(str(value))
    return values
