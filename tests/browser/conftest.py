"""A real Chromium with the chat page."""

import base64
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from startwin.sandbox import Sandbox
from tests.sandbox.client import Bot

_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_DROP = """([files, kind, selector]) => {
  const transfer = new DataTransfer();
  for (const [data, name] of files) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: kind }));
  }
  const fire = (type, target) => target.dispatchEvent(new DragEvent(type,
    { bubbles: true, cancelable: true, dataTransfer: transfer }));
  fire("dragover", document.body);
  const shown = !document.querySelector("#drop").hidden;
  fire("drop", document.querySelector(selector));
  return shown;
}"""


def drop(page: Page, data: bytes, name: str, kind: str, selector: str = "#drop") -> bool:
    """Drop a file as a mouse would; returns whether the page offered itself as a target."""
    return drop_all(page, [(data, name)], kind, selector)


def drop_all(
    page: Page, files: list[tuple[bytes, str]], kind: str, selector: str = "#drop"
) -> bool:
    """Drop several files of one kind at once."""
    encoded = [[base64.b64encode(data).decode(), name] for data, name in files]
    return bool(page.evaluate(_DROP, [encoded, kind, selector]))


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        # `make test` has to pass with Python and its packages alone; CI installs Chromium.
        reason = "no Chromium: the chat page was not tried in a browser"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        # A phone's narrow screen, on which everything must have its place.
        yield started.new_context(viewport={"width": 360, "height": 640})
        started.close()


@pytest.fixture
def page(browser: BrowserContext, sandbox: Sandbox) -> Iterator[Page]:
    """The page, which must leave no complaint in the console and ask nobody else."""
    opened = browser.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            complaints.append(request.url)
            if not request.url.startswith((sandbox.url, "data:", "blob:"))
            else None
        ),
    )
    opened.goto(f"{sandbox.url}/")
    yield opened
    opened.close()
    assert complaints == []


@pytest.fixture
def bot(sandbox: Sandbox) -> Bot:
    return Bot(sandbox)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running
