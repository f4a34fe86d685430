"""One audit of one checkout: locks, licences, vulnerabilities, and the bill of materials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.audit.advisories import ADVISORIES, Service, read_known, vulnerable
from tests.audit.bill import bill
from tests.audit.findings import Finding, Verdict, judge, read_answers
from tests.audit.licences import LICENCES, disallowed, installed, licence_of, read_policy
from tests.audit.locks import HASHES, Pin, read_lock, unhashed_installs, unlocked

RUN, DEVELOP = "requirements.lock", "requirements-dev.lock"
LOCKS = (RUN, DEVELOP, "k8s/image/build.lock", "tests/audit/pip-audit.lock")
INSTALLERS = ("Makefile", "Dockerfile")
PARTS = (HASHES, LICENCES, ADVISORIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """`bill` is CycloneDX JSON of what runs; `pins` counts every package of every lock."""

    verdicts: tuple[Verdict, ...]
    pins: int
    bill: str

    def unanswered(self) -> tuple[Finding, ...]:
        return tuple(one.finding for one in self.verdicts if one.answer is None)


def audit(root: Path, sites: Iterable[Path], service: Service, today: date) -> Audit:
    """`sites`: the site-packages whose metadata tells licences. Raises OSError, ValueError or
    KeyError where a lock or one of the audit's own files cannot be read."""
    own = root / "tests" / "audit"
    held, found = _locks(root)
    pins = tuple(sorted({pin for lock in held.values() for pin in lock}))
    said, policy = installed(sites), read_policy(own / "licences.toml")
    found += disallowed(pins, said, policy)
    found += vulnerable(pins, read_known(own / "advisories.toml"), service)
    licences = {pin.name: licence_of(pin, said, policy) for pin in held[RUN]}
    return Audit(
        verdicts=judge(found, read_answers(own / "answers.toml"), today),
        pins=len(pins),
        bill=bill(held[RUN], licences),
    )


def _locks(root: Path) -> tuple[dict[str, tuple[Pin, ...]], list[Finding]]:
    held: dict[str, tuple[Pin, ...]] = {}
    found: list[Finding] = []
    for name in LOCKS:
        held[name], broken = read_lock(name, (root / name).read_text())
        found += broken
    found += unlocked(root / "pyproject.toml", held[RUN], held[DEVELOP])
    for name in INSTALLERS:
        found += unhashed_installs(name, (root / name).read_text())
    return held, found
