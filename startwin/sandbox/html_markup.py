"""`parse_mode` HTML (https://core.telegram.org/bots/api#html-style) to text and entities."""

import html
import re
from dataclasses import dataclass, field

from startwin.sandbox.entities import FormattedText, formatted, utf16_length
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.links import checked_url
from startwin.sandbox.objects import JsonObject

_TYPES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
}
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[^\s>]*)|&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][\da-fA-F]{1,6});"
)
_ATTRIBUTE = re.compile(
    r"\s*(?P<name>[^\s=>\"']+)(?:\s*=\s*(?:\"(?P<d>[^\"]*)\"|'(?P<s>[^']*)'|(?P<u>[\w.-]+)))?"
)
_LANGUAGE = "language-"


@dataclass
class _OpenTag:
    name: str
    attributes: dict[str, str]
    offset: int
    first_piece: int


@dataclass
class _Parser:
    source: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0  # of the pieces, in UTF-16 code units
    open_tags: list[_OpenTag] = field(default_factory=list)
    entities: list[JsonObject] = field(default_factory=list)

    def run(self) -> FormattedText:
        position = 0
        while token := _TOKEN.search(self.source, position):
            self._write(self.source[position : token.start()])
            if token["name"] is None:
                self._write(html.unescape(token.group()))
                position = token.end()
            elif token["end"]:
                position = self._end_tag(token)
            else:
                position = self._start_tag(token)
        self._write(self.source[position:])
        if self.open_tags:
            name = self.open_tags[-1].name
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{name}"')
        return formatted("".join(self.pieces), self.entities)

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += utf16_length(text)

    def _byte_offset(self, token: re.Match[str]) -> int:
        return len(self.source[: token.start()].encode())

    def _start_tag(self, token: re.Match[str]) -> int:
        name = token["name"].lower()
        if name not in _TYPES:
            raise _refusal(
                f'Unsupported start tag "{name}" at byte offset {self._byte_offset(token)}'
            )
        attributes: dict[str, str] = {}
        position = token.end()
        while attribute := _ATTRIBUTE.match(self.source, position):
            value = attribute["d"] or attribute["s"] or attribute["u"] or ""
            attributes[attribute["name"].lower()] = html.unescape(value)
            position = attribute.end()
        rest = self.source[position:].lstrip()
        if not rest.startswith(">"):
            raise _refusal(f"Unclosed start tag at byte offset {self._byte_offset(token)}")
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _refusal(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte_offset(token)}'
            )
        self.open_tags.append(_OpenTag(name, attributes, self.length, len(self.pieces)))
        return len(self.source) - len(rest) + 1

    def _end_tag(self, token: re.Match[str]) -> int:
        at = self._byte_offset(token)
        if not self.open_tags:
            raise _refusal(f"Unexpected end tag at byte offset {at}")
        rest = self.source[token.end() :].lstrip()
        if not rest.startswith(">"):
            raise _refusal(f"Unclosed end tag at byte offset {at}")
        tag = self.open_tags.pop()
        name = token["name"].lower()
        if name not in ("", tag.name):
            raise _refusal(
                f'Unmatched end tag at byte offset {at}, expected "</{tag.name}>", '
                f'found "</{name}>"'
            )
        self._close(tag)
        return len(self.source) - len(rest) + 1

    def _close(self, tag: _OpenTag) -> None:
        entity: JsonObject = {
            "type": _TYPES[tag.name],
            "offset": tag.offset,
            "length": self.length - tag.offset,
        }
        if entity["length"] == 0:
            return
        if tag.name == "a":
            shown = "".join(self.pieces[tag.first_piece :])
            url = checked_url(tag.attributes.get("href") or shown)
            if url is None:  # Telegram shows the words without a link
                return
            entity["url"] = url
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.attributes.get("class", "").startswith(_LANGUAGE):
            entity["_language"] = tag.attributes["class"].removeprefix(_LANGUAGE)
        elif tag.name == "pre":
            self._take_language(entity)
        self.entities.append(entity)

    def _take_language(self, pre: JsonObject) -> None:
        """`<pre><code class="language-x">` is one entity."""
        place = (pre["offset"], pre["length"])
        last = self.entities[-1] if self.entities else {}
        if "_language" in last and (last["offset"], last["length"]) == place:
            pre["language"] = self.entities.pop()["_language"]


def parse_html(source: str) -> FormattedText:
    """The text without its tags, and the entities that they stood for.

    Raises:
        BadRequest: an unknown, unclosed or wrongly nested tag; offsets count UTF-8 bytes.
    """
    text = _Parser(source).run()
    for entity in text.entities:
        entity.pop("_language", None)  # of a <code> on its own, which has none at Telegram
    return text


def _refusal(reason: str) -> BadRequest:
    return BadRequest(f"can't parse entities: {reason}")
