"""Answers of MediaWiki's action API: JSON, its errors and its warnings, in both versions."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

from tests.wikimedia.exchange import Answer, Request

HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding,Treat-as-Untrusted,X-Forwarded-Proto,Cookie,Authorization",
    "Cache-Control": "private, must-revalidate, max-age=0",
}
SERVED_BY = "mw-api-ext.stand-in.main-0"


class ApiError(Exception):
    """Becomes an answer with status 200 and an `error`; `details` stand beside code and info."""

    def __init__(self, code: str, info: str, **details: object) -> None:
        super().__init__(f"{code}: {info}")
        self.code = code
        self.info = info
        self.details = details


def is_second(request: Request) -> bool:
    """Whether the client asked for format version 2 (or later)."""
    return request.query.get("formatversion") in {"2", "latest"}


def json_answer(
    request: Request, document: object, headers: Mapping[str, str] | None = None
) -> Answer:
    """Compressed where the client takes gzip."""
    # version 1 escapes what is not ASCII unless `utf8` is given
    ascii_only = not is_second(request) and "utf8" not in request.query
    body = json.dumps(document, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    all_headers = {**HEADERS, **(headers or {})}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        all_headers["Content-Encoding"] = "gzip"
    return Answer(200, body, all_headers)


def error_answer(
    request: Request,
    code: str,
    info: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    hint = "docref" if is_second(request) else "*"
    error = {"code": code, "info": info, **(details or {}), hint: "See api.php for API usage."}
    return json_answer(
        request,
        {"error": error, "servedby": SERVED_BY},
        {"MediaWiki-API-Error": code, **(headers or {})},
    )


def with_warnings(
    request: Request, document: dict[str, Any], warnings: Mapping[str, list[str]]
) -> dict[str, Any]:
    """`warnings` by module; each module's are one text, a line each."""
    if not warnings:
        return document
    key = "warnings" if is_second(request) else "*"
    texts = {module: {key: "\n".join(lines)} for module, lines in warnings.items()}
    return {"warnings": texts, **document}
