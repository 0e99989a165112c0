"""A browser that forgives nothing: any console error and any request off this machine fails the test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, expect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
OUR_HOSTS = frozenset({"127.0.0.1", "localhost", ""})


def launch_arguments() -> dict[str, object]:
    """How Playwright starts Debian's Chromium. Fails in a sentence when it is not there."""
    assert CHROMIUM.exists(), "Chromium is not installed: `make test` installs it (Debian packages chromium, fonts-noto-cjk)."
    return {"executable_path": str(CHROMIUM), "args": FLAGS, "headless": True}


def open_wall(page: Page, address: str) -> None:
    """A wall at 1080p whose link is live and whose tiles are all fresh."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(address)
    expect(page.locator("[data-link=live]")).to_be_attached(timeout=15_000)
    page.wait_for_function(
        "[...document.querySelectorAll('.panel:not(.away)')].every((panel) => panel.dataset.state === 'fresh')", timeout=15_000
    )


class Witness:
    """Listens to everything a browser context says; `accuse` fails with what it may not say."""

    def __init__(self, context: BrowserContext) -> None:
        self.console_errors: list[str] = []
        self.foreign_requests: list[str] = []
        context.on("console", self._heard)
        context.on("weberror", self._broken)
        context.on("request", self._asked)

    def accuse(self, expected: Iterable[str] = ()) -> None:
        """Fails with what was heard, leaving out console errors that match one of the `expected` patterns."""
        patterns = list(expected)
        surprises = [each for each in self.console_errors if not any(re.search(pattern, each) for pattern in patterns)]
        assert not surprises, "the browser's console said:\n" + "\n".join(surprises)
        assert not self.foreign_requests, "the page asked other machines:\n" + "\n".join(self.foreign_requests)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _broken(self, error: WebError) -> None:
        self.console_errors.append(str(error.error))

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in OUR_HOSTS:
            self.foreign_requests.append(request.url)
