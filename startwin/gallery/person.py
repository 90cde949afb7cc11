"""A celebrity, and the short names that links are made of."""

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from startwin.face.frame import Eyes
from startwin.gallery.credit import Credit


@dataclass(frozen=True)
class Person:
    """A celebrity.

    Attributes:
        name: as it is shown, in any script.
        alias: short, unique and stable; makes the link to the person's page.
        role: such as "actor".
        n_movies: number of films.
        link: the person's own page; else the operator's `LINK_TEMPLATE` makes one.
        photo_url: where a photo of theirs is on the web.
        names: the name in other languages, by their codes, such as "ru".
        picture: the cropped photo (JPEG) in a built gallery.
        eyes: where the eyes are in it.
        credit: whose that photo is, if that is known.
    """

    name: str
    alias: str
    role: str | None = None
    n_movies: int | None = None
    link: str | None = None
    photo_url: str | None = None
    names: dict[str, str] = field(default_factory=dict, hash=False)
    picture: Path | None = None
    eyes: Eyes | None = None
    credit: Credit | None = None

    def name_in(self, language: str) -> str:
        """The name in a language, by its code; else as it is shown."""
        return self.names.get(language, self.name)


def aliases_of(names: list[str]) -> dict[str, str]:
    """An alias for each name: ``Grace Hopper`` becomes ``grace-hopper``.

    Names that would share one (``A. B``, ``A-B``) all get a piece of their digest, so that the
    alias does not depend on who else is there first.
    """
    slugs = {name: _slug(name) for name in names}
    bearers = Counter(slugs.values())
    return {
        name: slug if slug and bearers[slug] == 1 else f"{slug}-{_digest(name)}".strip("-")
        for name, slug in slugs.items()
    }


def _slug(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = (letter if _is_of_a_word(letter) else " " for letter in folded)
    return "-".join("".join(kept).split())


def _is_of_a_word(letter: str) -> bool:
    """Letters, digits, and the vowel signs that some scripts write as marks."""
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:6]
