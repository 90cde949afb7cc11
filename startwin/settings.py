"""Every setting, typed, in one frozen object: from the environment, else from ``.env``."""

import hashlib
import hmac
import os
import re
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from startwin.errors import SettingsError
from startwin.gates import Gates

Seconds = Annotated[float, Field(gt=0, le=3600)]

Address = Annotated[str, Field(pattern=r"^([\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$")]
"""Host and port; an IPv6 address stands in brackets."""


class Settings(Gates, BaseSettings):
    """What an operator can set. Names are case-insensitive; an empty value means the default."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    telegram_token: SecretStr | None = Field(None, description="The bot's token, from BotFather.")
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        pattern=r"^https?://([\w.-]+|\[[\da-fA-F:]+\])(:\d{1,5})?(/[\w./-]*)?$",
        description="Where the Bot API is; a local Bot API server or the sandbox goes here.",
    )
    assets_dir: Path = Field(Path("assets"), description="The folder of the built gallery.")
    data_dir: Path = Field(
        Path("data"),
        description="What the program keeps for itself: open requests, counts, converted models.",
    )
    webhook_url: str | None = Field(
        None,
        pattern=r"^https://[^/:]+(:(443|80|88|8443))?(/[^?#]*)?$|^http://127\.0\.0\.1:\d+(/[^?#]*)?$",
        description="Where Telegram is to push updates to, such as `https://bot.example.org/hook`; "
        "without it the bot polls.",
    )
    webhook_listen: Address = Field(
        "127.0.0.1:8443",
        description="Where the bot takes what is pushed; a proxy with the certificate stands "
        "before it.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="What Telegram has to show with each update; by default made from the token.",
    )
    metrics_listen: Address | None = Field(
        None,
        description="Where `/healthz`, `/readyz` and `/metrics` are served, such as "
        "`127.0.0.1:9464`.",
    )
    journal_file: Path | None = Field(
        None, description="What happened, as JSON lines; `-` for standard output."
    )
    journal_megabytes: float = Field(
        100, gt=0, description="From this size on a new journal file is begun."
    )
    journal_kept: int = Field(10, ge=1, le=1000, description="Journal files kept besides.")
    link_template: str | None = Field(
        None,
        description="A person's page, such as `https://example.org/person/{alias}`.",
    )
    min_similarity: float = Field(
        0, ge=0, le=100, description="Lower percentages are shown as this one."
    )
    brand_name: str | None = Field(
        None, max_length=40, description="Your name on the cards, such as `Okko`."
    )
    brand_logo: Path | None = Field(
        None, description="Your logo on the cards: a picture file, best a PNG without background."
    )
    fetch_contact: str | None = Field(
        None,
        pattern=r"^[\x21-\x7e]+( [\x21-\x7e]+)*$",
        max_length=200,
        description="Your e-mail address or page, told to the sites that photos are fetched from.",
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Worker processes for faces; 200 MB each, for the largest pictures up to 800.",
    )
    worker_memory: int = Field(
        1500,
        ge=500,
        description="MB that a worker may take up before it is replaced: usual are 230, "
        "for the largest pictures up to 800; more with more `MAX_MEGAPIXELS`.",
    )
    face_cluster: str | None = Field(
        None,
        pattern=r"^(auto|(ray://)?([\w.-]+|\[[\da-fA-F:]+\]):\d{1,5})$",
        description="A Ray cluster that reads faces in place of the worker processes, which stand "
        "in for it: `auto`, `host:port` or `ray://host:port`.",
    )
    embedder: Literal["onnx", "dlib"] = Field(
        "onnx",
        description="Who computes embeddings: onnxruntime, or dlib's own code, which is slower.",
    )
    handler_threads: int = Field(
        16, ge=1, le=256, description="Photos that are downloaded or waited for at once."
    )
    max_megapixels: float = Field(
        25,
        gt=0,
        le=150,
        description="Larger pictures are refused before they are decoded; "
        "JPEGs may be 2.6 times as large.",
    )
    photo_timeout: Seconds = Field(
        30, description="Seconds that a worker may take over one photo before it is replaced."
    )
    connect_timeout: Seconds = Field(10, description="Seconds to reach Telegram.")
    read_timeout: Seconds = Field(
        20, description="Seconds that Telegram may stay silent during a call or a download."
    )
    download_timeout: Seconds = Field(
        120, description="Seconds that the download of a photo may take in all."
    )
    send_timeout: Seconds = Field(60, description="Seconds that sending a message may take.")
    poll_timeout: int = Field(
        25, ge=0, le=50, description="Seconds that Telegram holds an empty getUpdates open."
    )
    stop_timeout: Seconds = Field(
        20, description="Seconds that a stopping bot gives to the answers still under way."
    )
    sandbox_port: int = Field(
        8080, ge=0, le=65535, description="The port of the sandbox that `make run` starts."
    )

    @field_validator("telegram_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"\d{3,}:[\w-]+", token.get_secret_value()):
            raise ValueError(
                "is no bot token: one looks like 123456789:AAE…, as BotFather gives it"
            )
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _is_what_telegram_takes(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(
            r"[\w-]{1,256}", secret.get_secret_value(), re.A
        ):
            raise ValueError("must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        return secret

    @field_validator("telegram_api_url")
    @classmethod
    def _without_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("link_template")
    @classmethod
    def _names_only_the_alias(cls, template: str | None) -> str | None:
        if template is None:
            return None
        if not template.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        parts = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
        if parts != [("alias", "", None)]:
            raise ValueError("must hold {alias} once, and no other {…}")
        return template

    @property
    def gates(self) -> Gates:
        """The gates alone: what a worker process may know."""
        return Gates(**self.model_dump(include=set(Gates.model_fields)))

    @property
    def webhook_secret_value(self) -> str:
        """The secret of web hooks: the same after each start, and telling nothing of the token."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        token = self.telegram_token.get_secret_value() if self.telegram_token else ""
        return hmac.new(token.encode(), b"web hook", hashlib.sha256).hexdigest()

    @property
    def max_pixels(self) -> int:
        """The pixel cap as a number of pixels."""
        return int(self.max_megapixels * 1_000_000)


def load(**overrides: Any) -> Settings:
    """Read the settings.

    Args:
        overrides: what a command line says; None leaves a setting as it is.

    Raises:
        SettingsError: a value is wrong, or a line in ``.env`` is. The sentence names it and never
            repeats the value, which might be the token.
    """
    try:
        _check_dotenv(Path(".env"))
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}") from None


def _check_dotenv(path: Path) -> None:
    """The library passes over lines that it cannot parse, with a warning."""
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            for line in parse_stream(file):
                if line.error or (line.key is not None and line.value is None):
                    number = line.original.line
                    raise SettingsError(f".env: line {number} is not of the form NAME=value")


def _sentence(error: ValidationError) -> str:
    faults = []
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else "the settings"
        if fault["type"] == "extra_forbidden":
            faults.append(f"{name} in .env is no setting of StarTwin (see the table in README.md)")
        else:
            faults.append(f"{name}: {plain(fault['msg'])}")
    return "; ".join(faults)


def plain(message: str) -> str:
    """What pydantic says of a wrong value, as a part of a sentence of ours."""
    message = re.sub(r"^\w+ should ", "must ", message.removeprefix("Value error, "))
    return message.replace("Field required", "is missing").partition(", ")[0]
