"""Settings: every fault at once, files for secrets, never a value in the words."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.chassis.identity import from_settings
from services.chassis.setting_groups import TlsSettings
from services.chassis.settings import Settings, SettingsError, load


class Example(Settings):
    """What the tests read."""

    port: int = 9090
    database_url: SecretStr
    token: SecretStr


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        load(Example, {"PORT": "nine", "TOKEN": "x"})
    assert "PORT" in str(error.value)
    assert "DATABASE_URL is not set" in str(error.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    settings = load(Example, {"DATABASE_URL": "x", "TOKEN_FILE": str(tmp_path / "token")})
    assert settings.token.get_secret_value() == "from a file"


def test_a_file_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load(Example, {"DATABASE_URL": "x", "TOKEN_FILE": str(tmp_path / "none")})
    assert str(error.value) == "TOKEN_FILE cannot be read: No such file or directory"


class Optional(Settings):
    """May go without a token."""

    token: SecretStr | None = None


def test_a_file_that_is_not_there_is_no_fault_where_nothing_need_be_set(tmp_path: Path) -> None:
    settings = load(Optional, {"TOKEN_FILE": str(tmp_path / "none")})
    assert settings.token is None
    assert settings.file_of("token") == tmp_path / "none"


def test_a_value_in_the_environment_comes_from_no_file(tmp_path: Path) -> None:
    settings = load(Optional, {"TOKEN": "x", "TOKEN_FILE": str(tmp_path / "none")})
    assert settings.token and settings.token.get_secret_value() == "x"
    assert settings.file_of("token") is None


def test_a_bad_value_is_not_repeated_in_the_words() -> None:
    with pytest.raises(SettingsError) as error:
        load(Example, {"PORT": "12s3cr3t", "DATABASE_URL": "x", "TOKEN": "y"})
    assert "12s3cr3t" not in str(error.value)


def test_settings_are_frozen() -> None:
    settings = load(Example, {"DATABASE_URL": "x", "TOKEN": "y"})
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


TLS = ("TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CA_FILE", "TLS_TRUST_DOMAIN")


@pytest.mark.parametrize("missing", TLS)
def test_of_the_certificates_all_is_set_or_nothing(missing: str) -> None:
    given = {name: "x" for name in TLS if name != missing}
    with pytest.raises(SettingsError, match=f"the TLS_[*] are set together, not set: {missing}"):
        load(TlsSettings, given)
    assert load(TlsSettings, {missing: "", "OTHER": "x"}).tls_cert_file is None


def test_certificates_that_are_not_there_are_told_at_the_start(tmp_path: Path) -> None:
    given = {name: str(tmp_path / "none") for name in TLS[:3]} | {"TLS_TRUST_DOMAIN": "x.test"}
    with pytest.raises(SettingsError, match="TLS_CERT_FILE, TLS_KEY_FILE, TLS_CA_FILE cannot be"):
        from_settings(load(TlsSettings, given))
