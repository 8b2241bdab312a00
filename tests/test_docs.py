"""The pages of the documentation: found from the index, and without dead links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())

    dead = [
        link for link in links if "://" not in link and not (page.parent / link).resolve().exists()
    ]

    assert dead == []


def test_the_index_lists_every_page():
    index = (ROOT / "docs" / "README.md").read_text()

    pages = [page.relative_to(ROOT / "docs").as_posix() for page in ROOT.glob("docs/**/*.md")]

    assert [page for page in pages if page != "README.md" and f"]({page})" not in index] == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/models/*.md")), ids=lambda page: page.stem)
def test_a_model_page_says_what_it_rests_on_and_what_it_leaves_out(page):
    text = page.read_text()

    # A page that puts models together rests on their pages.
    assert re.search(r"^## Sources$", text, re.M) or re.search(r"\]\(\w+\.md\)", text)
    assert re.search(r"left out|leaves out", text, re.I)
