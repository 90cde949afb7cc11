"""Whether the bot lives, and whether it is ready."""

from collections.abc import Callable

Check = Callable[[], bool]


class Health:
    """Looks at what it was told of. Safe to use from many threads.

    Attributes:
        is_serving: the bot is neither starting nor stopping.
    """

    def __init__(self) -> None:
        self.is_serving = False
        self._vital: dict[str, Check] = {}
        self._needed: dict[str, Check] = {"serving": lambda: self.is_serving}

    def add_vital(self, name: str, check: Check) -> None:
        """Add what the bot cannot live without."""
        self._vital[name] = check

    def add_needed(self, name: str, check: Check) -> None:
        """Add what must be so for photos to be answered."""
        self._needed[name] = check

    def ailing(self) -> list[str]:
        """What the bot cannot live without, and is not alive."""
        return [name for name, is_well in self.vitality().items() if not is_well]

    def vitality(self) -> dict[str, bool]:
        """What the bot cannot live without, and whether it is alive."""
        return {name: check() for name, check in self._vital.items()}

    def readiness(self) -> dict[str, bool]:
        """The same, and what is needed for photos to be answered."""
        return {**self.vitality(), **{name: check() for name, check in self._needed.items()}}
