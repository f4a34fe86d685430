"""The audit finds what is planted, and says so when nobody could look."""

from __future__ import annotations

import json
import shutil
import sysconfig
from datetime import date
from pathlib import Path

import pytest

from tests.audit.advisories import Told, vulnerability
from tests.audit.findings import read_answers
from tests.audit.locks import Pin, read_lock, unhashed_installs
from tests.audit.run import INSTALLERS, LOCKS, Audit, audit
from tests.audit.services import read_report

ROOT = Path(__file__).parents[2]
FILES = (*LOCKS, *INSTALLERS, "pyproject.toml")
OWN = ("licences.toml", "advisories.toml", "answers.toml")
DAY = date(2026, 11, 24)
HASH = "0" * 64


class Silent:
    def ask(self, pins: tuple[Pin, ...]) -> Told | None:
        return None


class Looked:
    """Knows one vulnerability, and never heard of one package."""

    def __init__(self, *, bad: str = "", unheard: str = "") -> None:
        self._bad, self._unheard = bad, unheard

    def ask(self, pins: tuple[Pin, ...]) -> Told | None:
        found = [
            vulnerability(pin, "CVE-1", "fixed in 2.") for pin in pins if pin.name == self._bad
        ]
        names = frozenset(pin.name for pin in pins) - {self._unheard}
        return Told(service="a service", found=tuple(found), audited=names)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (*FILES, *(f"tests/audit/{own}" for own in OWN)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def audited(root: Path, service: Silent | Looked, day: date = DAY) -> Audit:
    return audit(root, (Path(sysconfig.get_path("purelib")),), service, day)


def open_keys(done: Audit, part: str = "") -> set[str]:
    return {one.key for one in done.unanswered() if one.key.startswith(part)}


def plant(root: Path, line: str) -> None:
    with (root / "requirements.lock").open("a") as lock:
        lock.write(line + "\n")


def test_a_planted_vulnerable_pin_fails_though_no_service_answers(checkout: Path) -> None:
    plant(checkout, f"starlette==0.40.0 --hash=sha256:{HASH}")
    done = audited(checkout, Silent())
    assert "vulnerabilities:starlette:CVE-2025-62727" in open_keys(done)


def test_what_a_service_knows_of_a_pin_fails(checkout: Path) -> None:
    done = audited(checkout, Looked(bad="aiohttp"))
    assert open_keys(done, "vulnerabilities") == {"vulnerabilities:aiohttp:CVE-1"}


def test_a_pin_that_the_service_skipped_is_a_finding(checkout: Path) -> None:
    done = audited(checkout, Looked(unheard="kopf"))
    assert open_keys(done, "vulnerabilities") == {"vulnerabilities:kopf:not audited"}


def test_todays_locks_have_hashes_and_no_known_vulnerability(checkout: Path) -> None:
    done = audited(checkout, Silent())
    assert not open_keys(done, "hashes") and not open_keys(done, "vulnerabilities")


def test_an_answer_ends_on_its_day(checkout: Path) -> None:
    done = audited(checkout, Silent(), date(2026, 12, 25))
    assert "vulnerabilities:no service" in open_keys(done)


def test_an_answer_without_a_date_is_none(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text('["a"]\nanswer = "Fine."\n')
    with pytest.raises(ValueError, match="needs the dates"):
        read_answers(tmp_path / "answers.toml")


def test_a_licence_nobody_allowed_or_knows_is_a_finding(checkout: Path) -> None:
    plant(checkout, f"never-heard-of==1 --hash=sha256:{HASH}")
    policy = checkout / "tests/audit/licences.toml"
    policy.write_text(policy.read_text().replace('"ISC", "MIT",', '"ISC",'))
    found = open_keys(audited(checkout, Silent()), "licences")
    assert {"licences:never-heard-of:unknown", "licences:aiogram:MIT"} <= found


def test_a_line_without_hash_or_version_is_a_finding() -> None:
    text = f"good==1 \\\n    --hash=sha256:{HASH}\nbare==1\nloose>=1 --hash=sha256:{HASH}\n-e .\n"
    pins, found = read_lock("a.lock", text)
    assert [pin.name for pin in pins] == ["good"]
    assert [one.key for one in found] == [
        "hashes:a.lock:bare==1", "hashes:a.lock:loose>=1", "hashes:a.lock:-e",
    ]  # fmt: skip


def test_an_extra_that_the_lock_lacks_is_a_finding(checkout: Path) -> None:
    project = checkout / "pyproject.toml"
    project.write_text(project.read_text().replace("phonenumbers>=9", "phonenumbers>=99"))
    assert "hashes:users:phonenumbers" in open_keys(audited(checkout, Silent()))


def test_an_install_without_hashes_is_a_finding() -> None:
    assert list(unhashed_installs("Makefile", "\tuv pip install -q -r requirements.lock"))
    assert not list(unhashed_installs("Makefile", "\tpip install --require-hashes -r a.lock"))


def test_the_bill_lists_every_pin_that_runs(checkout: Path) -> None:
    bill = json.loads(audited(checkout, Silent()).bill)
    pins, _ = read_lock("requirements.lock", (checkout / "requirements.lock").read_text())
    assert {one["name"] for one in bill["components"]} == {pin.name for pin in pins}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_what_pip_audit_skips_it_did_not_audit() -> None:
    pins = tuple(Pin(name=name, version="1", hashes=(HASH,)) for name in ("bad", "skipped"))
    vulnerable = {"id": "PYSEC-1", "aliases": ["CVE-9"], "fix_versions": ["2"]}
    told = read_report(
        "osv",
        {
            "dependencies": [
                {"name": "bad", "version": "1", "vulns": [vulnerable]},
                {"name": "skipped", "skip_reason": "not found"},
            ]
        },
        pins,
    )
    assert told.audited == {"bad"}
    assert [one.key for one in told.found] == ["vulnerabilities:bad:CVE-9"]
