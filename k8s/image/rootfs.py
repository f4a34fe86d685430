"""What the image holds, put together out of the build stage: Python, the libraries that it and the
environment load, the certificates to trust, the environment itself, and the bill of all of it.

Usage: python -m k8s.image.rootfs TARGET SECONDS. Nothing newer than SECONDS since 1970 is left, and
byte code hangs on nothing but the sources' words, so that the same sources make the same image.
"""

import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from k8s.image.sbom import bill

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
VENV = Path("/app/venv")
SITE = VENV / "lib" / PYTHON / "site-packages"
STDLIB = Path("/usr/lib") / PYTHON
PACKAGES = (f"{PYTHON}-minimal", f"lib{PYTHON}-minimal", f"lib{PYTHON}-stdlib", "netbase")
PACKAGES_BESIDE = ("base-files", "media-types")
UNREAD = re.compile(
    r"/usr/(share/(?!mime)|local)|/var/|/etc/(update-motd|motd|issue|dpkg|skel|profile|host)"
    r"|/(lib2to3|pydoc_data|idlelib|distutils)/"
)
LANGUAGES = re.compile(r"(root|en|ru|uz)([_.].*)?")
LOADED = re.compile(r"^\s+(?:\S+ => )?(/\S+) \(0x", re.MULTILINE)
USERS = "root:x:0:0:root:/:/sbin/nologin\nfotbot:x:65532:65532:fotbot:/app:/sbin/nologin\n"
GROUPS = "root:x:0:\nfotbot:x:65532:\n"


def prune() -> None:
    """Data that nothing here reads: other languages, and where in the world a number is from."""
    for file in (SITE / "babel" / "locale-data").glob("*.dat"):
        if not LANGUAGES.fullmatch(file.name):
            file.unlink()
    for script in (VENV / "bin").glob("[aA]ctivate*"):
        script.unlink()
    for folder in ("geodata", "carrierdata", "tzdata"):
        shutil.rmtree(SITE / "phonenumbers" / folder, ignore_errors=True)


def output(*command: str) -> str:
    """What a command says; its complaints do not matter where some of its arguments are odd."""
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout


def libraries() -> set[str]:
    """Every shared library that Python or an extension is linked with, the environment's aside."""
    extensions = [*(STDLIB / "lib-dynload").glob("*.so"), *SITE.rglob("*.so*")]
    said = output("ldd", f"/usr/bin/{PYTHON}", *map(str, extensions))
    return {path for path in LOADED.findall(said) if not path.startswith(str(VENV))}


def files(loaded: Iterable[str]) -> Iterator[Path]:
    """What is taken from the build stage's own system: real files, and the links to them."""
    listed = output("dpkg", "-L", *PACKAGES, *PACKAGES_BESIDE).splitlines()
    for name in (*listed, *loaded):
        path = Path(name)
        if UNREAD.match(name) or UNREAD.search(name) or not (path.is_file() or path.is_symlink()):
            continue
        while path.is_symlink() and path.is_file():
            yield path.parent.resolve() / path.name
            path = path.parent.resolve() / os.readlink(path)
        if path.is_file():
            yield path.resolve()


def fill(root: Path, taken: Iterable[Path]) -> None:
    """The file system, without byte code."""
    for folder, mode in (("tmp", 0o1777), ("run/secrets", 0o755), ("etc/ssl/certs", 0o755)):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder).chmod(mode)
    for path in taken:
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            shutil.copy2(path, target, follow_symlinks=False)
    for name in ("bin", "lib", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            (root / "usr" / name).mkdir(parents=True, exist_ok=True)
            (root / name).symlink_to(f"usr/{name}")
    (root / "usr/bin/python3").symlink_to(PYTHON)
    shutil.copytree(VENV, root / VENV.relative_to("/"), symlinks=True)
    # Debian's own list: what else the machine that builds trusts is no business of the image.
    trusted = sorted(Path("/usr/share/ca-certificates/mozilla").glob("*.crt"))
    (root / "etc/ssl/certs/ca-certificates.crt").write_text(
        "".join(one.read_text() for one in trusted)
    )
    (root / "etc/passwd").write_text(USERS)
    (root / "etc/group").write_text(GROUPS)


def compile_all(root: Path) -> None:
    """Byte code that is never checked against its source: neither changes in an image."""
    for folder in (STDLIB, SITE):
        compileall.compile_dir(
            root / folder.relative_to("/"),
            quiet=2,
            workers=1,
            stripdir=str(root),
            prependdir="/",
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


def debian_packages(taken: Iterable[Path]) -> str:
    """Name, version and architecture, a line each, of whatever a file was taken from."""
    known = [str(path) for path in taken]
    # dpkg knows a file of /usr/lib by the name it was packed with, which may begin with /lib.
    known += [name.removeprefix("/usr") for name in known if name.startswith("/usr/lib")]
    owners = {
        line.split(":")[0] for line in output("dpkg", "-S", *known).splitlines() if ": /" in line
    }
    asked = sorted({*owners, *PACKAGES, *PACKAGES_BESIDE, "ca-certificates"})
    return output("dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}\n", *asked)


def date(root: Path, seconds: int) -> None:
    """Nothing is newer than the sources."""
    for folder, folders, names in os.walk(root, topdown=False):
        for name in (*folders, *names):
            path = os.path.join(folder, name)
            os.utime(path, (seconds, seconds), follow_symlinks=False)
    os.utime(root, (seconds, seconds))


def main(root: Path, seconds: int) -> None:
    prune()
    taken = sorted(set(files(libraries())))
    fill(root, taken)
    compile_all(root)
    (root / "app/sbom.json").write_text(
        bill(root / SITE.relative_to("/"), debian_packages(taken), seconds)
    )
    date(root, seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
