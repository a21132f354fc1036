"""The environment is read as it was meant, or refused in a sentence that says what to write."""

import re
from pathlib import Path

import pytest

from hotline.errors import SettingsError
from hotline.prompts.known import prompts_of
from hotline.settings import read_settings
from ivr.model import Voice

EXAMPLE = Path(__file__).parents[2] / "deploy" / "env.example"
HTTPS = {"PUBLIC_URL": "https://hotline.example"}


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("BIND", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO"):
        monkeypatch.delenv(f"HOTLINE_{name}", raising=False)
    return monkeypatch


def put(setting: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        setting.setenv(f"HOTLINE_{name}", value)


def refused(setting: pytest.MonkeyPatch, **values: str) -> str:
    put(setting, **values)
    with pytest.raises(SettingsError) as told:
        read_settings()
    return told.value.public


# ── the public address ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [
        "https://hotline.example",
        "https://hotline.example/",
        "https://hotline.example///",
        " https://hotline.example\r\n",
        "HTTPS://Hotline.Example",
        "https://hotline.example:443/",
    ],
)
def test_every_way_to_write_the_public_address_gives_out_the_same_one(
    setting: pytest.MonkeyPatch, written: str
) -> None:
    put(setting, PUBLIC_URL=written)

    assert read_settings().base_url == "https://hotline.example"


def test_a_port_of_its_own_stays_in_the_public_address(setting: pytest.MonkeyPatch) -> None:
    put(setting, PUBLIC_URL="https://hotline.example:8443/")

    assert read_settings().base_url == "https://hotline.example:8443"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("hotline.example", "https://hotline.example"),
        ("hotline.example/voice", "https://hotline.example"),
        ("hotline.example:8443", "https://hotline.example:8443"),
        ("//hotline.example", "https://hotline.example"),
        ("ftp://hotline.example", "https://hotline.example"),
        ("https://hotline.example/voice/incoming", "https://hotline.example"),
        ("https://hotline.example/hotline/", "https://hotline.example"),
        ("https://hotline.example?x=1", "https://hotline.example"),
        ("https://me:word@hotline.example", "https://hotline.example"),
        ("https://", "https://hotline.example"),
    ],
)
def test_a_public_address_that_cannot_work_is_refused_with_the_one_to_write(
    setting: pytest.MonkeyPatch, written: str, instead: str
) -> None:
    said = refused(setting, PUBLIC_URL=written)

    assert re.search(rf"write {re.escape(instead)}(,|\.$)", said), said


def test_the_web_process_is_asked_at_its_bound_address(setting: pytest.MonkeyPatch) -> None:
    put(setting, BIND="0.0.0.0:8000", **HTTPS)

    assert read_settings().local_address == "127.0.0.1:8000"


# ── servers ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_name_of_postgresql_is_understood(setting: pytest.MonkeyPatch, scheme: str) -> None:
    put(setting, DATABASE_URL=f"{scheme}://hotline:word@db/hotline")

    assert read_settings().database_url == "postgresql+psycopg://hotline:word@db/hotline"


def test_valkey_is_understood_as_what_redis_speaks(setting: pytest.MonkeyPatch) -> None:
    put(setting, REDIS_URL="valkey://db:6379/0")

    assert read_settings().redis_url == "redis://db:6379/0"


