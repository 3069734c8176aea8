#!/usr/bin/env python3
"""Prints the shell blocks of a page, in order, as one script: blocks.py PAGE [--with WORD]…

A block that begins with ```sh is for everyone. One with a word behind that (```sh systemd) needs something that not every
place has, and is printed only when the word is given; "--with WORD=FILE" prints FILE in place of each such block.
"""
import argparse
import re
import sys
from pathlib import Path


def blocks(text):
    """Each block's word (empty: none), the number of its first line, and what it says."""
    for block in re.finditer(r"^```sh(?: +(\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield block[1] or "", text.count("\n", 0, block.start(2)) + 1, block[2]


def script(text, taken):
    out = []
    for word, line, said in blocks(text):
        if word and word not in taken:
            continue
        if word and taken[word]:
            said = Path(taken[word]).read_text(encoding="utf-8")
        out.append(f"# line {line}\n{said}")
    return "\n".join(out)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("page")
    arguments.add_argument("--with", dest="words", action="append", default=[])
    given = arguments.parse_args()
    chosen = {word: file for word, _, file in (each.partition("=") for each in given.words)}
    sys.stdout.write(script(Path(given.page).read_text(encoding="utf-8"), chosen))
