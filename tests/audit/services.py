"""pip-audit as a service: one pin first, and the rest only where that one was really audited."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.audit.advisories import Told, vulnerability
from tests.audit.findings import Finding
from tests.audit.locks import Pin

PROBE_SECONDS = 25
ALL_SECONDS = 240
ANSWER_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PipAudit:
    program: Path

    def ask(self, pins: tuple[Pin, ...]) -> Told | None:
        for service in ("pypi", "osv"):
            probe = self._run(service, pins[:1], PROBE_SECONDS)
            if probe and probe.audited:
                return self._run(service, pins, ALL_SECONDS)
        return None

    def _run(self, service: str, pins: tuple[Pin, ...], seconds: float) -> Told | None:
        with tempfile.TemporaryDirectory() as folder:
            asked = Path(folder, "asked.txt")
            asked.write_text("".join(map(_line, pins)))
            command = (str(self.program), "-r", str(asked), "--require-hashes", "--disable-pip")
            how = ("-s", service, "-f", "json", "--progress-spinner", "off", "--timeout")
            try:
                done = subprocess.run(
                    (*command, *how, str(ANSWER_SECONDS)),
                    capture_output=True,
                    timeout=seconds,
                    check=False,
                )
                return read_report(service, json.loads(done.stdout), pins)
            except (OSError, subprocess.TimeoutExpired, ValueError):
                return None


def read_report(service: str, report: Mapping[str, Any], pins: Iterable[Pin]) -> Told:
    """A dependency with `skip_reason` was not audited, though pip-audit ends well with it."""
    asked = {pin.name: pin for pin in pins}
    heard = [one for one in report["dependencies"] if "vulns" in one and one["name"] in asked]
    return Told(
        service=f"pip-audit ({service})",
        found=tuple(_finding(asked[one["name"]], it) for one in heard for it in one["vulns"]),
        audited=frozenset(one["name"] for one in heard),
    )


def _finding(pin: Pin, told: Mapping[str, Any]) -> Finding:
    """Under its CVE where it has one, as the file in the tree names it."""
    numbers = [told["id"], *told.get("aliases", ())]
    number = next((one for one in numbers if one.startswith("CVE-")), told["id"])
    fixed = ", ".join(told.get("fix_versions", ())) or "no version yet"
    return vulnerability(pin, number, f"fixed in {fixed}.")


def _line(pin: Pin) -> str:
    return (
        f"{pin.name}=={pin.version} " + " ".join(f"--hash=sha256:{it}" for it in pin.hashes) + "\n"
    )
