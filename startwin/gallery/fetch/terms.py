"""On what terms the web is asked."""

from dataclasses import dataclass
from typing import Self

from startwin.errors import FetchError


@dataclass(frozen=True)
class Terms:
    """On what terms the web is asked.

    Attributes:
        contact: an e-mail address or a page of whoever runs this.
        per_host: requests at once at one host.
        threads: that there are in all.
        allow_private: whether private addresses may be connected to.
    """

    contact: str
    per_host: int = 2
    threads: int = 56
    allow_private: bool = False

    @classmethod
    def of(
        cls, contact: str | None, per_host: int = 2, threads: int = 56, allow_private: bool = False
    ) -> Self:
        """With a contact that may be missing.

        Raises:
            FetchError: it is. Wikimedia turns away programs of which nobody can be asked
                (https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy).
        """
        if not contact:
            raise FetchError(
                "say who you are, with --contact you@example.org or FETCH_CONTACT in .env: "
                "Wikimedia and others want to be able to reach whoever runs a robot"
            )
        return cls(contact, per_host, threads, allow_private)
