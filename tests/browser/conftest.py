"""Chromium, driven by Playwright. Where either is absent, what needs them is skipped, and says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: WCAG 2.2, levels A and AA, as axe-core names its rules.
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without a window.

    As long as Playwright is there, its event loop runs, and no other test in this process could run one: it
    ends with the module.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        found = next(filter(None, map(shutil.which, _NAMES)), None)
        if found is None and Path(driver.chromium.executable_path).exists():
            found = driver.chromium.executable_path
        if found is None:
            pytest.skip("there is no Chromium on this machine")
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        browser = driver.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def page_in(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`page_in(language, width)`: a page of a browser whose reader likes that language."""
    contexts: list[Any] = []

    def made(language: str, width: int = 1280, *, script: bool = True) -> Page:
        context = chromium.new_context(
            locale=language, viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield made
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def faults_of(chromium: Browser) -> Callable[[Page], list[str]]:
    """`faults_of(page)`: what axe-core holds against a page; each with the element that is meant."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def found(page: Page) -> list[str]:
        report = axe.run(page, options={"runOnly": LEVELS}).response
        assert len(report["passes"]) > 10, "axe has not looked"
        told = [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
            for rule in report["violations"]
            for node in rule["nodes"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return told + ([f"wider than the window by {wide} px"] if wide > 0 else [])

    return found
