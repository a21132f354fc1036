"""Where mail is handed in, and where webhooks may go: read as meant, or refused in words."""

from ipaddress import ip_network

import pytest

from hotline.deliveries.by_mail import mail_server_of
from hotline.deliveries.push_keys import key_for_browsers, make_push_key, push_keys_of
from hotline.errors import SettingsError
from hotline.settings import Settings, read_settings

SENDER = "hotline@hotline.example"


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (
        "BIND",
        "PUBLIC_URL",
        "SMTP_URL",
        "MAIL_FROM",
        "WEBHOOK_NETWORKS",
        "DEMO",
        "PUSH_KEYS",
    ):
        monkeypatch.delenv(f"HOTLINE_{name}", raising=False)
    return monkeypatch


def read(setting: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        setting.setenv(f"HOTLINE_{name}", value)
    return read_settings()


def test_by_itself_there_is_no_mail_server_and_no_private_network(
    setting: pytest.MonkeyPatch,
) -> None:
    settings = read(setting)

    assert (settings.mail_host, settings.allowed_networks) == ("", ())


@pytest.mark.parametrize(
    ("url", "port", "how"),
    [
        ("smtps://me:a%40word@mail.example", 465, "tls"),
        ("smtp://me:a%40word@mail.example", 587, "start_tls"),
        ("smtp://me:a%40word@mail.example:25", 25, "start_tls"),
        ("smtp://me:a%40word@127.0.0.1:1025", 1025, "plain"),
    ],
)
def test_a_mail_server_is_spoken_to_encrypted_unless_it_is_this_machine(
    setting: pytest.MonkeyPatch, url: str, port: int, how: str
) -> None:
    server = mail_server_of(read(setting, SMTP_URL=url, MAIL_FROM=SENDER))

    assert (server.port, server.tls, server.start_tls) == (port, how == "tls", how == "start_tls")
    assert (server.username, server.password, server.sender) == ("me", "a@word", SENDER)
    assert "a@word" not in repr(server)


def test_a_mail_server_may_want_no_name(setting: pytest.MonkeyPatch) -> None:
    server = mail_server_of(read(setting, SMTP_URL="smtp://mail.example", MAIL_FROM=SENDER))

    assert (server.username, server.password) == (None, None)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:0"])
def test_what_is_no_mail_server_is_refused(setting: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SettingsError, match="HOTLINE_SMTP_URL is no address"):
        read(setting, SMTP_URL=url, MAIL_FROM=SENDER)


@pytest.mark.parametrize("sender", ["", "hotline", "a@b\r\nBcc: c@d"])
def test_mail_needs_an_address_that_it_comes_from(setting: pytest.MonkeyPatch, sender: str) -> None:
    with pytest.raises(SettingsError, match="HOTLINE_MAIL_FROM"):
        read(setting, SMTP_URL="smtp://mail.example", MAIL_FROM=sender)


def test_networks_are_named_with_commas_between(setting: pytest.MonkeyPatch) -> None:
    settings = read(setting, WEBHOOK_NETWORKS="10.8.0.0/16, fd00:1::/64,127.0.0.1")

    assert settings.allowed_networks == (
        ip_network("10.8.0.0/16"),
        ip_network("fd00:1::/64"),
        ip_network("127.0.0.1/32"),
    )


@pytest.mark.parametrize("networks", ["somewhere", "10.8.0.1/16", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(setting: pytest.MonkeyPatch, networks: str) -> None:
    with pytest.raises(SettingsError, match="HOTLINE_WEBHOOK_NETWORKS"):
        read(setting, WEBHOOK_NETWORKS=networks)


def test_push_keys_are_read_and_those_that_are_none_are_refused(
    setting: pytest.MonkeyPatch,
) -> None:
    first, second = make_push_key(), make_push_key()

    keys = push_keys_of(read(setting, PUSH_KEYS=f"{first}, {second}").push_keys)

    assert len(keys) == 2
    assert next(iter(keys.values())) == key_for_browsers(first)
    for wrong in ("x", first[:-4], "A" * 43):
        with pytest.raises(SettingsError, match="make-push-key"):
            read(setting, PUSH_KEYS=wrong)


def test_a_push_service_is_told_where_our_people_are(setting: pytest.MonkeyPatch) -> None:
    here = read(setting, PUBLIC_URL="http://127.0.0.1:8000", MAIL_FROM=SENDER)
    there = read(setting, PUBLIC_URL="https://hotline.example")

    assert (here.push_contact, there.push_contact) == (
        f"mailto:{SENDER}",
        "https://hotline.example",
    )
