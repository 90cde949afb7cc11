"""The build's report in a browser."""

from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.conftest import PHOTOS


def test_page_is_whole_by_itself_in_a_browser(assets: Path, browser: BrowserContext) -> None:
    """On a phone's width: nothing is fetched, no picture is broken, nothing sticks out."""
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url[:80]))
    opened.goto((assets / "report.html").as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [
        (assets / "report.html").as_uri()
    ]
    broken = "[...document.images].filter((image) => !image.naturalWidth).length"
    assert opened.evaluate("document.images.length") == len(list(PHOTOS.iterdir()))
    assert opened.evaluate(broken) == 0
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    opened.close()
    assert complaints == []
