"""`draw_icons.py`: the pictures of an installed page, drawn from `icon.svg` by a browser.

Phones that know no vector icons show these. Run it where `icon.svg` has changed.
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[1] / "hotline" / "web" / "static"
SIZES = (192, 512)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")


def draw(folder: Path) -> list[Path]:
    """One file for each size."""
    drawing = (folder / "icon.svg").read_text(encoding="utf-8")
    drawn = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}} svg{{display:block}}</style>{drawing}")
            drawn.append(folder / f"icon-{size}.png")
            page.screenshot(path=drawn[-1], omit_background=True)
        browser.close()
    return drawn


if __name__ == "__main__":
    for file in draw(STATIC):
        print(file.name)
