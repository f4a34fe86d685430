"""Addresses of databases: one or several, each with one host or several."""

import pytest

from services.chassis.dsn import database_urls, hosts, primary_url


def test_several_addresses_are_told_apart_from_several_hosts() -> None:
    text = "postgresql://u:p@one:1,two:2/d, postgres://u@three/d"
    first, second = database_urls(text)
    assert hosts(first) == [("one", 1), ("two", 2)]
    assert hosts(second) == [("three", 5432)]
    assert (first.username, first.password, first.database) == ("u", "p", "d")


def test_of_several_hosts_writes_go_to_the_one_that_takes_them() -> None:
    url = primary_url("postgresql://u:p@one,two:6432/d")
    assert hosts(url) == [("one", 5432), ("two", 6432)]
    assert url.query["target_session_attrs"] == "read-write"


def test_what_the_address_asks_for_is_left_as_it_is() -> None:
    url = primary_url("postgresql://u@one,two/d?target_session_attrs=any")
    assert url.query["target_session_attrs"] == "any"
    assert "target_session_attrs" not in primary_url("postgresql://u@one/d").query


@pytest.mark.parametrize("text", ["", "postgresql://u@one/d,postgresql://u@two/d", "mysql://u@h/d"])
def test_what_is_not_one_database_of_postgres_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        primary_url(text)
