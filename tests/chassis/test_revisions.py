"""The newest revision, read from the files, is the one that the migrations lead to."""

from importlib.resources import files
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from services.chassis.migrations import head
from services.chassis.revisions import newest
from services.local.roles import MIGRATIONS


@pytest.mark.parametrize("module", MIGRATIONS.values())
def test_it_is_the_one_that_alembic_finds(module: str) -> None:
    package = f"{module.rpartition('.')[0]}.storage"
    scripts = ScriptDirectory(str(Path(str(files(package))) / "migrations"))
    assert head(package) == scripts.get_current_head()


def test_a_folder_that_leads_to_two_is_refused(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for name in ("0001", "0002"):
        (tmp_path / "versions" / f"{name}.py").write_text(f'revision = "{name}"\n')
    with pytest.raises(LookupError, match="0001, 0002"):
        newest(tmp_path)