@pytest.mark.parametrize(
    ("name", "written", "instead"),
    [
        ("DATABASE_URL", "mysql://me:word@db/hotline", "postgresql://…"),
        ("DATABASE_URL", "me:word@db/hotline", "postgresql://…"),
        ("REDIS_URL", "db:6379", "redis://…"),
        ("BIND", "8000", "127.0.0.1:8000"),
        ("BIND", ":8000", "127.0.0.1:8000"),
        ("BIND", "127.0.0.1:http", "127.0.0.1:8000"),
        ("BIND", "127.0.0.1:80000", "127.0.0.1:8000"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_password(
    setting: pytest.MonkeyPatch, name: str, written: str, instead: str
) -> None:
    said = refused(setting, **{name: written})

    assert instead in said
    assert "word" not in said


# ── open doors ──────────────────────────────────────────────────────────────────────────────────


EXAMPLES = re.findall(r"^#? ?HOTLINE_(\w+)=(.*<.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("name", "value"), EXAMPLES)
def test_an_untouched_value_of_the_example_is_refused(
    setting: pytest.MonkeyPatch, name: str, value: str
) -> None:
    said = refused(setting, **{name: value})

    assert f"HOTLINE_{name} still holds <" in said
    assert "replace it" in said


def test_the_token_of_the_demo_is_refused(setting: pytest.MonkeyPatch) -> None:
    said = refused(setting, TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="simulated", **HTTPS)

    assert "TOKEN is the demo's" in said


def test_the_token_of_the_demo_is_refused_as_an_old_one_too(setting: pytest.MonkeyPatch) -> None:
    said = refused(setting, TWILIO_AUTH_TOKEN_OLD="simulated")

    assert "TOKEN is the demo's" in said


@pytest.mark.parametrize(
    "reachable",
    [HTTPS, {"BIND": "0.0.0.0:8000"}, {"BIND": "10.0.0.7:8000", **HTTPS}],
    ids=["public address", "all addresses", "both"],
)
def test_the_demo_is_refused_where_others_could_reach_it(
    setting: pytest.MonkeyPatch, reachable: dict[str, str]
) -> None:
    said = refused(setting, DEMO="true", **reachable)

    assert "known to everybody" in said
    assert "HOTLINE_BIND to 127.0.0.1" in said


def test_the_demo_runs_on_this_machine(setting: pytest.MonkeyPatch) -> None:
    put(setting, DEMO="true", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="simulated")

    assert read_settings().demo


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.168.1.4:80"])
def test_listening_to_others_without_encryption_is_refused(
    setting: pytest.MonkeyPatch, bind: str
) -> None:
    said = refused(setting, BIND=bind, PUBLIC_URL="http://hotline.example")

    assert "without encryption" in said
    assert "HOTLINE_PUBLIC_URL to its https:// address" in said


def test_listening_to_a_proxy_that_speaks_tls_is_allowed(setting: pytest.MonkeyPatch) -> None:
    put(setting, BIND="0.0.0.0:8000", **HTTPS)

    assert read_settings().port == 8000


def test_a_short_secret_is_refused(setting: pytest.MonkeyPatch) -> None:
    assert "at least 16 characters" in refused(setting, SECRET_KEY="12355")


# ── the softphone ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("TWILIO_EDGES", ","),
        ("TWILIO_EDGES", "singapore; script-src *"),
        ("TWILIO_EDGES", "evil.example/"),
        ("TWILIO_CODECS", ""),
        ("TWILIO_CODECS", "opus,g729"),
    ],
)
def test_edges_and_codecs_the_carrier_does_not_have_are_refused(
    setting: pytest.MonkeyPatch, name: str, written: str
) -> None:
    assert f"HOTLINE_{name}" in refused(setting, **{name: written})


# ── voices ──────────────────────────────────────────────────────────────────────────────────────


def test_a_voice_is_named_for_a_language(setting: pytest.MonkeyPatch) -> None:
    put(setting, VOICES='{"yue": {"voice": "Polly.Hiujin-Neural", "language": "yue-CN"}}')

    named = prompts_of(read_settings()).voices.of("yue")

    assert named == Voice("yue-CN", "Polly.Hiujin-Neural", "yue-Hant-HK")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("yue=Hiujin", "is no JSON"),
        ('{"xyz": {"voice": "A", "language": "yue-CN"}}', "at xyz"),
        ('{"yue": {"voice": "A"}}', "at yue.language"),
        ('{"yue": {"voice": "A", "language": "Cantonese!"}}', "at yue.language"),
        ('{"yue": {"voice": "A", "language": "yue-CN", "pitch": "low"}}', "at yue.pitch"),
        ("[]", "at it"),
    ],
)
def test_a_voice_that_no_carrier_could_use_is_refused_with_how_to_write_it(
    setting: pytest.MonkeyPatch, written: str, told: str
) -> None:
    refusal = refused(setting, VOICES=written)

    assert told in refusal
    assert '{"yue": {"voice": ' in refusal


def test_when_recordings_are_played_is_one_of_two_words(setting: pytest.MonkeyPatch) -> None:
    assert "HOTLINE_RECORDED_PROMPTS is neither" in refused(setting, RECORDED_PROMPTS="sometimes")


@pytest.mark.parametrize(
    ("named", "folder"), [("", "/data/spool"), ("/local/spool", "/local/spool")]
)
def test_the_spool_has_a_disk_of_its_own_where_one_is_named(
    setting: pytest.MonkeyPatch, named: str, folder: str
) -> None:
    put(setting, DATA_DIR="/data", SPOOL_DIR=named)

    assert read_settings().spool_folder == Path(folder)


# ── the identity provider ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"OIDC_ISSUER": "https://id.example"}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_ID": "hotline"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "h"}, "no address of a provider"),
        ({"OIDC_ISSUER": "https://id.example?x", "OIDC_CLIENT_ID": "h"}, "no address"),
        ({"OIDC_ISSUER": "https://", "OIDC_CLIENT_ID": "h"}, "no address"),
        ({"OIDC_ISSUER": "https://id.example:x", "OIDC_CLIENT_ID": "h"}, "no address"),
        ({"OIDC_USERNAME_CLAIM": "two words"}, "no name of a claim"),
        ({"OIDC_PASSWORDS": "perhaps"}, "neither"),
        ({"OIDC_PASSWORDS": "no"}, "nobody could sign in"),
    ],
    ids=str,
)
def test_half_a_provider_is_refused(
    setting: pytest.MonkeyPatch, values: dict[str, str], says: str
) -> None:
    assert says in refused(setting, **values)


def test_a_provider_is_named_as_it_names_itself(setting: pytest.MonkeyPatch) -> None:
    put(
        setting,
        OIDC_ISSUER="https://id.example/realms/hotline/",
        OIDC_CLIENT_ID="hotline",
        OIDC_SECOND_FACTOR="mfa, otp",
        OIDC_PASSWORDS="No",
    )

    read = read_settings()

    assert (read.oidc_issuer, read.oidc_passwords) == ("https://id.example/realms/hotline/", False)
    assert sorted(read.provider_counts_as_two) == ["mfa", "otp"]
    assert read.oidc_username_claim == "preferred_username"


def test_without_a_provider_people_sign_in_with_passwords(setting: pytest.MonkeyPatch) -> None:
    read = read_settings()

    assert (read.has_provider, read.oidc_passwords) == (False, True)
