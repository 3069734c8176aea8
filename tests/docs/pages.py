"""The pages of the project, and what the tests here take from them."""

import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
REALPEER = os.environ.get("REALPEER_BINARY", str(ROOT / "build" / "realpeer"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`]*)")


def blocks(text):
    """Yields (line, info words, text) of each fenced block; `line` is the first one inside, counted from 1."""
    opened = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.fullmatch(line)
        if opened is None:
            if fence:
                opened, inside = (number + 1, fence), []
        elif fence and fence["ticks"] == opened[1]["ticks"] and not fence["info"].strip():
            yield opened[0], opened[1]["info"].split(), "".join(inside)
            opened = None
        else:
            inside.append(line.removeprefix(opened[1]["indent"]) + "\n")
    if opened is not None:
        raise ValueError(f"line {opened[0] - 1}: a block that nothing ends")


class Block:
    def __init__(self, page, line, info, text):
        self.page = page
        self.line = line
        self.info = info
        self.text = text

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page):
    return [Block(page, *block) for block in blocks(page.read_text())]


def all_blocks(*kinds):
    """Blocks of all pages whose info string is one of `kinds`."""
    return [block for page in PAGES for block in blocks_of(page) if " ".join(block.info) in kinds]
