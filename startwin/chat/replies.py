"""What the bot says, in each language."""

import tomllib
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from babel import Locale

from startwin.gallery import Likeness, Person

LANGUAGES = ("en", "ru")
"""Each has a file in ``texts/``; the first is spoken where a user's own is none of them."""


class Replies:
    """The texts of one language, filled in. Everything returned is Telegram's HTML.

    Args:
        language: names the file in ``texts/``.
        link_template: makes the page of a person who has no link of their own.
        min_similarity: the smallest percentage that is shown.
    """

    def __init__(
        self, language: str = "en", link_template: str | None = None, min_similarity: float = 0
    ) -> None:
        self.language = language
        source = files("startwin.chat").joinpath("texts", f"{language}.toml")
        self._texts: dict[str, Any] = tomllib.loads(source.read_text("utf-8"))
        self._plurals = Locale.parse(language).plural_form
        self._link_template = link_template
        self._min_similarity = min_similarity

    def text(self, key: str, **values: object) -> str:
        """One text, with its values escaped.

        Args:
            key: its name, behind that of its table and a point if it is in one.
            **values: for its braces.
        """
        return self.plain(key, **{name: escape(str(value)) for name, value in values.items()})

    def plain(self, key: str, **values: object) -> str:
        """As `text`, for buttons and other places that know no HTML."""
        text: Any = self._texts
        for part in key.split("."):
            text = text[part]
        return str(text).strip().format_map(values)

    def caption(self, likeness: Likeness, rank: int = 0) -> str:
        """The words under a card.

        Args:
            likeness: what it shows.
            rank: 0 for the nearest star; of the others, the bands would say what is not true.
        """
        lines = [
            # The star brings its own markup.
            self.plain("match", star=self._star(likeness.person), percent=self.percent(likeness)),
            self._facts(likeness.person),
            "" if rank else self._band(self.percent(likeness)),
            self._credit(likeness.person),
        ]
        return "\n".join(line for line in lines if line)

    def percent(self, likeness: Likeness) -> int:
        """The percentage as it is shown."""
        return round(max(likeness.percent, self._min_similarity))

    def name(self, person: Person) -> str:
        """A star's name in this language, not escaped."""
        return person.name_in(self.language)

    def _star(self, person: Person) -> str:
        link = person.link
        if link is None and self._link_template is not None:
            link = self._link_template.format(alias=quote(person.alias, safe=""))
        return _linked(self.name(person), link) if link else f"<b>{escape(self.name(person))}</b>"

    def _facts(self, person: Person) -> str:
        facts = [escape(person.role)] if person.role else []
        if person.n_movies:
            form = self._plurals(person.n_movies)
            facts.append(self.text(f"films.{form}", n=person.n_movies))
        return ", ".join(facts)

    def _credit(self, person: Person) -> str:
        """Whose the photo is, where its licence demands that they are named."""
        credit = person.credit
        if credit is None or not (credit.demands_attribution and credit.license + credit.author):
            return ""
        author = credit.author or self.plain("credit.unnamed")
        parts = [_linked(author, credit.source), _linked(credit.license, credit.license_url)]
        return self.plain("credit.line", photo=", ".join(part for part in parts if part))

    def _band(self, percent: int) -> str:
        bands: dict[str, str] = self._texts["bands"]
        reached = [int(least) for least in bands if percent >= int(least)]
        return self.text(f"bands.{max(reached)}")


def _linked(words: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{escape(words)}</a>' if url else escape(words)


class Translations:
    """The replies in all languages; see `Replies` for the arguments."""

    def __init__(self, link_template: str | None = None, min_similarity: float = 0) -> None:
        self.all = [Replies(language, link_template, min_similarity) for language in LANGUAGES]

    def of(self, language_code: str | None) -> Replies:
        """The replies for a user, by the language code that Telegram gives, such as "ru-RU"."""
        language = (language_code or "").partition("-")[0].lower()
        return next((each for each in self.all if each.language == language), self.all[0])
