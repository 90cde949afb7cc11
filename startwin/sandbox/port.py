"""Which port the sandbox listens on: the argument, the environment, `.env`, or 8080."""

import os
from pathlib import Path

from dotenv import dotenv_values

VARIABLE = "SANDBOX_PORT"
_DEFAULT = 8080
_HIGHEST = 65535


class BadPort(ValueError):
    """What was given is no port; says where it was given and what is."""


def parse_port(value: str, name: str) -> int:
    """The port that the text names; 0 stands for any free one.

    Raises:
        BadPort: it is no whole number from 0 to 65535.
    """
    if not (value.isascii() and value.isdecimal()) or int(value) > _HIGHEST:
        raise BadPort(f"{name} must be a port from 0 to {_HIGHEST}, not {value!r}.")
    return int(value)


def configured_port(folder: Path) -> int:
    """The port from the environment, else from the folder's `.env`, else 8080.

    Raises:
        BadPort: what is set there is no port, or `.env` cannot be read.
    """
    value = os.environ.get(VARIABLE) or _from_file(folder / ".env")
    return parse_port(value, VARIABLE) if value else _DEFAULT


def _from_file(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        return dotenv_values(path).get(VARIABLE)
    except (OSError, UnicodeDecodeError) as error:
        raise BadPort(f"Cannot read {path.name}: {error}.") from error
