"""The bill of materials of the locks, CycloneDX 1.6; the image's own (k8s/image/sbom.py) has
Debian's packages too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from tests.audit.locks import Pin


def bill(pins: Iterable[Pin], licences: Mapping[str, str]) -> str:
    """JSON that says the same for the same pins. `licences`: SPDX expressions by package."""
    components = [_component(pin, licences.get(pin.name, "")) for pin in pins]
    number = uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "fotbot", "name": "fotbot"}},
        "components": components,
    }
    return json.dumps(document, indent=1) + "\n"


def _component(pin: Pin, licence: str) -> dict[str, object]:
    purl = f"pkg:pypi/{pin.name}@{quote(pin.version)}"
    told: dict[str, object] = {"licenses": [{"expression": licence}]} if licence else {}
    kind = {"type": "library", "bom-ref": purl, "name": pin.name, "version": pin.version}
    return {**kind, **told, "purl": purl}
