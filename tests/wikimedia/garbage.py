"""Faults in the body: HTML for a picture, JSON that is cut, reshaped, too deep or too large."""

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.wikimedia.exchange import Answer, Exchange
from tests.wikimedia.faults import Fault


def body(
    data: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Fault:
    """Whatever a test wants to be answered."""
    answer = Answer(status, data, {"Content-Type": content_type, **(headers or {})})
    return lambda exchange: exchange.reply(answer)


def page(status: int = 200) -> Fault:
    """A page of HTML, as captive portals and error pages have it."""
    text = b"<!DOCTYPE html>\n<title>Sign in</title>\n<p>Not what you wanted.</p>\n"
    return body(text, "text/html; charset=utf-8", status)


def typed(content_type: str) -> Fault:
    """The normal answer under another Content-Type."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        headers = {**answer.headers, "Content-Type": content_type}
        exchange.reply(Answer(answer.status, answer.body, headers))

    return fault


def reshaped(change: Callable[[Any], Any]) -> Fault:
    """The normal JSON after `change`."""

    def fault(exchange: Exchange) -> None:
        exchange.reply(_plain(json.dumps(change(_document(exchange))).encode()))

    return fault


def cut_json(keep: float = 0.5) -> Fault:
    """The first part of the normal JSON, with a Content-Length that fits it."""

    def fault(exchange: Exchange) -> None:
        data = json.dumps(_document(exchange)).encode()
        exchange.reply(_plain(data[: int(len(data) * keep)]))

    return fault


def listed() -> Fault:
    """Every object below the top becomes the list of its values."""

    def lists(value: Any) -> Any:
        if isinstance(value, dict):
            return [lists(inner) for inner in value.values()]
        return [lists(inner) for inner in value] if isinstance(value, list) else value

    return reshaped(lambda document: {key: lists(value) for key, value in document.items()})


def emptied() -> Fault:
    """Every object and list below the top becomes an empty list."""
    return reshaped(
        lambda document: {
            key: [] if isinstance(value, dict | list) else value for key, value in document.items()
        }
    )


def nulled() -> Fault:
    """Every value at the leaves becomes null."""

    def nulls(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: nulls(inner) for key, inner in value.items()}
        return [nulls(inner) for inner in value] if isinstance(value, list) else None

    return reshaped(nulls)


def nested(depth: int = 100_000) -> Fault:
    """Lists in lists, deeper than a parser's stack."""
    return body(b"[" * depth + b"]" * depth, "application/json; charset=utf-8")


def huge(size: int = 64 * 1024 * 1024) -> Fault:
    """A valid object with one string of `size` bytes."""
    return body(b'{"success":"' + b"x" * size + b'"}', "application/json; charset=utf-8")


def _document(exchange: Exchange) -> Any:
    answer = exchange.normal()
    assert "json" in answer.headers["Content-Type"], "this fault is for the API"
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(answer.body) if zipped else answer.body)


def _plain(data: bytes) -> Answer:
    return Answer(200, data, {"Content-Type": "application/json; charset=utf-8"})
