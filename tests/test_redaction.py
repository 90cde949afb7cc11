"""startwin.redaction: no form of a secret gets through, and the rest of the text does."""

import io
import json
import pprint
import re
import textwrap
from urllib.parse import quote

import pytest

from startwin.redaction import REDACTED, RedactedStream, Redaction

KEY = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pc"
TOKEN = f"123456789:{KEY}"
"""Of the shape that BotFather gives; nobody's."""

FORMS = {
    "plain": TOKEN,
    "path": f"/bot{TOKEN}/sendPhoto",
    "percent-encoded": quote(f"/bot{TOKEN}/", safe=""),
    "in small letters": quote(TOKEN, safe="").lower().replace(KEY.lower(), KEY),
    "encoded twice": quote(quote(f"/bot{TOKEN}/", safe=""), safe=""),
    "JSON": json.dumps({"url": f"https://api.telegram.org/bot{TOKEN}/getMe"}),
    "representation of a representation": repr(repr(f"'{TOKEN}'")),
    "bytes": repr(f"POST /bot{TOKEN}/getMe HTTP/1.1\r\n".encode()),
    "escaped": TOKEN.replace(":", r"\x3a"),
    "disk of a local server": f"/var/lib/telegram-bot-api/{TOKEN.replace(':', '~')}/x",
}

BROKEN = {
    "narrow lines": textwrap.fill(TOKEN, 12),
    "indented": textwrap.indent(textwrap.fill(TOKEN, 12), "    | "),
    "bytes on lines": pprint.pformat(TOKEN.encode() * 3, width=20),
    "continued": TOKEN[:20] + "\\\n" + TOKEN[20:],
    "lines in JSON": json.dumps(textwrap.fill(TOKEN, 9)),
}


def leaks(text: str) -> bool:
    """Whether six characters of the key are left anywhere, whatever stands between them."""
    bare = re.sub(r"[^\w-]|\bb\b", "", text)
    return any(KEY[n : n + 6] in bare for n in range(len(KEY) - 5))


@pytest.mark.parametrize("secrets", [[], [TOKEN]], ids=["unknown", "known"])
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_token_by_its_shape(text: str, secrets: list[str]) -> None:
    assert leaks(text)
    struck = Redaction(secrets)(f"before {text} after")
    assert not leaks(struck)
    assert struck.startswith("before ")
    assert struck.endswith(" after")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_known_token_that_is_broken_over_lines(text: str) -> None:
    assert leaks(text)
    assert not leaks(Redaction([TOKEN])(text))


@pytest.mark.parametrize("secret", ["hook/secret + 100%", 'say "no" \\ never', "пароль", "a.b*c"])
def test_secret_of_any_characters(secret: str) -> None:
    strike = Redaction([secret])
    for form in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]):
        assert strike(f"<{form}>") == f"<{REDACTED}>"


def test_longer_secret_goes_before_the_one_within_it() -> None:
    assert Redaction(["open", "", "open sesame"])("open sesame!") == f"{REDACTED}!"


@pytest.mark.parametrize(
    "path",
    [
        "photos/file_12.jpg",
        "documents/file_3",
        "file_7.png",
        "a/b%20c/d.jpg",
        "photos%2Ffile_1.jpg",
    ],
)
def test_path_behind_the_token_goes_with_it(path: str) -> None:
    for where in (f"https://api.telegram.org/file/bot{TOKEN}/{path}", f"/srv/api/{TOKEN}/{path}"):
        struck = Redaction()(f"cannot load {where}: timed out")
        assert struck.endswith(f"{REDACTED}/{REDACTED}: timed out")
        assert "file_" not in struck
        assert not leaks(struck)


def test_file_path_as_telegram_gives_it() -> None:
    assert Redaction()("{'file_path': 'photos/file_12.jpg'}") == f"{{'file_path': '{REDACTED}'}}"


def test_what_an_operator_wants_to_know_stays() -> None:
    struck = Redaction([TOKEN])(f"Max retries exceeded with url: /bot{TOKEN}/getMe (refused)")
    assert struck == f"Max retries exceeded with url: /bot{REDACTED}/getMe (refused)"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 17:20:32 [info] ready bot=@startwin_bot people=12000",
        'File "/srv/startwin/chat/app.py", line 123: in run',
        "http://127.0.0.1:8081/a-long-path-of-more-than-thirty-characters-all-in-all",
        "[2001:db8::8a2e:370:7334]:443",
        "sha256:55533b28a4a6b3a0f1",
        "photos/Grace Hopper.jpg",
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert Redaction([TOKEN])(text) == text


def test_stream_holds_a_line_back_until_it_is_whole() -> None:
    below = io.StringIO()
    stream = RedactedStream(below, Redaction())
    for piece in ("url=", TOKEN[:15], TOKEN[15:], "\nnext ", TOKEN):
        assert stream.write(piece) == len(piece)
    assert below.getvalue() == f"url={REDACTED}\n"
    stream.flush()
    assert below.getvalue() == f"url={REDACTED}\nnext {REDACTED}"
    stream.writelines(["a\n", TOKEN, "\n"])
    assert below.getvalue().endswith(f"a\n{REDACTED}\n")


def test_hostile_text_takes_no_time_that_grows_by_the_square() -> None:
    """The test's own time limit would end it."""
    strike = Redaction([TOKEN])
    for text in ("1" * 200_000, "1:" * 100_000, f"{TOKEN[:-1]}\n" * 2_000, "/" * 200_000):
        assert strike(text)
