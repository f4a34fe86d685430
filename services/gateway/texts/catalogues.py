"""Reads a language's gettext catalogues (.po) into plain dictionaries, once per process.

A language has one file for each kind of reader; all keys are one space.
"""

from collections.abc import Callable
from dataclasses import dataclass
from gettext import c2py
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import cast

from babel.messages import Catalog as BabelCatalogue
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
    """All files of `language` as one; FileNotFoundError when there is none."""
    read = [_read(path, language) for path in files(language)]
    if not read:
        raise FileNotFoundError(f"no catalogue of {language} in {FOLDER}")
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in chain.from_iterable(read):
        if isinstance(message.id, str):
            texts[message.id] = cast(str, message.string)
        else:
            plurals[message.id[0]] = tuple(cast(tuple[str, ...], message.string))
    texts.pop("", None)
    return Catalogue(
        texts=MappingProxyType(texts),
        plurals=MappingProxyType(plurals),
        plural_form=c2py(read[0].plural_expr),
    )


def files(language: str) -> list[Path]:
    """The language's files in the order of their names."""
    return sorted((FOLDER / language / "LC_MESSAGES").glob("*.po"))


def _read(path: Path, language: str) -> BabelCatalogue:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)
