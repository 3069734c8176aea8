#!/usr/bin/env python3
"""Links between the pages lead somewhere: the file is there, and the heading in it."""

import re
import unittest

import pages

LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors_of(page):
    """As GitHub makes them of headings."""
    prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.S | re.M)
    headings = re.findall(r"^#+ (.+)$", prose, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Links(unittest.TestCase):
    def test_lead_to_what_is_there(self):
        followed = 0
        for page in pages.PAGES:
            prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.S | re.M)
            for link in LINK.findall(prose):
                if re.match(r"[a-z]+:", link):
                    continue
                followed += 1
                path, _, anchor = link.partition("#")
                with self.subTest(page.name, link=link):
                    target = (page.parent / path) if path else page
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors_of(target))
        self.assertGreater(followed, 20)

    def test_lead_to_every_page(self):
        linked = {(page.parent / link.partition("#")[0]).resolve() for page in pages.PAGES
                  for link in LINK.findall(page.read_text())}
        for page in pages.PAGES[1:]:
            with self.subTest(page.name):
                self.assertIn(page, linked)


if __name__ == "__main__":
    unittest.main()
