"""Reads a gettext catalogue (.po) into plain dictionaries, once per process."""

from collections.abc import Callable
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path
from types import MappingProxyType
from typing import cast

from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language's texts by key. A text with plural forms is only in `plurals`."""

    texts: MappingProxyType[str, str]
    plurals: MappingProxyType[str, tuple[str, ...]]
    plural_form: Callable[[int], int]
    """Which of the forms goes with a number, by the language's own rule."""


def read_catalogue(language: str) -> Catalogue:
    """The catalogue of `language`; FileNotFoundError when there is none."""
    path = FOLDER / language / "LC_MESSAGES" / "fotbot.po"
    with path.open("rb") as file:
        po = read_po(file, locale=language, abort_invalid=True)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in po:
        if isinstance(message.id, str):
            texts[message.id] = cast(str, message.string)
        else:
            plurals[message.id[0]] = tuple(cast(tuple[str, ...], message.string))
    texts.pop("", None)
    return Catalogue(
        texts=MappingProxyType(texts),
        plurals=MappingProxyType(plurals),
        plural_form=c2py(po.plural_expr),
    )
