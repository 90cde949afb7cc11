"""The chat page's side: its files, and the small JSON API that it talks to."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request, send_from_directory

from startwin.sandbox.chats import News
from startwin.sandbox.errors import BadRequest, NotFound
from startwin.sandbox.telegram import BOT, Telegram

_STATIC = Path(__file__).parent / "static"
_POLL_SECONDS = 25.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(telegram: Telegram) -> Blueprint:
    """The routes that the browser calls."""
    routes = Blueprint("page", __name__)
    chat = telegram.page_chat

    @routes.get("/")
    def index() -> Response:
        return send_from_directory(_STATIC, "index.html", max_age=0)

    @routes.get("/static/<name>")
    def static_file(name: str) -> Response:
        return send_from_directory(_STATIC, name, max_age=0)

    @routes.get("/chat/news")
    def news() -> Response:
        """Waits for what is new after the revision that the page has seen."""
        known = request.args.get("session") == telegram.session
        after = request.args.get("after", 0, type=int) if known else 0
        status = request.args.get("status", "") if known else ""
        gone = request.environ.get("waitress.client_disconnected", lambda: False)
        return jsonify(_described(telegram, chat.news(after, status, _POLL_SECONDS, gone)))

    @routes.post("/chat/messages")
    def send() -> Response:
        """Sends what was written, or a file with its caption."""
        chat.speak(_language())
        nonce = request.form.get("nonce", "")[:64]
        file = request.files.get("file")
        text = request.form.get("text", "").replace("\r\n", "\n")
        try:
            if file is None:
                message = chat.send_text(text, nonce)
            else:
                as_file = request.form.get("as_file") == "true"
                message = chat.send_photo(file.read(), text, as_file, file.filename or "", nonce)
        except ValueError as error:
            raise BadRequest(str(error)) from None
        return jsonify(message_id=message["message_id"])

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


def _described(telegram: Telegram, news: News) -> dict[str, Any]:
    action = None
    if news.action is not None:
        action = {"name": news.action, "seconds": round(news.action_seconds, 2)}
    return {
        "session": telegram.session,
        "revision": news.revision,
        "status": news.status,
        "action": action,
        "bot": {"first_name": BOT.first_name, "username": BOT.username},
        "commands": telegram.commands.shown(_language()),
        "posts": [{"message": post.message, "nonce": post.nonce} for post in news.posts],
    }


def _language() -> str:
    """The browser's first language, as Telegram's apps would name it."""
    return (request.accept_languages.best or "en").lower()
