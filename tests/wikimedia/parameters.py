"""Parameters of the action API: read with the checks of MediaWiki's ParamValidator."""

from collections.abc import Collection

from tests.wikimedia.answers import ApiError
from tests.wikimedia.exchange import Request

LIMIT, HIGH_LIMIT = 50, 500
"""Values in one parameter: for anybody, and for bots."""

COMMON = {
    "action", "assert", "callback", "curtimestamp", "errorformat", "format", "formatversion",
    "maxage", "maxlag", "origin", "requestid", "servedby", "smaxage", "uselang", "utf8",
}  # fmt: skip
"""Known to every module (API:Main module)."""


class Parameters:
    """Those that nobody read are warned of, as MediaWiki does."""

    def __init__(self, request: Request) -> None:
        self._values = request.query
        self._used = set(COMMON)
        self.warnings: dict[str, list[str]] = {}

    def has(self, name: str) -> bool:
        """A flag: present, with any value."""
        self._used.add(name)
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """Raises an ApiError where there is neither value nor default."""
        self._used.add(name)
        value = self._values.get(name, default)
        if value is None or (not value and default is None):
            raise ApiError("missingparam", f'The "{name}" parameter must be set.')
        return value

    def number(self, name: str, default: int, low: int, high: int, module: str = "main") -> int:
        """Clamped, with a warning; `max` is the highest."""
        text = self.text(name, str(default))
        if text == "max":
            return high
        try:
            value = int(text)
        except ValueError:
            raise ApiError("badinteger", f'Invalid value "{text}" for integer "{name}".') from None
        if not low <= value <= high:
            self.warn(module, f'The value "{value}" for parameter "{name}" is out of range.')
        return max(low, min(high, value))

    def several(
        self, name: str, default: str = "", known: Collection[str] = (), module: str = "main"
    ) -> list[str]:
        """Values between `|`, or after a leading U+001F; unknown ones are dropped with a warning.

        More than 50 are an ApiError.
        """
        text = self.text(name, default)
        separated = text[1:].split("\x1f") if text.startswith("\x1f") else text.split("|")
        values = list(dict.fromkeys(separated)) if text else []
        if len(values) > LIMIT:
            raise ApiError(
                "toomanyvalues",
                f'Too many values supplied for parameter "{name}". The limit is {LIMIT}.',
                parameter=name,
                limit=LIMIT,
                lowlimit=LIMIT,
                highlimit=HIGH_LIMIT,
            )
        strange = [value for value in values if known and value not in known]
        if strange:
            self.warn(module, f'Unrecognized value for "{name}": {", ".join(strange)}')
        return [value for value in values if value not in strange]

    def warn(self, module: str, line: str) -> None:
        self.warnings.setdefault(module, []).append(line)

    def finish(self) -> None:
        """Warns of what no module knows."""
        unknown = [name for name in self._values if name not in self._used]
        if unknown:
            plural = "s" if len(unknown) > 1 else ""
            self.warn("main", f"Unrecognized parameter{plural}: {', '.join(unknown)}.")
