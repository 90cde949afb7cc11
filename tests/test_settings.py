"""startwin.settings: what is taken, and what is refused by name."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from startwin import settings
from startwin.errors import SettingsError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_need_no_touching() -> None:
    chosen = settings.load()
    assert chosen.telegram_token is None
    assert chosen.telegram_api_url == "https://api.telegram.org"
    assert chosen.assets_dir == Path("assets")
    assert chosen.workers >= 1
    assert chosen.max_pixels == 25_000_000


def test_environment_beats_dotenv(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("WORKERS=3\nMIN_SIMILARITY=20\n")
    monkeypatch.setenv("WORKERS", "5")
    chosen = settings.load()
    assert (chosen.workers, chosen.min_similarity) == (5, 20)


def test_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "")
    assert settings.load().workers >= 1


def test_is_frozen() -> None:
    with pytest.raises(ValidationError):
        settings.load().workers = 9  # type: ignore[misc]


def test_overrides_skip_what_the_command_line_leaves_open() -> None:
    chosen = settings.load(workers=7, assets_dir=None)
    assert (chosen.workers, chosen.assets_dir) == (7, Path("assets"))


def test_trailing_slash_of_the_api_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert settings.load().telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", "many"),
        ("WORKERS", "0"),
        ("MIN_SIMILARITY", "101"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("LINK_TEMPLATE", "https://example.org/person"),
        ("LINK_TEMPLATE", "https://example.org/{name}"),
        ("LINK_TEMPLATE", "https://example.org/{alias"),
        ("LINK_TEMPLATE", "javascript:{alias}"),
        ("LINK_TEMPLATE", "https://example.org/{alias:d}"),
        ("LINK_TEMPLATE", "https://example.org/{alias!r}"),
        ("TELEGRAM_API_URL", "http://[::1"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:abc"),
        ("TELEGRAM_API_URL", "https://api.telegram.org?x=1"),
        ("TELEGRAM_TOKEN", "sesame"),
        ("TELEGRAM_TOKEN", "123456:sesame\\n"),
        ("FACE_CLUSTER", "10.0.0.5"),
        ("FACE_CLUSTER", "http://10.0.0.5:10001"),
        ("SANDBOX_PORT", "65536"),
        ("SEND_TIMEOUT", "0"),
    ],
)
def test_wrong_value_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        settings.load()


def test_unknown_name_in_dotenv_is_refused() -> None:
    Path(".env").write_text("WORKER=3\n")
    with pytest.raises(SettingsError, match=r"WORKER in \.env is no setting"):
        settings.load()


def test_override_is_checked_like_any_value() -> None:
    with pytest.raises(SettingsError, match="WORKERS: must be less than or equal to 256"):
        settings.load(workers=999)


@pytest.mark.parametrize("line", ["this is not a setting", "TELEGRAM_TOKEN", "WORKERS: 3"])
def test_line_in_dotenv_that_says_nothing_is_refused(line: str) -> None:
    Path(".env").write_text(f"# fine\nWORKERS=3\n{line}\n")
    with pytest.raises(SettingsError, match=r"\.env: line 3 is not of the form NAME=value"):
        settings.load()


def test_dotenv_that_is_not_text_is_refused() -> None:
    Path(".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        settings.load()


def test_token_shows_in_no_text() -> None:
    Path(".env").write_text("TELEGRAM_TOKEN=123456:sesame\n")
    chosen = settings.load()
    assert chosen.telegram_token is not None
    assert chosen.telegram_token.get_secret_value() == "123456:sesame"
    assert "sesame" not in f"{chosen!r} {chosen} {chosen.model_dump_json()}"


def test_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who mixes up two lines must not find the token in the log."""
    monkeypatch.setenv("WORKERS", "123456:sesame")
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
