"""The chat page's side: its files, the pictures that were sent, and its API."""

from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, request, send_from_directory

from startwin.sandbox.errors import NotFound
from startwin.sandbox.page_api import PageApi
from startwin.sandbox.telegram import Telegram

_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(telegram: Telegram) -> Blueprint:
    """The routes that the browser calls."""
    routes = Blueprint("page", __name__)
    PageApi(telegram).add_to(routes)

    @routes.get("/")
    def index() -> Response:
        return send_from_directory(_STATIC, "index.html", max_age=0)

    @routes.get("/static/<name>")
    def static_file(name: str) -> Response:
        return send_from_directory(_STATIC, name, max_age=0)

    @routes.get("/chat/files/<file_id>")
    def file(file_id: str) -> Response:
        stored = telegram.files.by_id(file_id)
        if stored is None:
            raise NotFound
        if stored.photo is not None:
            response = Response(stored.data, mimetype=stored.mime_type)
        else:
            # Whatever a document is, the browser shall save it and not look into it.
            response = Response(stored.data, mimetype="application/octet-stream")
            name = quote(stored.name or "file", safe="")
            response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        response.headers["Cache-Control"] = "private, max-age=86400, immutable"
        return response

    @routes.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.path.startswith("/chat/") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return routes
