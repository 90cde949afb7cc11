"""What the bot says."""

import tomllib
from html import escape
from importlib.resources import files
from urllib.parse import quote

from startwin.gallery import Likeness, Person
from startwin.matcher import Match


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
        source = files("startwin.chat").joinpath("texts", f"{language}.toml")
        self._texts: dict[str, str] = tomllib.loads(source.read_text("utf-8"))
        self._link_template = link_template
        self._min_similarity = min_similarity

    def text(self, key: str, **values: object) -> str:
        """One text, with its values escaped."""
        escaped = {name: escape(str(value)) for name, value in values.items()}
        return self._texts[key].strip().format_map(escaped)

    def match(self, match: Match) -> str:
        """The caption under the celebrity's photo."""
        best = match.likenesses[0]
        lines = [
            # The star brings its own markup, so it is put in after the rest was escaped.
            self.text("match", star="\0", percent=self._percent(best)).replace(
                "\0", self._star(best.person)
            )
        ]
        if match.faces > 1:
            lines.append(self.text("several_faces", faces=match.faces))
        return "\n".join(lines)

    def _percent(self, likeness: Likeness) -> str:
        return f"{max(likeness.percent, self._min_similarity):.0f}"

    def _star(self, person: Person) -> str:
        link = person.link
        if link is None and self._link_template is not None:
            link = self._link_template.format(alias=quote(person.alias, safe=""))
        name = escape(person.name)
        return f'<a href="{escape(link)}">{name}</a>' if link else f"<b>{name}</b>"
