"""Which licence a locked package has, and whether licences.toml allows it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.audit.findings import Finding
from tests.audit.locks import Pin

LICENCES = "licences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`names` turns what packages say into SPDX; `stated` speaks for those that say nothing."""

    allowed: frozenset[str]
    names: Mapping[str, str]
    stated: Mapping[str, str]

    def allows(self, expression: str) -> bool:
        """One side of each OR, both of each AND; what has parentheses is left to people."""
        return any(
            all(term.strip() in self.allowed for term in choice.split(" AND "))
            for choice in expression.split(" OR ")
        )


def read_policy(path: Path) -> Policy:
    table = tomllib.loads(path.read_text())
    return Policy(allowed=frozenset(table["allowed"]), names=table["names"], stated=table["stated"])


def installed(folders: Iterable[Path]) -> Mapping[str, str]:
    """What the packages of these site-packages say of their licence, by canonical name."""
    found = distributions(path=[str(folder) for folder in folders])
    return {canonicalize_name(one.metadata["Name"]): _said(one) for one in found}


def licence_of(pin: Pin, said: Mapping[str, str], policy: Policy) -> str:
    """In SPDX where it is known; empty where neither the package nor the policy says."""
    told = said.get(pin.name) or policy.stated.get(pin.name, "")
    return policy.names.get(told, told)


def disallowed(pins: Iterable[Pin], said: Mapping[str, str], policy: Policy) -> Iterator[Finding]:
    for pin in pins:
        licence = licence_of(pin, said, policy)
        if not policy.allows(licence):
            words = f"{pin.name} {pin.version} " + (
                f"is under {licence}, which the list does not allow."
                if licence
                else "does not say its licence: not audited."
            )
            key = f"{LICENCES}:{pin.name}:{licence or 'unknown'}"
            yield Finding(part=LICENCES, key=key, words=words)


def _said(one: Distribution) -> str:
    for field in ("License-Expression", "License"):
        for said in map(str, one.metadata.get_all(field) or []):
            if said.strip() and "\n" not in said.strip():
                return said.strip()
    kinds = [str(kind) for kind in one.metadata.get_all("Classifier") or []]
    told = [kind.rsplit(" :: ", 1)[1] for kind in kinds if kind.startswith("License :: ")]
    return " AND ".join(told)
