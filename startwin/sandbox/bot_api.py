"""The bot's side: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from startwin.sandbox.errors import NotFound, Unauthorized
from startwin.sandbox.faults import DOWNLOAD, Faults
from startwin.sandbox.methods import Methods
from startwin.sandbox.parameters import Parameters, parameters_of
from startwin.sandbox.telegram import TOKEN, Telegram


def bot_api(telegram: Telegram, methods: Methods, faults: Faults) -> Blueprint:
    """The routes that a bot calls."""
    routes = Blueprint("bot_api", __name__)
    names = {name.lower(): name for name in methods.table}

    @routes.route("/bot<token>/<method>", methods=["GET", "POST"])
    def call(token: str, method: str) -> Response:
        if token != TOKEN:
            raise Unauthorized
        name = names.get(method.lower())
        if name is None:
            raise NotFound
        parameters = parameters_of(request)
        telegram.record(name, _described(parameters))
        result = _with_fault(
            telegram, faults, name, parameters, lambda: methods.table[name](parameters)
        )
        return jsonify(ok=True, result=result)

    @routes.get("/file/bot<token>/<path:path>")
    def download(token: str, path: str) -> Response:
        if token != TOKEN:
            raise Unauthorized
        parameters = parameters_of(request)
        telegram.record(DOWNLOAD, {"file_path": path})
        file = _with_fault(
            telegram, faults, DOWNLOAD, parameters, lambda: telegram.files.by_path(path)
        )
        if file is None:
            raise NotFound
        return Response(file.data, mimetype="application/octet-stream")

    return routes


def _with_fault(
    telegram: Telegram,
    faults: Faults,
    name: str,
    parameters: Parameters,
    work: Callable[[], Any],
) -> Any:
    """Does the work, unless the test harness wants something else to happen."""
    fault = faults.take(name)
    if fault is None:
        return work()
    if fault.after:
        result = work()
        telegram.bell.wait_for(lambda: False, fault.delay, parameters.hung_up)
        fault.fail()
        return result
    telegram.bell.wait_for(lambda: False, fault.delay, parameters.hung_up)
    fault.fail()
    return work()


def _described(parameters: Parameters) -> dict[str, str]:
    sizes = {name: f"<{len(data)} bytes>" for name, data in parameters.uploads.items()}
    return {**parameters.values, **sizes}
