"""Makes the pictures in docs/images anew from a running demonstration.

make demo                                   # in another terminal; tells address, user and password
make pictures URL=http://127.0.0.1:8000/ PASSWORD=…
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
DESK, WALL = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
# picture → address, the link of that page to follow (the first that fits), size of the window
PICTURES = {
    "front": ("", "", DESK),
    "ledger": ("goals/?sort=gap", "", DESK),
    "goal": ("goals/?sort=-answers", "table.data tbody a[href^='/goals/']", DESK),
    "review": ("review/", "a:has-text('对照原文审核')", DESK),
    "organisation": ("organisations/", "table.data tbody a[href^='/organisations/']", DESK),
    "wall": ("wall/", "", WALL),
}
COLOURS = 256  # of flat pages: the eye sees no difference, the file is a third


def enter(page: Page, url: str, user: str, password: str) -> None:
    page.goto(f"{url}login/")
    page.fill("#id_username", user)
    page.fill("#id_password", password)
    page.click("button.primary")
    page.wait_for_load_state("networkidle")


def take(page: Page, url: str, name: str) -> int:
    """One picture; returns the size of its file."""
    address, follow, size = PICTURES[name]
    page.set_viewport_size(size)
    page.goto(f"{url}{address}")
    if follow:
        page.locator(follow).first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("password")
    parser.add_argument("--user", default="demo")
    given = parser.parse_args()
    url = given.url.rstrip("/") + "/"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        page = browser.new_context(locale="zh-CN").new_page()
        page.set_default_timeout(60_000)
        enter(page, url, given.user, given.password)
        for name in PICTURES:
            print(name, take(page, url, name))
        browser.close()


if __name__ == "__main__":
    main()
