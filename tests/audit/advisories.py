"""Known vulnerabilities of pins: from a service where one answers, from a dated file in any case.

The file cannot clear a pin: it is not complete and ends at a date. So whatever no service audited
is a finding of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.audit.findings import Finding
from tests.audit.locks import Pin

ADVISORIES = "vulnerabilities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """`affected` is a version specifier; `source` says who published it."""

    number: str
    package: str
    affected: str
    words: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`until` is the day up to which somebody looked."""

    until: date
    advisories: tuple[Advisory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a service said: the vulnerabilities, and the names of the pins that it looked at."""

    service: str
    found: tuple[Finding, ...]
    audited: frozenset[str]


class Service(Protocol):
    def ask(self, pins: tuple[Pin, ...]) -> Told | None:
        """None when nobody answers in time."""


def read_known(path: Path) -> Known:
    """Raises KeyError or ValueError for an entry without its package, versions, words or source."""
    table = tomllib.loads(path.read_text())
    return Known(
        until=date.fromisoformat(str(table["known_until"])),
        advisories=tuple(_advisory(number, one) for number, one in table["advisories"].items()),
    )


def vulnerable(pins: tuple[Pin, ...], known: Known, service: Service) -> tuple[Finding, ...]:
    """One finding per pin and vulnerability, whoever told of it, and one for what nobody audited"""
    told = service.ask(pins)
    found = {one.key: one for one in (*_listed(pins, known), *(told.found if told else ()))}
    return (*found.values(), *_unaudited(pins, known, told))


def vulnerability(pin: Pin, number: str, words: str) -> Finding:
    return Finding(
        part=ADVISORIES,
        key=f"{ADVISORIES}:{pin.name}:{number}",
        words=f"{pin.name} {pin.version} has {number}: {words}",
    )


def _advisory(number: str, entry: Mapping[str, str]) -> Advisory:
    SpecifierSet(entry["affected"])
    return Advisory(
        number=number,
        package=canonicalize_name(entry["package"]),
        affected=entry["affected"],
        words=entry["words"],
        source=entry["source"],
    )


def _listed(pins: Iterable[Pin], known: Known) -> Iterator[Finding]:
    for pin in pins:
        for one in known.advisories:
            affected = SpecifierSet(one.affected, prereleases=True)
            if one.package == pin.name and affected.contains(pin.version):
                yield vulnerability(pin, one.number, f"{one.words} ({one.source})")


def _unaudited(pins: tuple[Pin, ...], known: Known, told: Told | None) -> Iterator[Finding]:
    left = sorted({pin.name for pin in pins} - (told.audited if told else frozenset()))
    if told is None:
        words = (
            f"No vulnerability service answered: {len(left)} packages were compared with "
            f"advisories.toml alone, which knows {len(known.advisories)} advisories "
            f"and ends on {known.until}."
        )
        yield Finding(part=ADVISORIES, key=f"{ADVISORIES}:no service", words=words)
        return
    for name in left:
        words = f"{told.service} did not audit {name}."
        yield Finding(part=ADVISORIES, key=f"{ADVISORIES}:{name}:not audited", words=words)
