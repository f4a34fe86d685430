"""The bill of materials, CycloneDX 1.6: what is installed from PyPI and what is from Debian."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

Component = dict[str, object]


def bill(site: Path, debian: str, seconds: int) -> str:
    """JSON that says the same for the same packages. `debian`: name, version, architecture."""
    components = [*_from_pypi(site), *_from_debian(debian)]
    number = uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))
    made = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ours = {"type": "application", "bom-ref": "fotbot", "name": "fotbot"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {"timestamp": made, "component": ours},
        "components": components,
    }
    return json.dumps(document, indent=1) + "\n"


def _from_pypi(site: Path) -> Iterator[Component]:
    found = distributions(path=[str(site)])
    for one in sorted(found, key=lambda it: str(it.metadata["Name"]).lower()):
        name = re.sub(r"[-_.]+", "-", str(one.metadata["Name"])).lower()
        yield _component(name, one.version, f"pkg:pypi/{name}@{quote(one.version)}", _license(one))


def _from_debian(lines: str) -> Iterator[Component]:
    for line in sorted(lines.splitlines()):
        name, version, architecture = line.split()
        purl = f"pkg:deb/debian/{name}@{quote(version)}?arch={architecture}"
        yield _component(name, version, purl, None)


def _component(name: str, version: str, purl: str, license_name: str | None) -> Component:
    kind: Component = {"type": "library", "bom-ref": purl, "name": name, "version": version}
    if license_name:
        kind["licenses"] = [{"license": {"name": license_name}}]
    return kind | {"purl": purl}


def _license(one: Distribution) -> str | None:
    """What the package says in few words, or by its classifier; no licence's whole text."""
    [said, *_] = _told(one, "License-Expression") or _told(one, "License") or [""]
    if said and "\n" not in said and len(said) <= 100:
        return said
    for told in _told(one, "Classifier"):
        if told.startswith("License :: "):
            return told.rsplit(" :: ", 1)[1]
    return None


def _told(one: Distribution, field: str) -> list[str]:
    return [str(value) for value in one.metadata.get_all(field) or ()]
