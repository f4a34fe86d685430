"""Headless Chromium (Debian's package), and a page in it that fails on any script error."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 20_000
"""Milliseconds; a busy machine with software rendering needs some."""

WINDOW = ViewportSize(width=1200, height=800)

needs_chromium = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium: apt-get install --no-install-recommends chromium"
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(browser: Browser, url: str, window: ViewportSize = WINDOW) -> AsyncIterator[Page]:
    """A fresh page at `url`; afterwards nothing may have been thrown or refused by its policy."""
    context = await browser.new_context(viewport=window)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    await page.goto(url)
    yield page
    await context.close()
    assert faults == []
