"""/w/api.php of Wikidata and of Commons: the way in, before any module."""

import re
from collections.abc import Callable
from typing import Any

from tests.wikimedia.answers import (
    ApiError,
    error_answer,
    is_second,
    json_answer,
    with_warnings,
)
from tests.wikimedia.entities import get_entities, search_entities, search_words
from tests.wikimedia.exchange import Answer, Application, Request
from tests.wikimedia.images import Images
from tests.wikimedia.parameters import Parameters
from tests.wikimedia.people import World

GENERIC = re.compile(
    r"(?i)^\s*$|^(python-urllib|python-urllib3|python-requests|python-httpx|python|aiohttp|urllib3"
    r"|curl|wget|lwp|libwww-perl|java|okhttp|go-http-client|node-fetch|axios|mozilla)\b"
)
CONTACT = re.compile(r"https?://\S+\.\S|\S@\S+\.\S")


def gated(application: Application) -> Application:
    """Only for clients that say who they are and whom to ask (the User-Agent policy)."""

    def guard(request: Request) -> Answer:
        agent = request.headers.get("user-agent", "")
        if GENERIC.search(agent) or not CONTACT.search(agent):
            text = b"The stand-in wants a User-Agent with a name and a contact.\n"
            return Answer(403, text, {"Content-Type": "text/plain; charset=utf-8"})
        return application(request)

    return guard


Modules = Callable[[str, Parameters, bool], dict[str, Any]]


def _wikidata(world: World) -> Modules:
    def run(action: str, parameters: Parameters, second: bool) -> dict[str, Any]:
        if action == "wbsearchentities":
            return search_entities(world, parameters)
        if action == "wbgetentities":
            return get_entities(world, parameters, second=second)
        if action == "query":
            return search_words(world, parameters, second=second)
        raise ApiError("badvalue", f'Unrecognized value for parameter "action": {action}.')

    return run


def _commons(images: Images) -> Modules:
    def run(action: str, parameters: Parameters, second: bool) -> dict[str, Any]:
        if action == "query":
            return images.query(parameters, second=second)
        raise ApiError("badvalue", f'Unrecognized value for parameter "action": {action}.')

    return run


def _api(modules: Modules) -> Application:
    def application(request: Request) -> Answer:
        if request.path != "/w/api.php":
            return _page(404, "No such page.")
        if request.method not in {"GET", "HEAD", "POST"}:
            return _page(405, "Neither GET nor POST.")
        query = request.query
        if query.get("format", "jsonfm") != "json":
            # what a browser gets when nobody asked for JSON
            return _page(200, "This is the HTML representation of the JSON format.")
        parameters = Parameters(request)
        try:
            document = modules(query.get("action", "help"), parameters, is_second(request))
        except ApiError as error:
            return error_answer(request, error.code, error.info, error.details)
        parameters.finish()
        return json_answer(request, with_warnings(request, document, parameters.warnings))

    return gated(application)


def wikidata(world: World) -> Application:
    return _api(_wikidata(world))


def commons(images: Images) -> Application:
    return _api(_commons(images))


def _page(status: int, text: str) -> Answer:
    body = f"<!DOCTYPE html>\n<title>Stand-in</title>\n<p>{text}</p>\n".encode()
    return Answer(status, body, {"Content-Type": "text/html; charset=utf-8"})
