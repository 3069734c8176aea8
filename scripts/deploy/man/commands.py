#!/usr/bin/env python3
"""Prints realpeer(8), made of what the program itself says: commands.py PROGRAM"""
import re
import subprocess
import sys

from roff import as_it_stands, escaped, inline, title


def ask(*words):
    return subprocess.run([sys.argv[1], *words], check=True, capture_output=True, text=True).stdout


def paragraphs(text):
    """Prose to fill; lines that are indented stand as they are."""
    out, example = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("  "):
            example.append(line.strip())
            continue
        if example:
            out += ["", *as_it_stands(example), ".PP"]
            example = []
        out.append(inline(line) if line else "")
    return out


listed = ask("help")
first, *rest = listed.splitlines()
name, version, summary = re.fullmatch(r"(\S+) (\S+): (.*)", first).groups()
commands = [line.split()[0] for line in rest if line.startswith("  ")]

page = [title(name, 8, version), ".SH NAME", f"{name} \\- {escaped(summary)}", ".SH SYNOPSIS"]
page += [f".B {name}", r"\fICOMMAND\fR [\fIFLAG\fR...] [\fIARGUMENT\fR...]", ".br", f".B {name}", r"\fB\-\-version\fR"]
page += [".SH DESCRIPTION",
         "It reads the PROXY protocol header at the start of each TCP connection, decides whether to believe it, tells the",
         "backend who the client is in whatever way the backend understands, and lets the kernel move the bytes."]
page += [".SH COMMANDS"]
for command in commands:
    usage, about, text = ask("help", command).split("\n\n", 2)
    page += [f".SS {command}", *as_it_stands(usage.splitlines()), ".PP", inline(about.strip()[0].upper() + about.strip()[1:] + ".")]
    if text.strip():
        page += [".PP", *paragraphs(text)]
page += [".SH EXIT STATUS", "0: success. 1: what was asked about is not so. 2: wrong usage or configuration."]
page += [".SH FILES", ".TP", ".I /etc/realpeer/realpeer.yaml", "The configuration of realpeer.service.", ".TP",
         r".I /sys/fs/bpf/realpeer/\fINODE\fP", "What the daemon of a node pins: clients, bans.", ".TP", ".I /run/realpeer",
         "Sockets of running daemons.", ".TP", ".I /usr/share/doc/realpeer", "All pages of the documentation."]
page += [".SH SEE ALSO", ".BR realpeer.yaml (5)"]
print("\n".join(page))
