"""A bot and a browser by hand: plain HTTP, no library that forgives."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from startwin.sandbox import Sandbox

# Whatever proxy the environment names: loopback is not for it.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_BOUNDARY = "----sandbox-tests"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def fetch(
    url: str, data: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 20
) -> Answer:
    request = urllib.request.Request(url, data, headers or {})
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            return Answer(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


def multipart(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """The body and its Content-Type."""
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    for name, (file_name, data) in files.items():
        kind = "Content-Type: application/octet-stream"
        parts.append(f'{head}"{name}"; filename="{file_name}"\r\n{kind}\r\n\r\n'.encode())
        parts += [data, b"\r\n"]
    parts.append(f"--{_BOUNDARY}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={_BOUNDARY}"


class Bot:
    """Calls methods of the sandbox's Bot API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.root = f"{sandbox.url}/bot{sandbox.token}"
        self.file_root = f"{sandbox.url}/file/bot{sandbox.token}"

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of a call that succeeds."""
        answer = self.answer(method, **parameters).json
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method: str, **parameters: Any) -> str:
        """The description of a call that is refused with 400."""
        answer = self.answer(method, **parameters)
        assert answer.status == answer.json["error_code"] == 400, answer
        assert answer.json["ok"] is False
        return str(answer.json["description"])

    def answer(self, method: str, **parameters: Any) -> Answer:
        """Sends a JSON body; bytes make it a multipart form."""
        files = {name: (name, v) for name, v in parameters.items() if isinstance(v, bytes)}
        if files:
            texts = {
                name: v if isinstance(v, str) else json.dumps(v)
                for name, v in parameters.items()
                if name not in files
            }
            body, content_type = multipart(texts, files)
        else:
            body, content_type = json.dumps(parameters).encode(), "application/json"
        return fetch(f"{self.root}/{method}", body, {"Content-Type": content_type})

    def get(self, method: str, **parameters: Any) -> Answer:
        """Sends a GET request with a query string."""
        return fetch(f"{self.root}/{method}?{urlencode(parameters)}")

    def post_form(self, method: str, **parameters: Any) -> Answer:
        """Sends a form as browsers and curl do."""
        return fetch(f"{self.root}/{method}", urlencode(parameters).encode())
