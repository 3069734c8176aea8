#!/usr/bin/env python3
"""Prints realpeer.yaml(5), made of the reference: configuration.py docs/configuration.md VERSION"""
import re
import sys

from roff import as_it_stands, escaped, inline, title


def table(rows):
    """Each row by its first cell, then what the other columns say of it."""
    head, _, *body = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    out = []
    for cells in body:
        out += [".TP", inline(cells[0])]
        said = [f"{inline(name)}: {inline(cell)}." if name not in ("meaning", "value", "is written as") else inline(cell)
                for name, cell in zip(head[1:], cells[1:]) if cell]
        out += ["\n.br\n".join(said) or "\\&"]
    return out + [".PP"]


def page_of(lines):
    out = []
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("```") or line.startswith("    "):
            fenced = line.startswith("```")
            block = []
            i += fenced
            while i < len(lines) and (not lines[i].startswith("```") if fenced else lines[i].startswith("    ")):
                block.append(lines[i] if fenced else lines[i][4:])
                i += 1
            out += as_it_stands(block)
            i += fenced
            continue
        if line.startswith("|"):
            rows = []
            while i < len(lines) and lines[i].startswith("|"):
                rows.append(lines[i])
                i += 1
            out += table(rows)
            continue
        if heading := re.match(r"(#+) (.*)", line):
            # The page's own title is its name already.
            if len(heading[1]) > 1:
                out.append((".SH " if len(heading[1]) == 2 else ".SS ") + inline(heading[2]))
        elif line.startswith("- "):
            out += [".IP \\(bu 2", inline(line[2:])]
        elif not line:
            out.append(".PP")
        else:
            out.append(inline(line.strip()))
        i += 1
    return out


text = open(sys.argv[1], encoding="utf-8").read()
page = [title("realpeer.yaml", 5, sys.argv[2]), ".SH NAME", f"realpeer.yaml \\- {escaped('configuration of realpeer')}",
        ".SH DESCRIPTION", *page_of(text.splitlines()), ".SH SEE ALSO", ".BR realpeer (8)"]
print("\n".join(page))
