"""The three catalogues say the same things."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from services.gateway.texts import LANGUAGES, TOAST_LIMIT, texts_for
from services.gateway.texts.catalogues import FOLDER, Catalogue, files, read_catalogue

GATEWAY = FOLDER.parent
PROTOS = GATEWAY.parent.parent / "protos"
OTHERS = ("ru", "en")
TEXT_LIMIT = 4096
COMPOSED = ("ask.", "error.", "format.", "join.", "notice.")
"""Families whose keys the code puts together."""

MENU = re.compile(r"menu\.(?!home|unknown)")


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return read_catalogue(request.param)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys(language: str) -> None:
    first, other = read_catalogue("uz"), read_catalogue(language)
    assert other.texts.keys() == first.texts.keys()
    assert other.plurals.keys() == first.plurals.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_placeholders(language: str) -> None:
    first, other = read_catalogue("uz"), read_catalogue(language)
    differing = [
        key
        for key in first.texts
        if placeholders(first.texts[key]) != placeholders(other.texts[key])
    ]
    assert differing == []


@pytest.mark.parametrize(("language", "forms"), [("uz", 1), ("ru", 3), ("en", 2)])
def test_a_plural_text_has_all_the_forms_of_its_language(language: str, forms: int) -> None:
    for key, texts in read_catalogue(language).plurals.items():
        assert len(texts) == forms, key
        assert all("{n}" in text for text in texts), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_there_twice(language: str) -> None:
    lines = [line for file in files(language) for line in file.read_text("utf-8").splitlines()]
    counted = Counter(line for line in lines if line.startswith('msgid "') and line != 'msgid ""')
    assert [line for line, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_read_as_gettext_files_without_fuzzy_texts(language: str) -> None:
    for file in files(language):
        with file.open("rb") as opened:
            read = read_po(opened, abort_invalid=True)
        assert [message.id for message in read if message.fuzzy] == []


def test_no_text_is_empty(catalogue: Catalogue) -> None:
    assert [key for key, text in catalogue.texts.items() if not text.strip()] == []


def test_every_text_fits_into_a_message(catalogue: Catalogue) -> None:
    assert [key for key, text in catalogue.texts.items() if len(text) > TEXT_LIMIT // 2] == []


def test_what_a_toast_says_fits_into_it(catalogue: Catalogue) -> None:
    refusals = {key for key in catalogue.texts if key.startswith("error.")}
    shown = toast_keys() & catalogue.texts.keys() | refusals
    assert [key for key in sorted(shown) if len(catalogue.texts[key]) > TOAST_LIMIT] == []


def test_buttons_toasts_and_refusals_are_plain_text(catalogue: Catalogue) -> None:
    plain = toast_keys() | plain_keys() | set(filter(MENU.match, catalogue.texts))
    plain |= {key for key in catalogue.texts if key.startswith("error.")}
    marked = [key for key in sorted(plain) if re.search(r"[<>&]", catalogue.texts.get(key, ""))]
    assert marked == []


def test_html_is_what_telegram_takes_and_balanced(catalogue: Catalogue) -> None:
    for key, text in [*catalogue.texts.items(), *plural_texts(catalogue)]:
        tags = Tags()
        tags.feed(text)
        assert tags.open == [] and tags.used <= {"b", "i", "code"}, key


def test_the_menus_texts_lead_to_one_place_each() -> None:
    texts = [read_catalogue(language).texts for language in LANGUAGES]
    leads = {(found[key], key) for found in texts for key in found if MENU.match(key)}
    assert len({text for text, _ in leads}) == len(leads)


def test_every_key_in_the_code_has_a_text() -> None:
    catalogue = read_catalogue("uz")
    used = used_keys(r"texts\(\"([a-z_.0-9]+)\"") | plain_keys() | toast_keys()
    assert used - catalogue.texts.keys() == set()
    assert used_keys(r"plural\(\"([a-z_.0-9]+)\"") - catalogue.plurals.keys() == set()


def test_no_text_is_there_for_nothing() -> None:
    code = "".join(file.read_text("utf-8") for file in GATEWAY.rglob("*.py"))
    catalogue = read_catalogue("uz")
    keys = [*catalogue.texts, *catalogue.plurals]
    named = [key for key in keys if not key.startswith(COMPOSED)]
    assert [key for key in named if f'"{key}"' not in code and f"'{key}'" not in code] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_the_wire_has_a_text(language: str) -> None:
    known = read_catalogue(language).texts
    assert [reason for reason in refusals() if f"error.{reason}" not in known] == []


def test_a_refusal_nobody_knows_gets_a_general_text() -> None:
    texts = texts_for("en")
    assert texts.refusal("BRAND_NEW") == texts.plain("error.OTHER")


class Tags(HTMLParser):
    """Which tags are used, and which are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.used: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.used.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def plural_texts(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(key, text) for key, texts in catalogue.plurals.items() for text in texts]


def used_keys(pattern: str) -> set[str]:
    return {key for file in GATEWAY.rglob("*.py") for key in re.findall(pattern, source(file))}


def source(file: Path) -> str:
    """Without the breaks that the formatter puts after brackets."""
    return re.sub(r"\(\s+", "(", file.read_text("utf-8"))


def plain_keys() -> set[str]:
    return used_keys(r"plain\(\"([a-z_.0-9]+)\"")


def toast_keys() -> set[str]:
    return used_keys(r"toast\(\"([a-z_.0-9]+)\"")


def refusals() -> set[str]:
    """The reasons in the comments of the services' methods."""
    found: set[str] = set()
    for file in PROTOS.rglob("*_service.proto"):
        comments = " ".join(
            line.strip().removeprefix("//")
            for line in file.read_text("utf-8").splitlines()
            if line.strip().startswith("//") or line.strip().startswith("rpc")
        )
        for told in re.findall(r"[Rr]efuses? (?:with|as) (.*?)rpc ", comments):
            found |= set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", told))
    assert {"NOT_ALLOWED", "VENUE_BUSY", "TEAM_FULL", "PHONE_NOT_ACCEPTED"} <= found
    return found
