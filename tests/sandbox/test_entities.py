"""parse_mode HTML, and what Telegram finds in a text by itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all: each test has a chat of its own."""
    with Sandbox() as running:
        yield running


def parsed(bot: Bot, chat: Chat, source: str) -> tuple[str, list[tuple[Any, ...]]]:
    """The text, and each entity as a tuple of its values."""
    sent = bot.call("sendMessage", chat_id=chat.id, text=source, parse_mode="HTML")
    return sent["text"], [tuple(entity.values()) for entity in sent.get("entities", [])]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#233;&#x1F600;", 'a <b> & "c" é😀', []),
        ("&nbsp; stays, & too", "&nbsp; stays, & too", []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        (
            '<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>',
            "ab",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("<code>/x</code>", "/x", [("code", 0, 2)]),
        ('<code class="language-py">x</code>', "x", [("code", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1, "py")]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<b>a <i>b</i></b>", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("<b></b>a", "a", []),
        ("  <b> a </b>  ", "a", [("bold", 0, 1)]),
    ],
)
def test_tags(bot: Bot, ada: Chat, source: str, text: str, entities: list[tuple[Any, ...]]) -> None:
    assert parsed(bot, ada, source) == (text, entities)


def test_offsets_count_utf16_units(bot: Bot, ada: Chat) -> None:
    text, entities = parsed(bot, ada, "😀é <b>👩‍🚀</b> <i>x</i>")
    assert text == "😀é 👩‍🚀 x"
    assert entities == [("bold", 4, 5), ("italic", 10, 1)]
    units = text.encode("utf-16-le")
    assert units[2 * 4 : 2 * 9].decode("utf-16-le") == "👩‍🚀"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ('"https://example.org/a?b=1&amp;c=2#d"', "https://example.org/a?b=1&c=2#d"),
        ("'https://example.org'", "https://example.org/"),
        ('"example.org/x"', "http://example.org/x"),
        ('"https://example.org/a>b"', "https://example.org/a>b"),
        ('"tg://resolve?domain=x"', "tg://resolve?domain=x"),
        ('"javascript:alert(1)"', None),
        ('"http://localhost/"', None),
        ('"http://[::1"', None),
    ],
)
def test_links(bot: Bot, ada: Chat, href: str, url: str | None) -> None:
    text, entities = parsed(bot, ada, f"<a href={href}>Ada</a>")
    assert text == "Ada"
    assert entities == ([("text_link", 0, 3, url)] if url else [])


def test_a_link_may_show_its_address(bot: Bot, ada: Chat) -> None:
    _, entities = parsed(bot, ada, "<a>https://example.org/x</a>")
    assert entities == [("text_link", 0, 21, "https://example.org/x")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("é<div>x</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_malformed_markup_is_refused(bot: Bot, ada: Chat, source: str, reason: str) -> None:
    refusal = bot.refusal("sendMessage", chat_id=ada.id, text=source, parse_mode="HTML")
    assert refusal == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start", [("bot_command", 0, 6)]),
        ("😀 /help@StarTwinSandboxBot now", [("bot_command", 3, 24)]),
        ("and/or a//b", []),
        ("see https://example.org/a_b, @someone and #stars", [
            ("url", 4, 23),
            ("mention", 29, 8),
            ("hashtag", 42, 6),
        ]),
    ],
)  # fmt: skip
def test_what_telegram_finds_by_itself(
    bot: Bot, ada: Chat, text: str, entities: list[tuple[Any, ...]]
) -> None:
    sent = ada.send_text(text)
    assert [tuple(entity.values()) for entity in sent.get("entities", [])] == entities
    assert parsed(bot, ada, text) == (text, entities)
